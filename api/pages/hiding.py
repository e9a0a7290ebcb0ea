"""What is hidden of a document, as the console and the timeline of its page show it to mentors."""

from __future__ import annotations

from typing import Final

import msgspec

from api.pages.texts import Texts
from api.services import Services
from api.views.restrictions import restriction_view
from schemas.document import Document, MediaKind
from schemas.hiding import minutes_of
from schemas.span import TimeSpan
from schemas.wire_restrictions import PlaceView, RestrictionView

_UNITS: Final = {
    MediaKind.MESSAGES: "message",
    MediaKind.TEXT: "block",
}


class Shown(msgspec.Struct, frozen=True):
    """A restriction with its place in words."""

    view: RestrictionView
    where: str


def unit_of(document: Document) -> str:
    """Return what a document is hidden by: ``time``, ``page``, ``message`` or ``block``."""
    if document.n_pages is not None:
        return "page"
    return _UNITS.get(document.media_kind, "time")


def shown_restrictions(services: Services, document: Document, t: Texts) -> tuple[Shown, ...]:
    """Return what is hidden of a document, oldest first."""
    made = services.catalog.restrictions.of(document.id)
    views = (restriction_view(each, document) for each in made)
    return tuple(Shown(view, _where(view.place, t)) for view in views)


def bands_of(document: Document, width: int) -> tuple[tuple[int, int], ...]:
    """Return start and width of the hidden minutes on a drawing of the whole recording."""
    length = document.duration_ms
    return tuple(_band(span, length, width) for span in minutes_of(document)) if length else ()


def _band(span: TimeSpan, length_ms: int, width: int) -> tuple[int, int]:
    start = min(span.start_ms, length_ms) * width // length_ms
    end = -(-min(span.end_ms, length_ms) * width // length_ms)
    return start, max(1, end - start)


def _where(place: PlaceView, t: Texts) -> str:
    match place:
        case PlaceView(start_ms=int(start), end_ms=int(end)):
            return t("hidden.place.time", first=_clock(start), last=_clock(end))
        case PlaceView(first_page=int(first), last_page=int(last)):
            return t("hidden.place.page", first=first, last=last)
        case PlaceView(first_message=int(first), last_message=int(last)):
            return t("hidden.place.message", first=first + 1, last=last + 1)
        case _:
            first, last = place.first_block or 0, place.last_block or 0
            return t("hidden.place.block", first=first + 1, last=last + 1)


def _clock(time_ms: int) -> str:
    minutes, seconds = divmod(time_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
