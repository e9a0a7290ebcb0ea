"""Models learn which of the scores tells the truth."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.evaluation.tuning.lambdamart import boost
from indexer.evaluation.tuning.lessons import Lesson, mean_ndcg, ndcg
from indexer.evaluation.tuning.linear import climb, regress, with_weight
from indexer.retrieval.profiles import PROFILES
from tests.unit.indexer.evaluation.tuning.lesson_of import lesson_of

START = PROFILES["default"]


def where_meaning_is_right(n: int, *, seed: int = 1) -> list[Lesson]:
    """Words are noise; the cosine follows the grades."""
    rng = np.random.default_rng(seed)
    lessons = []
    for number in range(n):
        grades = [int(grade) for grade in rng.integers(0, 3, 12)]
        grades[0] = 2
        rows = [
            (d, float(rng.uniform(0, 9)), float(rng.uniform(0, 9)), g / 3 + rng.normal(0, 0.1))
            for d, g in enumerate(grades)
        ]
        lessons.append(lesson_of(rows, grades=grades, id_=f"q{number}", group=f"g{number}"))
    return lessons


@pytest.mark.parametrize("learn", [climb, regress])
def test_a_linear_model_gives_the_weight_to_the_better_score(learn: object) -> None:
    taught, tried = where_meaning_is_right(30), where_meaning_is_right(30, seed=2)
    learned = learn(taught, START)  # type: ignore[operator]

    assert learned.dense > START.dense
    assert learned.lexical < START.lexical
    assert mean_ndcg(tried, learned) > mean_ndcg(tried, START) + 0.02


@pytest.mark.parametrize("learn", [climb, regress])
def test_the_same_lessons_teach_the_same(learn: object) -> None:
    lessons = where_meaning_is_right(10)

    assert learn(lessons, START) == learn(lessons, START)  # type: ignore[operator]


def test_where_nothing_is_better_nothing_changes() -> None:
    alike = [lesson_of([(0, 1.0, 1.0, 0.1), (1, 1.0, 1.0, 0.1)], grades=[1, 1])] * 5

    assert climb(alike, START) == START
    assert regress(alike, START) == START


def test_words_and_meaning_share_one_weight() -> None:
    changed = with_weight(START, "dense", 0.8)

    assert (changed.lexical, changed.dense) == (0.2, 0.8)


def test_trees_learn_it_as_well() -> None:
    taught, tried = where_meaning_is_right(40), where_meaning_is_right(30, seed=2)
    score = boost(taught, START)
    found = float(np.mean([ndcg(lesson, score(lesson)) for lesson in tried]))

    assert found > mean_ndcg(tried, START)
