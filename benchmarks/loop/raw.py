"""What the loop is compared with: counting clicks as they come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.catalog.feedback import FeedbackLog
from indexer.feedback.pseudonyms import phrasing_id
from indexer.feedback.usefulness import CAP
from indexer.ports import Usefulness
from schemas.feedback import Action, PhrasingId
from schemas.ids import DocumentId, PersonId, QueryId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RawClicks:
    """Lifts a document by its share of the clicks of the most clicked one, for the same query.

    No position, no votes, no doubt, and as much as the loop ever lifts. An ``UsefulnessSource``.
    """

    def __init__(self, lines: FeedbackLog) -> None:
        """Begin before the first line."""
        self._lines = lines
        self._search = 0
        self._event = 0
        self._asked: dict[QueryId, PhrasingId] = {}
        self._clicks: defaultdict[PhrasingId, Counter[DocumentId]] = defaultdict(Counter)

    def catch_up(self) -> None:
        """Count what the log has become."""
        end = self._lines.end()
        for search in self._lines.searches_after(self._search, until=end.search):
            self._asked[search.query_id] = search.phrasing
        for event in self._lines.events_after(self._event, until=end.event):
            if event.action is Action.CLICK:
                self._clicks[self._asked[event.query_id]][event.document_id] += 1
        self._search, self._event = end.search, end.event

    def useful(
        self,
        typed: str,
        documents: Sequence[DocumentId],
        *,
        encoder: str,  # noqa: ARG002
        encode: Callable[[], NDArray[np.float32]],  # noqa: ARG002
        mentors: Mapping[DocumentId, Sequence[PersonId]] = MappingProxyType({}),  # noqa: ARG002
    ) -> Mapping[DocumentId, Usefulness]:
        """Return the lifts of those that were clicked for these words."""
        clicks = self._clicks.get(phrasing_id(typed))
        if not clicks:
            return {}
        most = max(clicks.values())
        return {each: Usefulness(CAP * clicks[each] / most) for each in documents if clicks[each]}
