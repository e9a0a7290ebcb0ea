"""The first documents once more: a cross-encoder reads each with the query, within a time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec
import structlog

from indexer.analysis.normalize import titled
from indexer.ports import PairScorer, PassageReader
from indexer.retrieval.fusion import z_scores
from indexer.retrieval.ranking import RankedDocument

_FEWEST: Final = 2  # one document has no order

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of one reading."""

    READ = "read"
    LATE = "late"
    FAILED = "failed"


class Reranker:
    """Orders the first documents of a ranking anew. Safe in several threads.

    A cross-encoder sees the words of query and passage side by side, which neither half of the
    retrieval does, and takes a thousand times as long: so only the first documents, each by its
    best passage, one search at a time, and never longer than agreed. Where it is late or fails
    the fused order stands.
    """

    def __init__(
        self,
        scorer: PairScorer,
        *,
        depth: int,
        within_ms: float,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the first ``depth`` documents, in at most ``within_ms`` milliseconds a search."""
        self._scorer: Final = scorer
        self._depth: Final = depth
        self._within_s: Final = within_ms / 1e3
        self._clock_s: Final = clock_s
        self._one: Final = threading.Lock()
        self._counts: Final[Counter[Outcome]] = Counter()
        self._last = Outcome.READ

    def counts(self) -> Mapping[Outcome, int]:
        """Return how many searches were read, were not in time, and failed."""
        return {outcome: self._counts[outcome] for outcome in Outcome}

    def rerank(
        self, text: str, documents: Sequence[RankedDocument], reader: PassageReader, weight: float
    ) -> list[RankedDocument]:
        """Return the same documents, the first of them in their new order.

        Among the documents read the score becomes ``(1 - weight) z(fused) + weight z(read)``,
        lifted so that the last of them stays above the first that was not read.

        Args:
            text: What the query means, as the encoder has it.
            documents: Best first.
            reader: Knows what the passages say; a document that it does not have is not read.
            weight: Of the cross-encoder, from 0 to 1.
        """
        first = list(documents[: self._depth])
        texts = _texts(first, reader)
        read = [document for document in first if document.document_id in texts]
        if len(read) < _FEWEST:
            return list(documents)
        scores = self._scores(text, [texts[document.document_id] for document in read])
        if scores is None:
            return list(documents)
        rest = [each for each in documents if each.document_id not in texts]
        return [*_blended(read, scores, weight), *rest]

    def _scores(self, text: str, texts: Sequence[str]) -> list[float] | None:
        deadline_s = self._clock_s() + self._within_s
        # Two at once would take twice as long, and both be late.
        if not self._one.acquire(timeout=self._within_s):
            return self._told(Outcome.LATE, None)
        try:
            scores = self._scorer.score_pairs(
                text, texts, is_over=lambda: self._clock_s() >= deadline_s
            )
        except Exception as error:  # noqa: BLE001 - logged in full by _told, once
            # A model is any of a hub's, and its libraries say nowhere what they raise. Whatever it
            # is, the order without it is a good answer; the first failure is logged in full.
            return self._told(Outcome.FAILED, None, error=error)
        finally:
            self._one.release()
        return self._told(Outcome.LATE if scores is None else Outcome.READ, scores)

    def _told(
        self, outcome: Outcome, scores: list[float] | None, *, error: Exception | None = None
    ) -> list[float] | None:
        """Count the outcome, and log it when it is another one than before."""
        self._counts[outcome] += 1
        changed, self._last = outcome is not self._last, outcome
        if changed and outcome is Outcome.READ:
            log.info("rerank.recovered", model=self._scorer.name)
        elif changed:
            log.warning(
                "rerank.left_out",
                outcome=outcome,
                model=self._scorer.name,
                within_ms=self._within_s * 1e3,
                **({"reason": str(error) or type(error).__name__} if error else {}),
                exc_info=error,
            )
        return scores


def _texts(documents: Sequence[RankedDocument], reader: PassageReader) -> dict[str, str]:
    """Return what is read of each document: its title and its best passage."""
    best = {each.document_id: each.passages[0].raw.passage_id for each in documents}
    content = reader.get_page(best, best.values())
    return {
        document_id: titled(content.documents[document_id].title, passage.text)
        for document_id, passage_id in best.items()
        if document_id in content.documents
        and (passage := content.passages.get(passage_id)) is not None
    }


def _blended(
    documents: Sequence[RankedDocument], scores: Sequence[float], weight: float
) -> list[RankedDocument]:
    fused = z_scores([document.score for document in documents])
    read = z_scores(scores)
    both = [(1 - weight) * a + weight * b for a, b in zip(fused, read, strict=True)]
    lift = min(document.score for document in documents) - min(both)
    blended = [
        msgspec.structs.replace(document, score=lift + each, read=score)
        for document, each, score in zip(documents, both, scores, strict=True)
    ]
    return sorted(blended, key=lambda document: (-document.score, document.document_id))
