"""The copy in which students see an exchange."""

from __future__ import annotations

from indexer.anonymising.redacting import redacted, silences
from indexer.sharing.preview import Preview
from schemas.content import Speaker, Transcript
from schemas.document import (
    Document,
    MediaKind,
    Participant,
    ParticipantRole,
)
from schemas.ids import PersonId
from schemas.sharing import (
    ANONYMOUS,
    TITLE,
    SharedCopy,
)


def copy_of(seen: Preview) -> SharedCopy:
    """Return what the copy is made of."""
    document, content = seen.document, seen.content
    people = _people(document, names_mentor=seen.decisions.names_mentor)
    voices = {id_: Speaker(each.id, each.name) for id_, each in people.items()}
    if isinstance(content, Transcript):
        unknown = {u.speaker_id for u in content.utterances if u.speaker_id} - people.keys()
        n_known = sum(each.role is ParticipantRole.SPEAKER for each in document.participants)
        voices |= {id_: _nobody(n) for n, id_ in enumerate(sorted(unknown), n_known + 1)}
    recorded = document.media.playable if isinstance(content, Transcript) else None
    has_sound = recorded is not None and document.media_kind in {MediaKind.AUDIO, MediaKind.VIDEO}
    return SharedCopy(
        title=seen.shown(TITLE),
        kind=document.kind,
        media_kind=MediaKind.AUDIO if has_sound else _written(document.media_kind),
        content=redacted(content, seen.redactions, voices),
        participants=tuple(people.values()),
        created_at=document.created_at,
        duration_ms=document.duration_ms,
        sound=recorded if has_sound else None,
        silences=silences(content, seen.redactions) if has_sound else (),
    )


def _people(document: Document, *, names_mentor: bool) -> dict[PersonId, Participant]:
    """Return who stands in the copy for each participant, the same for the same role."""
    counts: dict[ParticipantRole, int] = {}
    people: dict[PersonId, Participant] = {}
    for person in document.participants:
        if names_mentor and person.role is ParticipantRole.MENTOR:
            people[person.id] = person
            continue
        number = counts[person.role] = counts.get(person.role, 0) + 1
        people[person.id] = _anonymous(person.role, number)
    return people


def _anonymous(role: ParticipantRole, number: int) -> Participant:
    id_, name = ANONYMOUS[role]
    if number == 1:
        return Participant(id_, name, ParticipantRole.SPEAKER)
    return Participant(PersonId(f"{id_}-{number}"), f"{name} {number}", ParticipantRole.SPEAKER)


def _nobody(number: int) -> Speaker:
    person = _anonymous(ParticipantRole.SPEAKER, number)
    return Speaker(person.id, person.name)


def _written(media_kind: MediaKind) -> MediaKind:
    """Return what a copy without recording and pictures is made of."""
    match media_kind:
        case MediaKind.PDF:
            return MediaKind.TEXT
        case MediaKind.AUDIO | MediaKind.VIDEO:
            return MediaKind.TRANSCRIPT
        case _:
            return media_kind
