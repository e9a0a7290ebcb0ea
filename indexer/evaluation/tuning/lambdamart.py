"""LambdaMART: what trees over all features would add. Measured, never served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.evaluation.tuning.lessons import FEATURES, Lesson, features
from indexer.retrieval.profiles import RankingProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MAX_GRADE: Final = 15
_OPTIONS: Final[dict[str, Any]] = {
    "objective": "lambdarank",
    "n_estimators": 80,
    "learning_rate": 0.05,
    "num_leaves": 7,  # some hundred queries teach no more
    "min_child_samples": 30,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.8,
    "label_gain": list(range(_MAX_GRADE + 1)),  # gains are grades, as in the measure
    "random_state": 20_261_125,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}

Scorer = Callable[[Lesson], "Floats"]


def boost(lessons: Sequence[Lesson], start: RankingProfile) -> Scorer:
    """Return a function that scores the documents of a lesson.

    Source:
        Burges, "From RankNet to LambdaRank to LambdaMART: an overview", MSR-TR-2010-82; LightGBM.
    """
    from lightgbm import LGBMRanker

    rows = np.concatenate([features(lesson, start) for lesson in lessons])
    grades = np.concatenate([np.minimum(lesson.grades, _MAX_GRADE) for lesson in lessons])
    model = LGBMRanker(**_OPTIONS)
    model.fit(
        rows,
        grades.astype(int),
        group=[len(lesson.ids) for lesson in lessons],
        categorical_feature=[FEATURES.index("kind")],
    )

    def score(lesson: Lesson) -> Floats:
        return np.asarray(model.booster_.predict(features(lesson, start)), dtype=float)

    return score
