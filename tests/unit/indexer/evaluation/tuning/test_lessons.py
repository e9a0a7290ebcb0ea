"""Lessons score documents exactly as searches do, and measure them as `cordee eval` does."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.evaluation.measures import measure_each
from indexer.evaluation.tuning.lessons import FEATURES, Lesson, features, ndcg, scored
from indexer.ports import PassageCard
from indexer.retrieval.fusion import ComponentScores, fuse
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.ranking import group_by_document
from schemas.ids import DocumentId, PassageId
from tests.unit.indexer.evaluation.tuning.lesson_of import lesson_of

SCORE = st.floats(0, 40, allow_nan=False)
ROW = st.tuples(st.integers(0, 5), SCORE, SCORE, st.one_of(st.none(), st.floats(-1, 1)))
PROFILES = st.builds(
    RankingProfile,
    name=st.just("any"),
    version=st.just(1),
    lexical=st.floats(0.1, 1),
    dense=st.floats(0, 1),
    grams=st.floats(0, 1),
    lexical_power=st.floats(0.5, 1.2),
    second=st.floats(0, 0.9),
    alone=st.floats(0, 2),
)


@given(st.lists(ROW, min_size=1, max_size=20), PROFILES)
def test_scores_are_those_of_a_search(
    rows: list[tuple[int, float, float, float | None]], profile: RankingProfile
) -> None:
    lesson = lesson_of(rows)
    found = dict(zip(lesson.ids, scored(lesson, profile).score, strict=True))
    raw = [ComponentScores(PassageId(n), w, g, c) for n, (_, w, g, c) in enumerate(rows)]
    cards = {
        PassageId(n): PassageCard(DocumentId(f"d{owner}"), "sheet", "fr", 0)
        for n, (owner, *_) in enumerate(rows)
    }
    searched = group_by_document(fuse(raw, profile), cards, profile)

    assert found == pytest.approx({each.document_id: each.score for each in searched}, abs=1e-6)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_the_measure_is_that_of_cordee_eval(grades: list[int]) -> None:
    rows = [(n, 0.0, 0.0, 0.0) for n in range(len(grades))]
    lesson = lesson_of(rows, grades=[*grades[:-1], max(1, grades[-1])])
    score = np.random.default_rng(len(grades)).permutation(len(grades)).astype(float)
    order = np.argsort(-score)
    run = {"q": [(str(lesson.ids[n]), 0.0) for n in order]}
    qrels = {"q": {str(i): int(g) for i, g in zip(lesson.ids, lesson.grades, strict=True)}}

    assert ndcg(lesson, score) == pytest.approx(measure_each(qrels, run, "ndcg@10")["q"])


def test_what_has_the_exact_word_stands_first_whatever_the_score() -> None:
    rows = [(0, 1.0, 0.0, 0.0), (1, 9.0, 0.0, 0.0)]
    lesson = lesson_of(rows, grades=[1, 0], exact=[True, False])

    assert ndcg(lesson, np.array([0.0, 5.0])) == 1.0


def test_every_feature_has_a_name_and_a_column() -> None:
    lesson: Lesson = lesson_of([(0, 1.0, 2.0, 0.5), (0, 3.0, 1.0, 0.1), (1, 2.0, 2.0, None)])
    found = features(lesson, RankingProfile("any", 1))
    by_name = defaultdict(list, {name: list(found[:, n]) for n, name in enumerate(FEATURES)})

    assert found.shape == (2, len(FEATURES))
    assert by_name["passages"] == [2.0, 1.0]
    assert not np.isnan(found).any()
