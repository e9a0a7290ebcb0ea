"""How sure a search is of its first page."""

from __future__ import annotations

import math

import pytest

from fixtures.entries import an_entry, by_document
from fixtures.fakes import FakePassageIndex
from indexer.ports import LexicalQuery
from indexer.retrieval.confidence import (
    BY_ALL,
    BY_LEAD,
    BY_WORDS,
    CALIBRATED_ENCODER,
    Signs,
    Weights,
    confidence_of,
    read_signs,
    weigh,
)
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.understanding import Understanding, lexical_query
from schemas.ids import DocumentId, PassageId
from schemas.query import Filter, RetrieverChoice

EVERYBODY = Filter(audiences=frozenset({"everyone"}))


def an_index(*texts: str) -> FakePassageIndex:
    index = FakePassageIndex()
    for document_id, own in by_document([
        an_entry(i, text) for i, text in enumerate(texts, 1)
    ]).items():
        index.replace(document_id, own)
    index.commit()
    return index


def ranked(*scores: float) -> list[RankedDocument]:
    return [
        RankedDocument(
            DocumentId(f"d-{i}"),
            (FusedScores(ComponentScores(PassageId(i), 1.0, 1.0, 0.8), 0.0, 0.0, score),),
            score,
        )
        for i, score in enumerate(scores, 1)
    ]


def signs(
    documents: list[RankedDocument],
    text: str = "devis client",
    *,
    is_english: bool = False,
    choice: RetrieverChoice = RetrieverChoice.HYBRID,
    encoder: str = CALIBRATED_ENCODER,
) -> Signs:
    asked = lexical_query(text) if text else LexicalQuery()
    wanted = Understanding(lexical=asked, meaning=text, marks=text, is_english=is_english)
    index = an_index("devis", "client", "devis client", "devis client")
    return read_signs(documents, wanted, index, EVERYBODY, choice=choice, encoder=encoder)


def test_the_lead_is_over_the_tenth_by_score_whatever_stands_first() -> None:
    scores = [2.0, 5.0, *(1.0 - i / 10 for i in range(8)), -4.0]

    assert signs(ranked(*scores)).lead == pytest.approx(5.0 - 0.3)


def test_the_best_of_three_documents_covers_and_a_fourth_does_not_count() -> None:
    assert signs(ranked(4.0, 3.0, 2.0)).coverage == 1.0
    assert 0 < (signs(ranked(4.0, 3.0)).coverage or 0) < 1


def test_fewer_than_ten_documents_have_no_lead() -> None:
    assert signs(ranked(*range(9, 0, -1))).lead is None


@pytest.mark.parametrize("choice", [RetrieverChoice.LEXICAL, RetrieverChoice.DENSE])
def test_one_retriever_is_told_by_words_alone(choice: RetrieverChoice) -> None:
    found = signs(ranked(*range(12, 0, -1)), choice=choice)

    assert (found.lead, found.coverage) == (None, 1.0)


def test_another_encoder_is_told_by_words_alone() -> None:
    assert signs(ranked(*range(12, 0, -1)), encoder="another").lead is None


@pytest.mark.parametrize(("text", "is_english"), [("raise prices", True), ("comment", False)])
def test_english_and_text_without_a_content_word_have_no_coverage(
    text: str, *, is_english: bool
) -> None:
    assert signs(ranked(3.0, 2.0), text, is_english=is_english).coverage is None


def test_without_a_sign_nothing_is_said() -> None:
    assert confidence_of(Signs(None, None, 3)) is None


def test_the_weights_of_a_logistic_regression_by_hand() -> None:
    weights = Weights(-1.0, coverage=2.0, lead=0.5, log_words=1.0)

    # -1 + 2 * 0.5 + 0.5 * 2 + ln 2 = 1 + ln 2
    assert weigh(Signs(0.5, 2.0, 1), weights) == pytest.approx(1 / (1 + math.exp(-1) / 2))


@pytest.mark.parametrize("lead", [None, 0.0, 1.0, 3.0])
@pytest.mark.parametrize("n_words", [1, 5, 20])
def test_more_coverage_is_never_less_sure(lead: float | None, n_words: int) -> None:
    given = [confidence_of(Signs(share / 10, lead, n_words)) or 0.0 for share in range(11)]

    assert given == sorted(given)
    assert 0 < given[0] < given[-1] < 1


def test_every_weight_of_a_sign_is_positive() -> None:
    assert min(BY_ALL.coverage, BY_ALL.lead, BY_WORDS.coverage, BY_LEAD.lead) > 0
