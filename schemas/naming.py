"""Namings: who a speaker is that was heard, as a person says, kept beside what was recognised."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final

import msgspec

from schemas.content import Speaker
from schemas.document import Participant, ParticipantRole
from schemas.ids import DocumentId, PersonId, Revision

UNKNOWN: Final = PersonId("unknown")
"""Stands for the speaker of every turn in which nobody was recognised."""
_NAMED_BY_FILE: Final = "speaker:"


class Naming(msgspec.Struct, frozen=True):
    """Who speaks in all turns of one heard speaker, of one revision of a document."""

    document_id: DocumentId
    revision: Revision
    heard: Speaker
    """As extraction made it; ``UNKNOWN`` without a name for nobody recognised."""
    heard_role: ParticipantRole | None
    """The part that the heard speaker had in the document; ``None`` for none."""
    person: Participant | None
    """``None`` takes the naming back."""
    named_by: PersonId
    named_by_name: str
    """As the session of who named them says."""
    named_at: datetime
    applied_at: datetime | None = None
    """When transcript, participants and passages took it over; ``None`` until then."""


def speaker_id_for(name: str) -> PersonId:
    """Return the id of a speaker known by name only: the same for the same name everywhere."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    return PersonId(f"{_NAMED_BY_FILE}{slug or name.strip()}")


def is_known_by_name(speaker_id: PersonId) -> bool:
    """Tell whether a file called the speaker so, so that the id is the same in all its versions."""
    return speaker_id.startswith(_NAMED_BY_FILE)
