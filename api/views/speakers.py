"""Heard speakers and their namings as mentors see them."""

from __future__ import annotations

from indexer.speakers import HeardSpeaker
from schemas.naming import Naming
from schemas.wire import Person
from schemas.wire_speakers import HeardSpeakerView, NamingView


def heard_speaker_view(heard: HeardSpeaker) -> HeardSpeakerView:
    """Return a heard speaker with the naming in force; one that was taken back is none."""
    naming = _naming(heard.naming) if heard.naming else None
    return HeardSpeakerView(heard.speaker.id, heard.speaker.name, heard.n_turns, naming)


def _naming(naming: Naming) -> NamingView | None:
    if naming.person is None:
        return None
    return NamingView(
        id=naming.person.id,
        name=naming.person.name,
        role=naming.person.role,
        named_by=Person(naming.named_by, naming.named_by_name),
        named_at=naming.named_at,
        is_applied=naming.applied_at is not None,
    )
