"""Addresses that clients follow: portal pages at an exact place, and parts of documents."""

from __future__ import annotations

from typing import assert_never

from schemas.document import Document, MediaKind
from schemas.ids import DocumentId, JobId
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan
from schemas.wire import DocumentLinks


def document_url(document_id: DocumentId) -> str:
    """Return the portal address of a document."""
    return f"/documents/{document_id}"


def place_url(document_id: DocumentId, locator: Locator, moment: TimeSpan | None) -> str:
    """Return the portal address of a place; for speech, of the moment when there is one.

    Times are written in seconds with as many decimals as they need: 12300 ms is ``12.3``.
    """
    page = document_url(document_id)
    match locator:
        case TimeSpan():
            start_ms = moment.start_ms if moment is not None else locator.start_ms
            return f"{page}?t={_seconds(start_ms)}"
        case PageSpan():
            return f"{page}#page={locator.start_page}"
        case MessageSpan():
            return f"{page}#message={locator.start_message}"
        case BlockSpan():
            return f"{page}#block={locator.start_block}"
        case _:
            assert_never(locator)


def document_api_url(document_id: DocumentId, part: str = "") -> str:
    """Return the API address of a document or of one of its parts."""
    return f"/v1/documents/{document_id}" + (f"/{part}" if part else "")


def document_links(document: Document) -> DocumentLinks:
    """Return the addresses of the parts that a document has."""

    def part(name: str) -> str:
        return document_api_url(document.id, name)

    media = document.media
    has_turns = document.media_kind not in {MediaKind.PDF, MediaKind.TEXT}
    return DocumentLinks(
        content=part("content"),
        original=part("original") if document.original else None,
        transcript=part("transcript") if has_turns else None,
        media=part("media") if media.playable is not None else None,
        poster=part("poster") if media.poster is not None else None,
        thumbnails=part("thumbnails.vtt") if media.thumbnail_grid is not None else None,
        pages=tuple(part(f"pages/{n}") for n in range(1, len(media.pages) + 1)),
    )


def poster_url(document: Document) -> str | None:
    """Return where the picture of a document is: a video's frame, or a PDF's first page."""
    if document.media.poster is not None:
        return document_api_url(document.id, "poster")
    return document_api_url(document.id, "pages/1") if any(document.media.pages[:1]) else None


def job_api_url(job_id: JobId) -> str:
    """Return the API address of a job."""
    return f"/v1/jobs/{job_id}"


def _seconds(time_ms: int) -> str:
    whole, rest = divmod(time_ms, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
