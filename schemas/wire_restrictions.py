"""What is hidden of a document, as mentors see and say it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.document import Visibility

MAX_REASON_CHARS: Final = 500
_Number = Annotated[int, Meta(ge=0, le=2**53)]


class PlaceView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of a document: exactly one pair is given, the others are ``null``.

    Times are half-open; pages (from 1), messages and blocks (from 0) include the last one.
    """

    start_ms: _Number | None = None
    end_ms: _Number | None = None
    first_page: _Number | None = None
    last_page: _Number | None = None
    first_message: _Number | None = None
    last_message: _Number | None = None
    first_block: _Number | None = None
    last_block: _Number | None = None


class RestrictionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hides a stretch from students; ``participants`` still shows it to the document's own."""

    place: PlaceView
    visibility: Visibility = Visibility.MENTORS
    reason: Annotated[str, Meta(max_length=MAX_REASON_CHARS)] = ""


class RestrictionView(msgspec.Struct, frozen=True):
    """A stretch that is hidden, by whom and why."""

    id: str
    place: PlaceView
    visibility: Visibility
    reason: str
    made_by: str
    created_at: datetime
    is_doubtful: bool
    """The document was replaced since, and pages, messages or blocks may have moved: look again."""


class RestrictionList(msgspec.Struct, frozen=True):
    """What is hidden of a document, oldest first."""

    restrictions: tuple[RestrictionView, ...]
    is_ready: bool
    """Whether passages and recording are made anew: until then less is shown, never more."""
