"""What was learned, as searches ask for it: frozen, and fast for one query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from indexer.feedback.intents import NEAR, Leaders, closeness, found_of, words_of
from indexer.feedback.pseudonyms import phrasing_id
from indexer.feedback.usefulness import CAP, NEIGHBOUR_CAP, Evidence, lift
from indexer.ports import Usefulness
from schemas.feedback import LogPosition
from schemas.ids import DocumentId, PersonId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAX_RELATED: Final = 16
"""Intents that one query learns from: the nearest ones."""


class Experience(msgspec.Struct, frozen=True):
    """What is known of an intent, by the ids of documents."""

    documents: Mapping[DocumentId, Evidence]
    crowd: float


class FeedbackView(msgspec.Struct, frozen=True):
    """What the log taught up to a position. Safe to share between threads."""

    encoder: str
    position: LogPosition
    experience: Mapping[int, Experience]
    """By intent; of those with evidence."""
    leaders: Leaders
    """Of the same intents."""
    numbers: Sequence[int]
    """Their numbers, as the leaders' rows stand."""
    by_phrasing: Mapping[str, int]
    """Intents by phrasing id."""
    by_words: Mapping[str, int]
    """Intents by words that carry meaning."""
    names: Mapping[int, str]
    """Intents as they were asked most, of all that were ever asked."""
    everywhere: Mapping[DocumentId, float]
    """What a document gains for what it is worth for all that was asked."""
    mentors: Mapping[PersonId, float]
    """What it gains for what all documents of its mentor are worth."""

    def own_intent(self, typed: str) -> int | None:
        """Return the intent of a query that was asked before in these words, in any order."""
        known = self.by_phrasing.get(phrasing_id(typed))
        return known if known is not None else self.by_words.get(words_of(typed))

    def useful(
        self,
        typed: str,
        documents: Sequence[DocumentId],
        *,
        encoder: str,
        encode: Callable[[], NDArray[np.float32]],
        mentors: Mapping[DocumentId, Sequence[PersonId]] = MappingProxyType({}),
    ) -> dict[DocumentId, Usefulness]:
        """Return what is known of some documents for a query: see ``ports.UsefulnessSource``."""
        related = list(self._related(typed, documents, encoder=encoder, encode=encode))
        crowd = sum(close * self.experience[intent].crowd for close, intent in related)
        own = self.experience[related[0][1]] if related and related[0][0] >= 1 else None
        # By words alone: what only resembles is sometimes a twin that asks something else.
        is_known = own is not None and related[0][1] == self.own_intent(typed)
        cap = CAP if is_known else CAP * NEIGHBOUR_CAP
        known = self._evidence(related, documents)
        told = own.documents if own else {}
        found = {}
        for document_id in documents:
            gain = self.everywhere.get(document_id, 0.0)
            if document_id in mentors:
                whose = mentors[document_id]
                gain += max((self.mentors.get(each, 0.0) for each in whose), default=0.0)
            if evidence := known.get(document_id):
                gain += lift(evidence, crowd, cap=cap)
            if votes := told.get(document_id):
                found[document_id] = Usefulness(gain, votes.n_useful, votes.n_voters)
            elif gain:
                found[document_id] = Usefulness(gain)
        return found

    def _related(
        self,
        typed: str,
        documents: Sequence[DocumentId],
        *,
        encoder: str,
        encode: Callable[[], NDArray[np.float32]],
    ) -> Iterator[tuple[float, int]]:
        """Yield how close the intents are that a query learns from; its own one first."""
        own = self.own_intent(typed)
        if own is not None and own in self.experience:
            yield 1.0, own
        if encoder != self.encoder or not self.numbers:
            return
        near = self.leaders.nearest(encode(), found_of(documents), least=NEAR)
        for resemblance, row in near[:_MAX_RELATED]:
            intent = self.numbers[row]
            close = closeness(resemblance)
            # Who has an intent of its own takes less from the others, however near they are.
            if intent != own and close > 0:
                yield (close if own is None else close * NEIGHBOUR_CAP), intent

    def _evidence(
        self, related: Sequence[tuple[float, int]], documents: Sequence[DocumentId]
    ) -> dict[DocumentId, Evidence]:
        """Add up what is known of the candidates; the nearest intent's comes first."""
        wanted = set(documents)
        sums: dict[DocumentId, tuple[float, float]] = {}
        for close, intent in related:
            for document_id, evidence in self.experience[intent].documents.items():
                if document_id in wanted:
                    useful, voices = sums.get(document_id, (0.0, 0.0))
                    sums[document_id] = (
                        useful + close * evidence.useful,
                        voices + close * evidence.voices,
                    )
        return {document_id: Evidence(*both) for document_id, both in sums.items()}
