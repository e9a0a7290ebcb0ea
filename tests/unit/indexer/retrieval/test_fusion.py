"""z-scores and their weighted sum, against numbers worked by hand."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.fusion import ComponentScores, fuse, z_scores
from indexer.retrieval.profiles import RankingProfile
from schemas.ids import PassageId

PROFILE = RankingProfile(name="test", version=1, lexical=0.4, dense=0.6, grams=0.2)
SCORES = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


def scored(
    id_: int, words: float | None = 0.0, grams: float | None = 0.0, cosine: float | None = 0.0
) -> ComponentScores:
    return ComponentScores(PassageId(id_), words, grams, cosine)


def test_z_scores_of_two_four_and_nine() -> None:
    # mean 5, variance (9 + 1 + 16) / 3
    sd = math.sqrt(26 / 3)

    assert z_scores([2.0, 4.0, 9.0]) == pytest.approx([-3 / sd, -1 / sd, 4 / sd])


def test_a_missing_value_counts_as_the_lowest() -> None:
    assert z_scores([1.0, None, 3.0]) == z_scores([1.0, 1.0, 3.0])


@pytest.mark.parametrize("values", [[], [None, None], [0.7], [0.1 + 0.2, 0.3]])
def test_without_spread_every_z_is_zero(values: list[float | None]) -> None:
    assert z_scores(values) == [0.0] * len(values)


def test_the_fused_score_is_the_weighted_sum() -> None:
    best, worst = fuse([scored(1, 3.0, 5.0, 0.8), scored(2, 1.0, 0.0, 0.9)], PROFILE)

    # two values: z is +1 and -1; lexical 3 + 0.2 * 5 = 4 against 1
    assert best.raw.passage_id == 2
    assert best.fused == pytest.approx(-0.4 + 0.6)
    assert (worst.lexical_z, worst.dense_z) == pytest.approx((1.0, -1.0))


def test_a_retriever_that_was_off_adds_nothing() -> None:
    fused = fuse([scored(1, None, None, 0.8), scored(2, None, None, 0.9)], PROFILE)

    assert [s.raw.passage_id for s in fused] == [2, 1]
    assert [s.fused for s in fused] == pytest.approx([0.6, -0.6])


def test_equal_scores_come_in_passage_id_order() -> None:
    fused = fuse([scored(3), scored(1), scored(2)], PROFILE)

    assert [s.raw.passage_id for s in fused] == [1, 2, 3]


@given(st.lists(st.tuples(SCORES, SCORES), max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(
    pairs: list[tuple[float, float]], random: object
) -> None:
    candidates = [scored(i, words, 0.0, cosine) for i, (words, cosine) in enumerate(pairs)]
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fuse(shuffled, PROFILE) == fuse(candidates, PROFILE)


def test_the_power_of_a_profile_keeps_one_lexical_score_from_standing_far_out() -> None:
    rooted = msgspec.structs.replace(PROFILE, lexical_power=0.5)
    fused = fuse([scored(1, 4.0), scored(2, 16.0), scored(3, 81.0)], rooted)

    # 2, 4 and 9 once rooted: the z-scores of the first test
    sd = math.sqrt(26 / 3)
    assert [s.lexical_z for s in fused] == pytest.approx([4 / sd, -1 / sd, -3 / sd])
