"""Restrictions as clients see them, and the places that they say."""

from __future__ import annotations

from typing import assert_never

from schemas.document import Document
from schemas.errors import InvalidInputError
from schemas.hiding import Restriction
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan
from schemas.wire_restrictions import PlaceView, RestrictionView


def restriction_view(restriction: Restriction, document: Document) -> RestrictionView:
    """Return a restriction of a document as its mentors see it."""
    moved = document.revision != restriction.revision
    return RestrictionView(
        id=restriction.id,
        place=_place_view(restriction.place),
        visibility=restriction.visibility,
        reason=restriction.reason,
        made_by=restriction.person_name,
        created_at=restriction.created_at,
        is_doubtful=moved and not isinstance(restriction.place, TimeSpan),
    )


def restriction_place(said: PlaceView) -> Locator:
    """Return the place that a client names.

    Raises:
        InvalidInputError: If it is not exactly one pair.
    """
    pairs = (
        (said.start_ms, said.end_ms),
        (said.first_page, said.last_page),
        (said.first_message, said.last_message),
        (said.first_block, said.last_block),
    )
    whole = [n for n, (first, last) in enumerate(pairs) if first is not None and last is not None]
    if len(whole) != 1 or sum(x is not None for pair in pairs for x in pair) != 2:  # noqa: PLR2004
        raise InvalidInputError("place: give one pair, start_ms and end_ms, say.")
    (n,) = whole
    first, last = pairs[n][0] or 0, pairs[n][1] or 0
    if n == 0:
        return TimeSpan(first, last)
    return (PageSpan, MessageSpan, BlockSpan)[n - 1](first, last + 1)


def _place_view(place: Locator) -> PlaceView:
    match place:
        case TimeSpan(start, end):
            return PlaceView(start_ms=start, end_ms=end)
        case PageSpan(start, end):
            return PlaceView(first_page=start, last_page=end - 1)
        case MessageSpan(start, end):
            return PlaceView(first_message=start, last_message=end - 1)
        case BlockSpan(start, end):
            return PlaceView(first_block=start, last_block=end - 1)
        case _:
            assert_never(place)
