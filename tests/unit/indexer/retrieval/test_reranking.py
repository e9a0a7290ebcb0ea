"""The first documents in the order of a cross-encoder, and the fused order where there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import pytest

from fixtures.builders import a_document, a_passage
from fixtures.fakes import FakePairScorer
from indexer.ports import PageContent
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.reranking import Outcome, Reranker
from schemas.errors import TransientError

if TYPE_CHECKING:
    from schemas.ids import DocumentId, PassageId

TEXTS = ("Météo.", "Un devis.", "Un devis, une facture.", "Un devis, une facture, une relance.")
QUERY = "devis facture relance"


class Shelf:
    """Has one passage for each document."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.documents = [a_document(f"d{n}", title="Titre") for n in range(len(texts))]
        self.passages = [
            a_passage(document, 0, text=text)
            for document, text in zip(self.documents, texts, strict=True)
        ]

    def get_page(
        self, documents: Iterable[DocumentId], passages: Iterable[PassageId]
    ) -> PageContent:
        known, read = set(documents), set(passages)
        return PageContent(
            documents={each.id: each for each in self.documents if each.id in known},
            passages={each.id: each for each in self.passages if each.id in read},
            tags={},
            people={},
        )

    def ranked(self) -> list[RankedDocument]:
        """Rank them in the order given, a point apart."""
        return [
            RankedDocument(
                passage.document_id,
                (FusedScores(ComponentScores(passage.id, 1.0, 1.0, 1.0), 0.0, 0.0, -float(n)),),
                -float(n),
            )
            for n, passage in enumerate(self.passages)
        ]


class Broken(FakePairScorer):
    """Fails at every text."""

    def __init__(self, name: str = "broken", error: Exception | None = None) -> None:
        super().__init__(name)
        self.error = error or TransientError("no memory")

    def score_pairs(
        self, query: str, texts: Sequence[str], *, is_over: Callable[[], bool]
    ) -> list[float] | None:
        raise self.error


def names(documents: Sequence[RankedDocument], shelf: Shelf) -> list[int]:
    places = {document.id: n for n, document in enumerate(shelf.documents)}
    return [places[each.document_id] for each in documents]


def reranked(reranker: Reranker, shelf: Shelf, weight: float = 1.0) -> list[RankedDocument]:
    return reranker.rerank(QUERY, shelf.ranked(), shelf, weight)  # type: ignore[arg-type]


def test_the_first_documents_come_in_the_order_of_the_cross_encoder() -> None:
    shelf = Shelf(TEXTS)

    found = reranked(Reranker(FakePairScorer(), depth=4, within_ms=1e6), shelf)

    assert names(found, shelf) == [3, 2, 1, 0]
    assert [each.read for each in found] == [3.0, 2.0, 1.0, 0.0]


def test_documents_that_were_not_read_stay_below_and_in_their_order() -> None:
    shelf = Shelf(TEXTS)

    found = reranked(Reranker(FakePairScorer(), depth=2, within_ms=1e6), shelf)

    assert names(found, shelf) == [1, 0, 2, 3]
    assert [each.read for each in found] == [1.0, 0.0, None, None]
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)


def test_the_weight_says_how_much_the_cross_encoder_counts() -> None:
    shelf = Shelf(TEXTS)
    reranker = Reranker(FakePairScorer(), depth=4, within_ms=1e6)

    assert names(reranked(reranker, shelf, 0.0), shelf) == [0, 1, 2, 3]
    # z of 0 to 3 against z of 3 to 0: with .6 the readings win by a fifth
    assert names(reranked(reranker, shelf, 0.6), shelf) == [3, 2, 1, 0]


def test_a_document_that_the_catalog_does_not_have_is_not_read() -> None:
    shelf = Shelf(TEXTS)
    gone = shelf.documents[3].id
    ranked = shelf.ranked()
    shelf.documents.pop()

    reranker = Reranker(FakePairScorer(), depth=4, within_ms=1e6)
    found = reranker.rerank(QUERY, ranked, shelf, 1.0)  # type: ignore[arg-type]

    assert found[-1].document_id == gone
    assert names(found[:-1], shelf) == [2, 1, 0]


@pytest.mark.parametrize("texts", [(), ("Un devis.",)])
def test_fewer_than_two_documents_are_not_read(texts: tuple[str, ...]) -> None:
    shelf = Shelf(texts)
    reranker = Reranker(FakePairScorer(), depth=4, within_ms=1e6)

    assert reranked(reranker, shelf) == shelf.ranked()
    assert not any(reranker.counts().values())


def test_when_time_is_over_the_fused_order_stands_and_is_counted() -> None:
    shelf = Shelf(TEXTS)
    ticks = iter(range(100))
    reranker = Reranker(
        FakePairScorer(), depth=4, within_ms=2_000, clock_s=lambda: float(next(ticks))
    )

    assert reranked(reranker, shelf) == shelf.ranked()
    assert reranker.counts() == {Outcome.READ: 0, Outcome.LATE: 1, Outcome.FAILED: 0}


@pytest.mark.parametrize(
    "error", [TransientError("no memory"), ValueError(), KeyError("input_ids")]
)
def test_when_the_model_fails_in_any_way_the_fused_order_stands_and_is_counted(
    error: Exception,
) -> None:
    shelf = Shelf(TEXTS)
    reranker = Reranker(Broken(error=error), depth=4, within_ms=1e6)

    assert reranked(reranker, shelf) == shelf.ranked()
    assert reranker.counts() == {Outcome.READ: 0, Outcome.LATE: 0, Outcome.FAILED: 1}


def test_a_search_does_not_wait_for_the_reading_of_another_beyond_its_time() -> None:
    shelf = Shelf(TEXTS)
    reading, go_on = threading.Event(), threading.Event()

    class Slow(FakePairScorer):
        def score_pairs(
            self, query: str, texts: Sequence[str], *, is_over: Callable[[], bool]
        ) -> list[float] | None:
            reading.set()
            assert go_on.wait(20)
            return [float(n) for n in range(len(texts))]

    reranker = Reranker(Slow(), depth=4, within_ms=1)
    other = threading.Thread(target=reranked, args=(reranker, shelf))
    other.start()
    assert reading.wait(20)

    found = reranked(reranker, shelf)
    go_on.set()
    other.join()

    assert found == shelf.ranked()
    assert reranker.counts()[Outcome.LATE] == 1


def test_a_change_of_outcome_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    from structlog.testing import capture_logs

    shelf = Shelf(TEXTS)
    reranker = Reranker(Broken("small"), depth=4, within_ms=1e6)
    with capture_logs() as logs:
        reranked(reranker, shelf)
        reranked(reranker, shelf)

    assert [(each["event"], each["outcome"], each["model"]) for each in logs] == [
        ("rerank.left_out", "failed", "small")
    ]
