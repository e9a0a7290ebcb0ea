"""Is one ranking better than another, or were these queries kind to it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.stats import permutation_test

RESAMPLES: Final = 10_000  # a p-value near .05 is then known to about .004
_SEED: Final = 20_261_125


def p_value(before: Sequence[float], after: Sequence[float]) -> float:
    """Return how often chance alone would make a difference of means at least this large.

    Two-sided paired randomization: under the null hypothesis either system might have made either
    score of a query, so signs of the differences are drawn at random.

    Args:
        before: One system's score for each query, at least two.
        after: The other's, for the same queries in the same order.

    Returns:
        Between 1 / (resamples + 1) and 1; 1 where the two never differ. The same for the same
        input: the draw is seeded.

    Source:
        Smucker, Allan and Carterette, "A comparison of statistical significance tests for
        information retrieval evaluation", CIKM 2007, doi:10.1145/1321440.1321528.
    """
    first, second = np.asarray(before, float), np.asarray(after, float)
    if np.array_equal(first, second):
        return 1.0
    found = permutation_test(
        (second, first),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(_SEED),
    )
    return float(found.pvalue)
