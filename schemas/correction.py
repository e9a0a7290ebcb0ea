"""Corrections: what a person says was said, kept beside what the machine heard."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from schemas.content import Speaker, Utterance
from schemas.ids import DocumentId, PersonId, Revision


class Place(NamedTuple):
    """Which turn of a recording: it stays the same turn when it is recognised once more."""

    start_ms: int
    end_ms: int
    speaker_id: PersonId | None


class Correction(msgspec.Struct, frozen=True):
    """What one turn of speech says, and who says it, of one revision of a document."""

    document_id: DocumentId
    revision: Revision
    heard: Utterance
    """The turn as extraction made it, with its words and their times."""
    text: str
    """Words parted by single spaces; the same as ``heard.text`` where no word is corrected."""
    person_id: PersonId
    person_name: str
    """As the session of who corrected it says."""
    corrected_at: datetime
    applied_at: datetime | None = None
    """When the stored transcript and the passages took it over; ``None`` until then."""
    speaker: Speaker | None = None
    """Who speaks in this turn; ``None`` leaves it to who was heard."""

    @property
    def place(self) -> Place:
        """The turn that it corrects."""
        place = place_of(self.heard)
        if place is None:
            raise ValueError("only turns with a place in a recording are corrected")
        return place

    @property
    def is_change(self) -> bool:
        """Whether it says something else than what was heard."""
        return self.text != self.heard.text or self.speaker is not None


def place_of(utterance: Utterance) -> Place | None:
    """Return which turn this is; ``None`` for a written message, which is its author's own."""
    span = utterance.span
    return Place(span.start_ms, span.end_ms, utterance.heard_speaker) if span else None


def as_heard(turn: Utterance) -> Utterance:
    """Return a turn with the speaker who was recognised; its text is as it was."""
    return msgspec.structs.replace(turn, speaker_id=turn.heard_speaker, heard_speaker_id=UNSET)
