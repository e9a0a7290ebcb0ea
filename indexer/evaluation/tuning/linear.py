"""Linear models: what they learn is a set of weights that a ranking profile can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.evaluation.tuning.lessons import Lesson, mean_ndcg, scored
from indexer.retrieval.profiles import RankingProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GRID: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType({
    "dense": (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8),
    "grams": (0.0, 0.1, 0.2, 0.3, 0.4, 0.6),
    "lexical_power": (0.5, 0.6, 0.7, 0.85, 1.0, 1.2),
    "second": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    "alone": (0.3, 0.5, 0.7, 1.0, 1.5),
})
"""Values that are tried; ``lexical`` is what ``dense`` leaves of 1: only their ratio ranks."""
WORTH: Final = 0.0005
"""nDCG that a step must bring: less is no reason to leave what is known."""
_MAX_ROUNDS: Final = 4
_DEEP: Final = 30  # documents of a query that pairs are made of: the first ones are seen
_MAX_PAIRS: Final = 300  # of a query, so that none outweighs the others
_SEED: Final = 20_261_125


def climb(lessons: Sequence[Lesson], start: RankingProfile) -> RankingProfile:
    """Return the weights at which no single one can be changed for the better.

    Source:
        Metzler and Croft, "Linear feature-based models for information retrieval", Information
        Retrieval 10, 2007: coordinate ascent on the measure itself.
    """
    steps = [(name, value) for name, values in GRID.items() for value in values]
    profile, best = start, mean_ndcg(lessons, start)
    for _ in range(_MAX_ROUNDS):
        before = best
        for name, value in steps:
            tried = with_weight(profile, name, value)
            found = mean_ndcg(lessons, tried)
            if found > best + WORTH:
                profile, best = tried, found
        if best == before:
            break
    return profile


def with_weight(profile: RankingProfile, name: str, value: float) -> RankingProfile:
    """Return a profile with one weight changed, and ``lexical`` with ``dense``."""
    changed = {name: value}
    if name == "dense":
        changed["lexical"] = round(1 - value, 4)
    return msgspec.structs.replace(profile, **changed)


def regress(lessons: Sequence[Lesson], start: RankingProfile) -> RankingProfile:
    """Return the weights of a logistic regression that tells the better of two documents.

    Source:
        Joachims, "Optimizing search engines using clickthrough data", KDD 2002, for pairs of one
        query as differences of their features; scikit-learn's logistic loss in place of its hinge.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(_SEED)
    pairs = [_pairs(lesson, start, rng) for lesson in lessons]
    rows = np.concatenate([each for each in pairs if len(each)] or [np.empty((0, 3))])
    if not len(rows):
        return start
    model = LogisticRegression(fit_intercept=False)
    model.fit(np.concatenate((rows, -rows)), np.repeat((1, 0), len(rows)))
    lexical, dense, second = (float(weight) for weight in model.coef_[0])
    total = max(lexical, 0.0) + max(dense, 0.0)
    if total <= 0:
        return start
    return msgspec.structs.replace(
        start,
        lexical=round(max(lexical, 0.0) / total, 3),
        dense=round(max(dense, 0.0) / total, 3),
        second=round(min(1.0, max(0.0, second / total)), 3),
    )


def _pairs(lesson: Lesson, profile: RankingProfile, rng: np.random.Generator) -> Floats:
    by = scored(lesson, profile)
    fused = profile.lexical * by.lexical + profile.dense * by.dense
    gap = np.where(lesson.counts > 1, fused[by.second] - fused[by.best], -profile.alone)
    columns = np.column_stack((by.lexical[by.best], by.dense[by.best], gap))
    first = np.argsort(-by.score)[:_DEEP]
    better, worse = np.nonzero(lesson.grades[first][:, None] > lesson.grades[first][None, :])
    if len(better) > _MAX_PAIRS:
        kept = rng.choice(len(better), _MAX_PAIRS, replace=False)
        better, worse = better[kept], worse[kept]
    return np.asarray(columns[first[better]] - columns[first[worse]])
