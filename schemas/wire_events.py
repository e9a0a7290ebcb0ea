"""HTTP bodies of what a person does with hits: the same conventions as ``schemas.wire``."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.feedback import Action

MAX_EVENTS: Final = 50
"""Of one request: what a page gathers between two sendings."""
MAX_EVENT_SPANS: Final = 100
_MAX_MS: Final = 2**53  # what every client can count to

PlainId = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[!-~]+$")]
"""Printable ASCII, as all ids are."""
Milliseconds = Annotated[int, Meta(ge=0, le=_MAX_MS)]


class SpanRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of a recording, in milliseconds from its start; ``end_ms`` is the first not."""

    start_ms: Milliseconds
    end_ms: Milliseconds


class EventRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something done with a hit; where the hit stood is known from the answer."""

    query_id: PlainId
    """Of the search answer that showed the document."""
    document_id: PlainId
    action: Action
    """``click`` opened it, ``play`` played its recording, ``dwell`` kept it in front, ``copy``
    copied words of it."""
    passage_id: Annotated[str, Meta(pattern="^[0-9]{1,19}$")] | None = None
    """The passage that it was done with, where it was one."""
    spans: Annotated[tuple[SpanRequest, ...], Meta(max_length=MAX_EVENT_SPANS)] = ()
    """Of ``play``: what was played."""
    dwell_ms: Milliseconds = 0
    """Of ``dwell``: how long the document was in front since this was last said."""


class EventsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done since the page last told, in order."""

    events: Annotated[tuple[EventRequest, ...], Meta(min_length=1, max_length=MAX_EVENTS)]


class EventsReceipt(msgspec.Struct, frozen=True):
    """How many events count, and how many do not, by reason."""

    accepted: int
    ignored: dict[str, int]
    """``unknown-query`` (no search of the caller's that counts), ``not-shown``, ``repeated``,
    ``empty``, ``flood``, ``role`` (only students and mentors count), ``queue-full``."""
