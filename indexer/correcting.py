"""Correcting a turn of speech, what is said and by whom: kept at once, applied by the workers."""

from __future__ import annotations

from typing import Final

import structlog

from indexer.analysis.normalize import well_formed
from indexer.intake import Intake
from indexer.speakers import people_of
from schemas.content import Content, Speaker, Transcript, Utterance
from schemas.correction import Correction, as_heard, place_of
from schemas.document import Document
from schemas.errors import ConflictError, InvalidInputError, NotFoundError, TransientError
from schemas.identity import Caller
from schemas.ids import PersonId
from schemas.naming import UNKNOWN
from schemas.sharing import is_shared_copy

MAX_TURN_CHARS: Final = 10_000
"""Turns are cut at some 600 characters when they are heard; a longer text is no longer one."""

_log = structlog.get_logger(__name__)


def correct_turn(  # noqa: PLR0913 - the turn, what is said of it, and by whom
    intake: Intake,
    document: Document,
    content: Content,
    ordinal: int,
    *,
    text: str,
    speaker_id: PersonId | None = None,
    by: Caller,
) -> tuple[Utterance, Correction | None]:
    """Keep what a person says was said in a turn, and by whom, and have it applied.

    The stored transcript follows within a second or two, or ten after a worker's start, when it
    loads the encoder first. A text that is in force already changes nothing; the text that was
    heard takes every correction back.

    Args:
        intake: The bundle to work with.
        document: The revision that the person has read.
        content: Of this revision, as it is stored.
        ordinal: Of the turn, from 0.
        text: What was said; line breaks and runs of spaces become one space.
        speaker_id: Who said it, of those whom the document knows; whoever the turn's own speaker
            is takes that correction back, and ``None`` leaves it as it is.
        by: Who says so.

    Returns:
        The turn as it is stored now, and its correction; ``None`` where nothing was corrected.

    Raises:
        NotFoundError: If there is no such turn, or the document is gone.
        ConflictError: If the turn is a written message or of a shared copy, or another revision
            was published.
        InvalidInputError: If nothing is left of the text, it is too long, or the document knows
            nobody of this id.
    """
    if is_shared_copy(document.source):
        raise ConflictError("This is a shared copy: correct the exchange, then share it again.")
    turn = _turn(content, ordinal)
    place = place_of(turn)
    if place is None:
        raise ConflictError("A written message is its author's own: only speech is corrected.")
    said = _clean(text)
    made = intake.catalog.corrections.of(document.id, document.revision)
    known = next((correction for correction in made if correction.place == place), None)
    speaker = known.speaker if known else None
    if speaker_id is not None:
        speaker = _speaker(intake, document, content, turn, speaker_id=speaker_id)
    in_force = (known.text, known.speaker) if known else (turn.text, None)
    if (said, speaker) == in_force:
        return turn, known
    correction = Correction(
        document_id=document.id,
        revision=document.revision,
        heard=known.heard if known else as_heard(turn),
        text=said,
        person_id=by.person_id,
        person_name=by.name or by.person_id,
        corrected_at=intake.clock(),
        speaker=speaker,
    )
    intake.catalog.corrections.save(correction)
    _enqueue(intake, correction)
    return turn, correction


def _speaker(
    intake: Intake, document: Document, content: Content, turn: Utterance, *, speaker_id: PersonId
) -> Speaker | None:
    """Return who is meant; ``None`` for the turn's own speaker, as heard or as named."""
    namings = intake.catalog.namings.of(document.id, document.revision)
    own = turn.heard_speaker or UNKNOWN
    person = next((each.person for each in namings if each.heard.id == own), None)
    if speaker_id in {own, person.id if person else own}:
        return None
    speaker = people_of(document, content, namings).get(speaker_id)
    if speaker is None:
        raise InvalidInputError("speaker_id: nobody in the document has this id: name them first.")
    return speaker


def _turn(content: Content, ordinal: int) -> Utterance:
    turns = content.utterances if isinstance(content, Transcript) else ()
    if not 0 <= ordinal < len(turns):
        raise NotFoundError("The document has no such turn.")
    return turns[ordinal]


def _clean(text: str) -> str:
    said = " ".join(well_formed(text).split())
    if not said:
        raise InvalidInputError("text: say what was said, nothing is left of this text.")
    if len(said) > MAX_TURN_CHARS:
        raise InvalidInputError(f"text: at most {MAX_TURN_CHARS} characters.")
    return said


def _enqueue(intake: Intake, correction: Correction) -> None:
    try:
        intake.queue.enqueue_corrections(correction.document_id, correction.corrected_at)
    except TransientError as error:
        # The row is there: the workers' repair queues it when the queue is back.
        _log.warning("correction.not_queued", reason=str(error))
