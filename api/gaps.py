"""Gaps as this process tells them: read from the log again once it has grown."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from datetime import datetime
from typing import Final

from indexer.catalog.catalog import Catalog
from indexer.feedback.gaps import KEPT, report
from indexer.feedback.inquiries import Deeds, PseudonymOf, inquiries_of
from indexer.feedback.live import LiveFeedback
from indexer.feedback.wordings import Discretion
from schemas.feedback import LogPosition
from schemas.gap import GapReport
from schemas.ids import QueryId

FRESH_S: Final = 60.0
"""Without a new line, gaps change by time alone: what was this week is not any more."""

_Version = tuple[LogPosition, dict[QueryId, datetime], object]


class GapReports:
    """The gaps of the school; one thread reads, the others wait for it."""

    def __init__(self, catalog: Catalog, learned: LiveFeedback, pseudonym_of: PseudonymOf) -> None:
        """Read nothing yet."""
        self._catalog = catalog
        self._learned = learned
        self._pseudonym_of = pseudonym_of
        self._reading = threading.Lock()
        self._kept: tuple[_Version, datetime, GapReport] | None = None

    def current(self, now: datetime) -> GapReport:
        """Return the gaps as the log tells them now."""
        with self._reading:
            answered = self._catalog.questions.answered_searches()
            view = self._learned.current()
            version = (self._catalog.feedback.end(), answered, view and view.position)
            if self._kept is not None:
                made_for, at, found = self._kept
                if made_for == version and abs((now - at).total_seconds()) < FRESH_S:
                    return found
            found = self._read(now, answered)
            self._kept = (version, now, found)
            return found

    def _read(self, now: datetime, answered: dict[QueryId, datetime]) -> GapReport:
        log = self._catalog.feedback
        start = log.end_before(now - KEPT)
        deeds = Deeds(
            log.events_after(start.event), self._catalog.judgments.after(0), self._pseudonym_of
        )
        names = {profile.name for profile in self._catalog.profiles.all()}
        return report(
            inquiries_of(log.searches_after(start.search), deeds),
            now=now,
            intent_of=self._intent_of,
            discreet=Discretion(names | self._catalog.documents.all_names()),
            answered=answered,
        )

    def _intent_of(self, text: str) -> Hashable | None:
        view = self._learned.current()
        return view.own_intent(text) if view is not None else None
