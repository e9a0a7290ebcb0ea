"""What people found useful moves a document in the ranking, as far as the profile lets it."""

from __future__ import annotations

import msgspec

from indexer.ports import Usefulness
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.profiles import PROFILES
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.usefulness import by_usefulness
from schemas.ids import DocumentId, PassageId

PROFILE = PROFILES["default"]
BEST, SECOND, THIRD = (DocumentId(f"d-{n}") for n in range(3))
PASSAGE = FusedScores(ComponentScores(PassageId(1), None, None, None), 0.0, 0.0, 0.0)
RANKED = [
    RankedDocument(each, (PASSAGE,), score)
    for each, score in ((BEST, 2.0), (SECOND, 1.5), (THIRD, 1.0))
]


def test_a_lift_moves_a_document_and_is_told() -> None:
    moved = by_usefulness(RANKED, {THIRD: Usefulness(0.75, 12, 15)}, PROFILE)

    assert [each.document_id for each in moved] == [BEST, THIRD, SECOND]
    assert (moved[1].score, moved[1].usefulness) == (1.75, 0.75)
    assert (moved[1].n_useful, moved[1].n_voters) == (12, 15)


def test_a_document_that_did_not_help_sinks() -> None:
    moved = by_usefulness(RANKED, {BEST: Usefulness(-0.6)}, PROFILE)

    assert [each.document_id for each in moved] == [SECOND, BEST, THIRD]


def test_without_weight_or_knowledge_everything_stays() -> None:
    off = msgspec.structs.replace(PROFILE, usefulness=0.0)

    assert by_usefulness(RANKED, {THIRD: Usefulness(5.0)}, off) == RANKED
    assert by_usefulness(RANKED, {}, PROFILE) == RANKED


def test_equal_scores_stand_in_the_order_of_ids() -> None:
    moved = by_usefulness(RANKED, {SECOND: Usefulness(0.5), THIRD: Usefulness(1.0)}, PROFILE)

    assert [each.document_id for each in moved] == [BEST, SECOND, THIRD]
