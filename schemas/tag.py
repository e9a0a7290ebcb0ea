"""The school's taxonomy and who put which tag on which document."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemas.ids import TagId


class TagFacet(StrEnum):
    """The question a tag answers."""

    SECTOR = "sector"
    TOPIC = "topic"
    STAGE = "stage"
    SKILL = "skill"


class Tag(msgspec.Struct, frozen=True):
    """One entry of the taxonomy file."""

    id: TagId
    facet: TagFacet
    label: str
    """French label, as shown."""
    label_en: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    """One or two French sentences; what the encoder compares passages with."""
    hard: bool | None = None
    """For skills: True for a hard skill, False for a soft one, ``None`` for other facets."""


class TagAssigner(StrEnum):
    """What put a tag on a document. A person's tags win over a machine's."""

    PERSON = "person"
    ALIAS = "alias"
    ENCODER = "encoder"


class TagAssignment(msgspec.Struct, frozen=True):
    """One tag on one document."""

    tag_id: TagId
    assigner: TagAssigner
    confidence: float
    """0 to 1; always 1 for a person."""
    person_id: str | None = None
    """Who, when ``assigner`` is a person."""
