"""Documents by their best two passages, against numbers worked by hand."""

from __future__ import annotations

import msgspec
import pytest

from indexer.ports import PassageCard
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.profiles import PROFILES, RankingProfile
from indexer.retrieval.ranking import RankedDocument, group_by_document
from schemas.ids import DocumentId, PassageId

PROFILE = RankingProfile(name="test", version=1, second=0.25, alone=0.4)


def grouped(
    scores: dict[str, list[float]], profile: RankingProfile | None
) -> list[tuple[str, float]]:
    """Rank documents with candidates of these fused scores."""
    cards: dict[PassageId, PassageCard] = {}
    passages: list[FusedScores] = []
    for name, each in scores.items():
        for fused in each:
            id_ = PassageId(len(cards))
            cards[id_] = PassageCard(DocumentId(name), "sheet", "fr", 0)
            passages.append(FusedScores(ComponentScores(id_, None, None, None), 0.0, 0.0, fused))
    ranked = sorted(passages, key=lambda scores: -scores.fused)
    return [(each.document_id, each.score) for each in group_by_document(ranked, cards, profile)]


def test_a_document_counts_in_part_as_its_second_best_passage() -> None:
    # .75 * 2 + .25 * 1.6; .75 * 2.1 + .25 * .1; the third passage of "a" counts nothing
    found = grouped({"a": [2.0, 1.6, -3.0], "b": [2.1, 0.1]}, PROFILE)

    assert found == [("a", pytest.approx(1.9)), ("b", pytest.approx(1.6))]


def test_a_document_with_one_candidate_counts_as_if_another_were_a_little_worse() -> None:
    found = grouped({"short": [2.0], "worse": [2.0, 1.5], "better": [2.0, 1.7]}, PROFILE)

    assert found == [
        ("better", pytest.approx(1.925)),
        ("short", pytest.approx(1.9)),
        ("worse", pytest.approx(1.875)),
    ]


def test_without_a_profile_the_best_passage_decides() -> None:
    assert grouped({"a": [2.0, 1.9], "b": [2.1, 0.1]}, None) == [("b", 2.1), ("a", 2.0)]


def test_the_first_profile_ranks_by_the_best_passage() -> None:
    assert [name for name, _ in grouped({"a": [2.0, 1.9], "b": [2.1]}, PROFILES["v1"])] == [
        "b",
        "a",
    ]


def test_equal_documents_come_in_document_id_order() -> None:
    assert [name for name, _ in grouped({"b": [1.0], "a": [1.0]}, PROFILE)] == ["a", "b"]


def test_a_passage_that_left_the_index_is_passed_over() -> None:
    gone = FusedScores(ComponentScores(PassageId(7), None, None, None), 0.0, 0.0, 1.0)

    assert group_by_document([gone], {}, PROFILE) == []


def test_passages_of_a_document_stand_best_first() -> None:
    cards = {PassageId(i): PassageCard(DocumentId("a"), "sheet", "fr", 0) for i in range(2)}
    first = FusedScores(ComponentScores(PassageId(0), None, None, None), 0.0, 0.0, 1.0)
    second = msgspec.structs.replace(
        first, raw=ComponentScores(PassageId(1), None, None, None), fused=0.5
    )

    assert group_by_document([first, second], cards, PROFILE) == [
        RankedDocument(DocumentId("a"), (first, second), 0.875)
    ]
