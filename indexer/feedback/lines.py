"""How the log is read from its first line to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from schemas.feedback import LoggedEvent, LoggedSearch, LogPosition, Pseudonym
from schemas.ids import PersonId, QueryId
from schemas.judgment import Judgment

PseudonymOf = Callable[[PersonId], Pseudonym]


class FeedbackLines(Protocol):
    """Reads the log."""

    def end(self) -> LogPosition:
        """Return the last line of each part of the log."""

    def search(self, query_id: QueryId) -> LoggedSearch | None:
        """Return a search; ``None`` for one that the log does not have."""

    def searches_after(self, line: int, *, until: int | None = None) -> Iterator[LoggedSearch]:
        """Yield the searches behind a line, in order."""

    def events_after(self, line: int, *, until: int | None = None) -> Iterator[LoggedEvent]:
        """Yield the events behind a line, in order."""


class VoteLines(Protocol):
    """Reads the log of judgments."""

    def after(self, line: int, *, until: int | None = None) -> Sequence[tuple[int, Judgment]]:
        """Return what was said behind a line of the log, in order, each with its line."""
