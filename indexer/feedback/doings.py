"""What was done with the hits of one search so far, so that nothing counts twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from schemas.feedback import Action, Ignored, LoggedEvent, LoggedSearch, ReportedEvent, ShownHit
from schemas.ids import DocumentId
from schemas.span import TimeSpan

MAX_DWELL_MS: Final = 30 * 60 * 1000
"""Of one hit of one search: who leaves a page open for longer has left it."""
MAX_TIME_MS: Final = 24 * 3600 * 1000
"""No recording is longer; what is said to be played behind it was not."""
MAX_SPANS: Final = 100
"""Of one event: what a person can jump about between two reports."""
_MAX_COPIES: Final = 20  # of one hit of one search, each of another passage


class _Done(msgspec.Struct):
    """What was done with one hit."""

    is_clicked: bool = False
    dwell_ms: int = 0
    played: tuple[TimeSpan, ...] = ()
    copied: set[int | None] = msgspec.field(default_factory=set)


class Doings:
    """One search of the log, and what was done with each of its hits. Not safe in threads."""

    def __init__(self, search: LoggedSearch, events: Iterable[LoggedEvent] = ()) -> None:
        """Take a search, and what the log has of it already."""
        self.search = search
        self._hits: dict[DocumentId, ShownHit] = {hit.document_id: hit for hit in search.hits}
        self._done: defaultdict[DocumentId, _Done] = defaultdict(_Done)
        for event in events:
            self._remember(event)

    def has_shown(self, document_id: DocumentId) -> bool:
        """Tell whether the answer showed a document."""
        return document_id in self._hits

    def take(self, reported: ReportedEvent) -> ReportedEvent | Ignored:
        """Return what is new in an event, and remember it; or why nothing of it counts.

        A hit is clicked once. Of plays only what was not played before is new, of dwell what
        fits under ``MAX_DWELL_MS`` in all, of copies one for each passage.
        """
        if reported.document_id not in self._hits:
            return Ignored.NOT_SHOWN
        new = self._new(reported, self._done[reported.document_id])
        if isinstance(new, ReportedEvent):
            self._remember(new)
        return new

    def position(self, document_id: DocumentId) -> int:
        """Return where the answer showed a document."""
        return self._hits[document_id].position

    def _new(self, reported: ReportedEvent, done: _Done) -> ReportedEvent | Ignored:
        bare = msgspec.structs.replace(reported, dwell_ms=0, spans=())
        new: dict[str, Any] | Ignored
        match reported.action:
            case Action.CLICK:
                new = Ignored.REPEATED if done.is_clicked else {}
            case Action.COPY:
                is_old = reported.passage in done.copied or len(done.copied) >= _MAX_COPIES
                new = Ignored.REPEATED if is_old else {}
            case Action.DWELL:
                new = _new_dwell(reported.dwell_ms, done)
            case Action.PLAY:
                new = _new_spans(reported.spans, done)
        return new if isinstance(new, Ignored) else msgspec.structs.replace(bare, **new)

    def _remember(self, event: ReportedEvent | LoggedEvent) -> None:
        done = self._done[event.document_id]
        match event.action:
            case Action.CLICK:
                done.is_clicked = True
            case Action.COPY:
                done.copied.add(event.passage)
            case Action.DWELL:
                done.dwell_ms += event.dwell_ms
            case Action.PLAY:
                done.played = normalised((*done.played, *event.spans))


def normalised(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return the same stretches in order, none empty and none touching another.

    Times outside a recording (before 0, after ``MAX_TIME_MS``) are cut off.
    """
    joined: list[TimeSpan] = []
    within = (TimeSpan(max(0, one.start_ms), min(one.end_ms, MAX_TIME_MS)) for one in spans)
    for span in sorted(within, key=lambda one: (one.start_ms, one.end_ms)):
        if span.end_ms <= span.start_ms:
            continue
        if joined and span.start_ms <= joined[-1].end_ms:
            last = joined.pop()
            joined.append(TimeSpan(last.start_ms, max(last.end_ms, span.end_ms)))
        else:
            joined.append(span)
    return tuple(joined)


def without(spans: Iterable[TimeSpan], taken: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return what of some stretches lies in none of others; both normalised, as is the answer."""
    taken = tuple(taken)
    left: list[TimeSpan] = []
    for span in spans:
        start_ms = span.start_ms
        for other in taken:
            if other.end_ms <= start_ms or other.start_ms >= span.end_ms:
                continue
            if other.start_ms > start_ms:
                left.append(TimeSpan(start_ms, other.start_ms))
            start_ms = max(start_ms, other.end_ms)
        if start_ms < span.end_ms:
            left.append(TimeSpan(start_ms, span.end_ms))
    return tuple(left)


def _new_dwell(dwell_ms: int, done: _Done) -> dict[str, Any] | Ignored:
    if dwell_ms <= 0:
        return Ignored.EMPTY
    left_ms = MAX_DWELL_MS - done.dwell_ms
    return {"dwell_ms": min(dwell_ms, left_ms)} if left_ms > 0 else Ignored.REPEATED


def _new_spans(spans: Iterable[TimeSpan], done: _Done) -> dict[str, Any] | Ignored:
    played = normalised(spans)
    if not played:
        return Ignored.EMPTY
    new = without(played, done.played)
    return {"spans": new} if new else Ignored.REPEATED
