"""Hiding a stretch of a document from students, and showing it again."""

from __future__ import annotations

import uuid
from typing import Final, assert_never

import structlog

from indexer.catalog.restrictions import needs_mask
from indexer.intake import Intake
from schemas.document import Document, MediaKind, Visibility
from schemas.errors import InvalidInputError, NotFoundError, TransientError
from schemas.hiding import Restriction
from schemas.identity import Caller
from schemas.ids import DocumentId
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan

MAX_RESTRICTIONS: Final = 100
"""Of one document: each is looked at for every passage that a search shows of it."""

_log = structlog.get_logger(__name__)


def restrict(
    intake: Intake,
    document: Document,
    place: Locator,
    *,
    visibility: Visibility,
    reason: str,
    by: Caller,
) -> Restriction:
    """Hide a stretch: at once by id, in searches as soon as the indexes follow.

    The worker then cuts passages at its edges, so that what is beside it is found again, and makes
    the recording without it. Until both are done less is shown, never more.

    Raises:
        InvalidInputError: If there is no such stretch, or it would be hidden from nobody.
        NotFoundError: If the document is gone.
    """
    if visibility is Visibility.STUDENTS:
        raise InvalidInputError("visibility: say mentors or participants; students see the rest.")
    _check(document, place)
    if len(intake.catalog.restrictions.of(document.id)) >= MAX_RESTRICTIONS:
        raise InvalidInputError(
            f"At most {MAX_RESTRICTIONS} stretches of a document are hidden: hide longer ones, or "
            "the whole document."
        )
    made = Restriction(
        id=uuid.uuid4().hex,
        document_id=document.id,
        place=place,
        visibility=visibility,
        revision=document.revision,
        person_id=by.person_id,
        person_name=by.name or by.person_id,
        reason=" ".join(reason.split()),
        created_at=intake.clock(),
    )
    intake.catalog.restrictions.add(made)
    _enqueue(intake, document.id)
    _log.info("restriction.set", document_id=document.id, restriction_id=made.id)
    return made


def lift(intake: Intake, document_id: DocumentId, restriction_id: str) -> None:
    """Show a hidden stretch again to all who may see the document.

    Raises:
        NotFoundError: If the document has no such restriction.
    """
    intake.catalog.restrictions.lift(document_id, restriction_id)
    _enqueue(intake, document_id)
    _log.info("restriction.lifted", document_id=document_id, restriction_id=restriction_id)


def is_ready(intake: Intake, document: Document) -> bool:
    """Tell whether passages and recording are made anew for what is hidden now."""
    return intake.catalog.restrictions.is_cut(document) and not needs_mask(document)


def _check(document: Document, place: Locator) -> None:
    match place:
        case TimeSpan(start, end):
            fits = document.media_kind in {MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.TRANSCRIPT}
            fits = fits or (
                document.media_kind is MediaKind.MESSAGES and document.duration_ms is not None
            )
            last = document.duration_ms
        case PageSpan(start, end):
            fits, last = document.n_pages is not None, document.n_pages
            start, end = start - 1, end - 1
        case MessageSpan(start, end):
            fits, last = document.media_kind is MediaKind.MESSAGES, None
        case BlockSpan(start, end):
            fits, last = document.media_kind is MediaKind.TEXT and document.n_pages is None, None
        case _:
            assert_never(place)
    if not fits:
        raise InvalidInputError(
            "place: recordings are hidden by time, PDFs and decks by page, exchanges by message, "
            "texts by block."
        )
    if not 0 <= start < end or (last is not None and start >= last):
        raise InvalidInputError("place: it must begin inside the document and end after that.")


def _enqueue(intake: Intake, document_id: DocumentId) -> None:
    try:
        intake.queue.enqueue_corrections(document_id, intake.clock())
    except (TransientError, NotFoundError) as error:
        # It is hidden already; the workers' repair queues the rest when the queue is back.
        _log.warning("restriction.not_queued", reason=str(error))
