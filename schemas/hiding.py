"""Stretches of a document that not everybody who may see the document may see.

A restriction is what a mentor decided; a ``HiddenPlace`` is what follows from it. Whatever meets
a hidden place goes only to the audiences of the place: half of a passage is never shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from schemas.document import Document, MediaFiles, Visibility
from schemas.ids import BlobKey, DocumentId, PersonId, Revision
from schemas.span import BlockSpan, HiddenPlace, Locator, MessageSpan, PageSpan, TimeSpan


class Restriction(msgspec.Struct, frozen=True):
    """What a mentor decided about a stretch of a document; it holds for later revisions too."""

    id: str
    document_id: DocumentId
    place: Locator
    visibility: Visibility
    """``mentors`` or ``participants``: who may still see it."""
    revision: Revision
    """The revision that the mentor was looking at."""
    person_id: PersonId
    person_name: str
    reason: str
    created_at: datetime


def overlaps(one: Locator, other: Locator) -> bool:
    """Tell whether two places share a moment, page, message or block; other kinds never do.

    A moment without length counts as one millisecond.
    """
    match one, other:
        case TimeSpan(), TimeSpan():
            ends = max(one.end_ms, one.start_ms + 1), max(other.end_ms, other.start_ms + 1)
            return one.start_ms < ends[1] and other.start_ms < ends[0]
        case PageSpan(), PageSpan():
            return one.start_page < other.end_page and other.start_page < one.end_page
        case MessageSpan(), MessageSpan():
            return one.start_message < other.end_message and other.start_message < one.end_message
        case BlockSpan(), BlockSpan():
            return one.start_block < other.end_block and other.start_block < one.end_block
        case _:
            return False


def is_hidden(place: Locator, hidden: Iterable[Locator]) -> bool:
    """Tell whether a place meets one of these."""
    return any(overlaps(place, each) for each in hidden)


def narrowed(
    audiences: tuple[str, ...], place: Locator, hidden: Iterable[HiddenPlace]
) -> tuple[str, ...]:
    """Return who may see a place of a document: the document's audiences where nothing hides it."""
    met = [set(each.audiences) for each in hidden if overlaps(place, each.place)]
    return tuple(sorted(set.intersection(*met))) if met else audiences


def hidden_from(document: Document, audiences: Collection[str]) -> tuple[Locator, ...]:
    """Return the places of a document that none of these audience keys may see."""
    keys = set(audiences)
    return tuple(h.place for h in document.hidden if keys.isdisjoint(h.audiences))


def as_seen(document: Document, audiences: Collection[str]) -> Document:
    """Return the document with only the files that these audience keys may have.

    Where something is hidden from them, the original is no one's to download (its key is empty),
    a recording is the copy without the hidden minutes, or none until that is made, and pictures
    of hidden pages have an empty key. A poster and thumbnails go with hidden minutes: they may show
    one.
    """
    places = hidden_from(document, audiences)
    if not places:
        return document
    media = document.media
    if any(isinstance(place, TimeSpan) for place in places):
        is_ready = media.masked_as == mask_of(document)
        media = msgspec.structs.replace(
            media,
            playable=media.masked if is_ready else None,
            playable_type=media.masked_type if is_ready else None,
            poster=None,
            thumbnails=None,
            thumbnail_grid=None,
        )
    pages = tuple(
        BlobKey("") if is_hidden(PageSpan(n, n + 1), places) else key
        for n, key in enumerate(media.pages, 1)
    )
    media = msgspec.structs.replace(media, pages=pages)
    return msgspec.structs.replace(document, original=BlobKey(""), media=media)


def cut_of(hidden: Iterable[HiddenPlace]) -> str:
    """Return what tells cuts of a document at different hidden places apart; empty for none."""
    places = sorted({msgspec.json.encode(each.place) for each in hidden})
    return hashlib.sha256(b"\n".join(places)).hexdigest() if places else ""


def minutes_of(document: Document) -> tuple[TimeSpan, ...]:
    """Return the hidden stretches of a recording, in order of time."""
    spans = {h.place for h in document.hidden if isinstance(h.place, TimeSpan)}
    return tuple(sorted(spans, key=lambda span: (span.start_ms, span.end_ms)))


def mask_of(document: Document) -> str | None:
    """Return what the copy without hidden minutes must be called; ``None`` where none is due."""
    spans, playable = minutes_of(document), document.media.playable
    if not spans or playable is None:
        return None
    return hashlib.sha256(playable.encode() + msgspec.json.encode(spans)).hexdigest()


def has_no_mask(document: Document) -> bool:
    """Tell whether the copy without hidden minutes is due, and was found impossible to make."""
    due, media = mask_of(document), document.media
    return due is not None and media.masked_as == due and media.masked is None


def without_mask(media: MediaFiles) -> MediaFiles:
    """Return the files without a copy that no hidden minutes need any more."""
    return msgspec.structs.replace(media, masked=None, masked_type=None, masked_as=None)
