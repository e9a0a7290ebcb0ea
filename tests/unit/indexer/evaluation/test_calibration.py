"""Probabilities against what happens."""

from __future__ import annotations

import pytest

from indexer.evaluation.calibration import (
    Prediction,
    expected_calibration_error,
    reliability,
    separation,
)

TWO_BINS = (
    Prediction(0.9, is_true=True),
    Prediction(0.9, is_true=True),
    Prediction(0.9, is_true=False),
    Prediction(0.2, is_true=False),
)


def test_the_error_is_the_mean_distance_over_bins_by_weight() -> None:
    # |.9 - 2/3| in three of four, |.2 - 0| in one of four.
    assert expected_calibration_error(TWO_BINS) == pytest.approx(0.75 * (0.9 - 2 / 3) + 0.25 * 0.2)


def test_weights_count_as_so_many_predictions() -> None:
    heavy = (*TWO_BINS[1:], Prediction(0.2, is_true=False, weight=2.0))
    repeated = (*TWO_BINS[1:], TWO_BINS[3], TWO_BINS[3])

    assert expected_calibration_error(heavy) == pytest.approx(expected_calibration_error(repeated))
    assert separation(heavy) == pytest.approx(separation(repeated))


def test_a_probability_of_one_is_in_the_last_bin() -> None:
    assert [each.n for each in reliability((Prediction(1.0, is_true=True),))] == [1]


def test_pairs_in_the_wrong_order_and_equal_ones_cost_separation() -> None:
    # Of three pairs with .9 false: two equal. With .2 false: two won.
    assert separation(TWO_BINS) == pytest.approx((2 * 0.5 + 2) / 4)


def test_one_sort_alone_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="something true"):
        separation(TWO_BINS[:2])
