"""Naming who speaks: kept at once, handed to the workers to be applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
import structlog

from indexer.analysis.normalize import well_formed
from indexer.intake import Intake
from schemas.content import Content, Speaker, Transcript
from schemas.document import Document, Participant, ParticipantRole
from schemas.errors import ConflictError, InvalidInputError, NotFoundError, TransientError
from schemas.identity import Caller
from schemas.ids import PersonId
from schemas.naming import UNKNOWN, Naming, speaker_id_for
from schemas.sharing import is_shared_copy

MAX_NAME_CHARS: Final = 200
MAX_ID_CHARS: Final = 200

_log = structlog.get_logger(__name__)


class HeardSpeaker(msgspec.Struct, frozen=True):
    """Somebody who is heard in a recording, and what people say who that is."""

    speaker: Speaker
    """As recognised; ``UNKNOWN`` without a name for nobody known."""
    n_turns: int
    naming: Naming | None


def heard_speakers(content: Content, namings: Iterable[Naming]) -> tuple[HeardSpeaker, ...]:
    """Return who is heard in a recording, in the order of the transcript's speakers.

    Args:
        content: Of the document, as it is stored.
        namings: Of its revision.
    """
    if not isinstance(content, Transcript):
        return ()
    turns = (turn for turn in content.utterances if turn.span is not None)
    n_turns = Counter(turn.heard_speaker or UNKNOWN for turn in turns)
    made = {naming.heard.id: naming for naming in namings}
    return tuple(
        HeardSpeaker(speaker, n_turns[speaker.id], made.get(speaker.id))
        for speaker in (*content.recognised, Speaker(UNKNOWN, ""))
        if n_turns[speaker.id]
    )


def name_speaker(
    intake: Intake,
    document: Document,
    content: Content,
    heard_id: PersonId,
    *,
    person: Participant | None,
    by: Caller,
) -> HeardSpeaker:
    """Keep who a heard speaker is, and have transcript, participants and searches follow.

    A named student or mentor takes part in the document from then on, and so may see it where
    participants may. What was recognised is kept.

    Args:
        intake: The bundle to work with.
        document: The revision that the person has read.
        content: Of this revision, as it is stored.
        heard_id: Who is heard, as recognised.
        person: Who that is: see ``person_called``; ``None`` takes the naming back.
        by: Who says so.

    Returns:
        The speaker with the naming in force.

    Raises:
        NotFoundError: If nobody is heard under this id, or the document is gone.
        ConflictError: If it is a shared copy, or another revision was published.
    """
    if is_shared_copy(document.source):
        raise ConflictError("This is a shared copy: name the speaker in the exchange, share again.")
    namings = intake.catalog.namings.of(document.id, document.revision)
    found = {each.speaker.id: each for each in heard_speakers(content, namings)}
    heard = found.get(heard_id)
    if heard is None:
        raise NotFoundError("Nobody is heard under this id in the document.")
    before = heard.naming
    if person == (before.person if before else None):
        return heard
    naming = Naming(
        document_id=document.id,
        revision=document.revision,
        heard=heard.speaker,
        heard_role=before.heard_role if before else _roles(document).get(heard_id),
        person=person,
        named_by=by.person_id,
        named_by_name=by.name or by.person_id,
        named_at=intake.clock(),
    )
    intake.catalog.namings.save(naming)
    _enqueue(intake, naming)
    _log.info("speaker.named", document_id=document.id, is_taken_back=person is None)
    return msgspec.structs.replace(heard, naming=naming)


def person_called(
    document: Document, name: str, *, person_id: str | None, role: ParticipantRole
) -> Participant:
    """Return who is meant by a name, with or without the id by which the school knows the person.

    Whoever the document knows as student or mentor already keeps name and part in it.

    Raises:
        InvalidInputError: If the name or the id is no name or id, or a student or mentor comes
            without an id.
    """
    called = " ".join(well_formed(name).split())
    if not any(map(str.isalpha, called)) or len(called) > MAX_NAME_CHARS:
        raise InvalidInputError(f"name: a name of at most {MAX_NAME_CHARS} characters.")
    if person_id is None:
        if role is not ParticipantRole.SPEAKER:
            raise InvalidInputError("person_id: say the school's id of this student or mentor.")
        return Participant(speaker_id_for(called), called, role)
    known = PersonId(person_id)
    if known == UNKNOWN or len(known) > MAX_ID_CHARS or not known or not known.isprintable():
        raise InvalidInputError("person_id: this is no id of a person.")
    own = next((p for p in document.participants if p.id == known), None)
    is_own = own is not None and own.role is not ParticipantRole.SPEAKER
    return own if own is not None and is_own else Participant(known, called, role)


def people_of(
    document: Document, content: Content, namings: Sequence[Naming]
) -> Mapping[PersonId, Speaker]:
    """Return everybody to whom a turn of the document may be given, by id."""
    speakers = content.speakers if isinstance(content, Transcript) else ()
    heard = [each.speaker for each in heard_speakers(content, namings)]
    named = [naming.person for naming in namings if naming.person is not None]
    people = [Speaker(each.id, each.name) for each in (*document.participants, *named)]
    taken = {each.heard.id for each in namings if each.person is not None} | {UNKNOWN}
    return {each.id: each for each in (*speakers, *heard, *people) if each.id not in taken}


def _roles(document: Document) -> dict[PersonId, ParticipantRole]:
    return {person.id: person.role for person in document.participants}


def _enqueue(intake: Intake, naming: Naming) -> None:
    try:
        intake.queue.enqueue_corrections(naming.document_id, naming.named_at)
    except TransientError as error:
        # The row is there: the workers' repair queues it when the queue is back.
        _log.warning("naming.not_queued", reason=str(error))
