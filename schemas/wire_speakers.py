"""Corrected turns and named speakers, as mentors see and say them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.document import ParticipantRole
from schemas.wire import Person


class CorrectionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was said in a turn, instead of what was heard, and by whom."""

    text: Annotated[str, Meta(min_length=1)]
    revision: str
    """Of the document that was read: a newer one may have other turns."""
    speaker_id: str | None = None
    """One of the document's speakers or participants; ``null`` leaves the speaker as it is."""


class NamingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who a heard speaker is."""

    name: Annotated[str, Meta(min_length=1)]
    revision: str
    """Of the document that was read."""
    person_id: Annotated[str, Meta(min_length=1)] | None = None
    """The school's id; ``null`` for somebody from outside, known by name only."""
    role: ParticipantRole = ParticipantRole.SPEAKER
    """``student`` and ``mentor`` need an id, and may then see the document as participants."""


class NamingView(msgspec.Struct, frozen=True):
    """What a person says who a heard speaker is."""

    id: str
    name: str
    role: ParticipantRole
    named_by: Person
    named_at: datetime
    is_applied: bool
    """Whether transcript, participants and searches follow; they do within some seconds."""


class HeardSpeakerView(msgspec.Struct, frozen=True):
    """Somebody who is heard in a recording."""

    id: str
    """As recognised; ``unknown`` for nobody known."""
    name: str
    n_turns: int
    naming: NamingView | None


class HeardSpeakerList(msgspec.Struct, frozen=True):
    """Everybody who is heard in a recording, by order of recognition."""

    speakers: tuple[HeardSpeakerView, ...]
