"""Gaps as this process tells them: read from the log again once it has grown."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from datetime import datetime
from typing import Final, Protocol

import msgspec

from indexer.catalog.catalog import Catalog
from indexer.feedback.gaps import KEPT, report
from indexer.feedback.inquiries import Deeds, PseudonymOf, inquiries_of
from indexer.feedback.view import FeedbackView
from indexer.feedback.wordings import Discretion
from schemas.feedback import LogPosition
from schemas.gap import GapReport
from schemas.ids import QueryId

FRESH_S: Final = 60.0
"""Without a new line, gaps change by time alone: what was this week is not any more. Of a long log
what is kept stands for so long whatever was added."""
LONG: Final = 5_000
"""Lines: reading so many takes a quarter of a second, and every search adds one."""

_Version = tuple[LogPosition, dict[QueryId, datetime], object]


class Learned(Protocol):
    """What the log taught: ``LiveFeedback``."""

    def current(self) -> FeedbackView | None:
        """Return it; ``None`` until the log was read once."""


class _Kept(msgspec.Struct, frozen=True):
    """A report, and what it was made from."""

    version: _Version
    at: datetime
    found: GapReport
    is_long: bool

    def is_fresh(self, now: datetime) -> bool:
        return abs((now - self.at).total_seconds()) < FRESH_S


class GapReports:
    """The gaps of the school; one thread reads, the others get what was there before."""

    def __init__(
        self,
        catalog: Catalog,
        learned: Learned,
        pseudonym_of: PseudonymOf,
        *,
        long: int = LONG,
    ) -> None:
        """Read nothing yet.

        Args:
            catalog: With the log.
            learned: Which wordings mean the same.
            pseudonym_of: Under which name a person stands in the log.
            long: Searches from which on a report is kept for ``FRESH_S`` in any case.
        """
        self._long = long
        self._catalog = catalog
        self._learned = learned
        self._pseudonym_of = pseudonym_of
        self._reading = threading.Lock()
        self._kept: _Kept | None = None

    def current(self, now: datetime) -> GapReport:
        """Return the gaps as the log tells them now."""
        kept = self._kept
        if kept is None or not kept.is_long:
            self._reading.acquire()
        elif kept.is_fresh(now) or not self._reading.acquire(blocking=False):
            return kept.found
        try:
            return self._current(now)
        finally:
            self._reading.release()

    def _current(self, now: datetime) -> GapReport:
        answered = self._catalog.questions.answered_searches()
        view = self._learned.current()
        end = self._catalog.feedback.end()
        version = (end, answered, view and view.position)
        kept = self._kept
        if kept is not None and kept.version == version and kept.is_fresh(now):
            return kept.found
        start = self._catalog.feedback.end_before(now - KEPT)
        found = self._read(now, answered, start)
        self._kept = _Kept(version, now, found, is_long=end.search - start.search > self._long)
        return found

    def _read(
        self, now: datetime, answered: dict[QueryId, datetime], start: LogPosition
    ) -> GapReport:
        log = self._catalog.feedback
        deeds = Deeds(
            log.events_after(start.event), self._catalog.judgments.after(0), self._pseudonym_of
        )
        names = {profile.name for profile in self._catalog.profiles.all()}
        return report(
            inquiries_of(log.searches_after(start.search), deeds),
            now=now,
            intent_of=self._intent_of,
            mask=Discretion(names | self._catalog.documents.all_names()),
            answered=answered,
        )

    def _intent_of(self, text: str) -> Hashable | None:
        view = self._learned.current()
        return view.own_intent(text) if view is not None else None
