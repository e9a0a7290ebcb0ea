"""Reads the log into a state, in batches, with the vectors that its phrasings need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from indexer.feedback.phrasings import VECTOR_TYPE, EncodeText
from indexer.feedback.state import FeedbackState, PseudonymOf
from schemas.feedback import LoggedEvent, LoggedSearch, LogPosition, Phrasing, PhrasingId
from schemas.ids import QueryId
from schemas.judgment import Judgment

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH: Final = 2_000  # searches whose phrasings are fetched at once


class FeedbackLines(Protocol):
    """The log of searches and events."""

    def end(self) -> LogPosition:
        """Return the last line of each part, votes too."""

    def search(self, query_id: QueryId) -> LoggedSearch | None:
        """Return a search; ``None`` for one that the log does not have."""

    def searches_after(self, line: int, *, until: int | None = None) -> Iterator[LoggedSearch]:
        """Yield searches behind a line, in order."""

    def events_after(self, line: int, *, until: int | None = None) -> Iterator[LoggedEvent]:
        """Yield events behind a line, in order."""

    def regroupings_after(self, number: int) -> Sequence[tuple[int, int]]:
        """Return later regroupings with the search line behind which each was done, in order."""

    def phrasings(
        self, encoder: str, ids: Collection[PhrasingId] | None = None
    ) -> Mapping[PhrasingId, Phrasing]:
        """Return phrasings with the vectors of an encoder."""

    def meanings(self, ids: Collection[PhrasingId]) -> Mapping[PhrasingId, str]:
        """Return what encoders were told for phrasings."""


class VoteLines(Protocol):
    """The log of votes."""

    def after(self, line: int, *, until: int | None = None) -> Sequence[tuple[int, Judgment]]:
        """Return votes behind a line, in order, each with its line."""


class FeedbackReader:
    """Takes the log into a state."""

    def __init__(
        self,
        lines: FeedbackLines,
        votes: VoteLines,
        *,
        pseudonym_of: PseudonymOf,
        encode: EncodeText,
    ) -> None:
        """Read from these.

        Args:
            lines: Searches, events and phrasings.
            votes: The log of votes.
            pseudonym_of: Under which name a person's searches stand in the log.
            encode: Makes the vectors that the log has not.
        """
        self._lines = lines
        self._votes = votes
        self._pseudonym_of = pseudonym_of
        self._encode = encode

    def end(self) -> LogPosition:
        """Return the last line of each part of the log."""
        return self._lines.end()

    def has_read(self, state: FeedbackState, end: LogPosition) -> bool:
        """Tell whether a state was read from this log: not so where an older copy was restored."""
        at = state.position
        if at.search > end.search or at.event > end.event or at.judgment > end.judgment:
            return False
        last = self._lines.search(state.searches.ids[-1]) if state.searches.ids else None
        return (last.line if last else 0) == at.search

    def read(self, state: FeedbackState, end: LogPosition) -> int:
        """Take in what lies behind the state's position; return how many lines there were."""
        n_lines, start = 0, state.position
        for number, line in self._lines.regroupings_after(state.regrouping):
            n_lines += 1 + self._read_searches(state, line)
            state.regroup(number)
        n_lines += self._read_searches(state, end.search)
        for event in self._lines.events_after(start.event, until=end.event):
            state.take_event(event)
            n_lines += 1
        for line, vote in self._votes.after(start.judgment, until=end.judgment):
            state.take_vote(line, vote, self._pseudonym_of)
            n_lines += 1
        return n_lines

    def _read_searches(self, state: FeedbackState, until: int) -> int:
        n_lines = 0
        found = self._lines.searches_after(state.position.search, until=until)
        while some := list(islice(found, _BATCH)):
            vector_of = self._vectors(state, some)
            for search in some:
                state.take_search(search, vector_of)
            n_lines += len(some)
        return n_lines

    def _vectors(
        self, state: FeedbackState, searches: Iterable[LoggedSearch]
    ) -> Callable[[PhrasingId, str], NDArray[np.float32] | None]:
        new = {each.phrasing for each in searches if state.phrasings.find(each.phrasing) is None}
        known = self._lines.phrasings(state.encoder, new)
        meanings = self._lines.meanings(new - known.keys())

        def vector_of(phrasing: PhrasingId, text: str) -> NDArray[np.float32] | None:
            if found := known.get(phrasing):
                return np.frombuffer(found.vector, VECTOR_TYPE).astype(np.float32)
            meaning = meanings.get(phrasing, text)
            if not any(map(str.isalnum, meaning)):
                return None
            # Rounded as the log keeps them: the same vector, whoever made it.
            return self._encode(meaning)[1].astype(VECTOR_TYPE).astype(np.float32)

        return vector_of
