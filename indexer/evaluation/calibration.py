"""How far probabilities are from what happens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

N_BINS: Final = 10


class Prediction(msgspec.Struct, frozen=True):
    """A probability that was given, and what came of it."""

    probability: float
    is_true: bool
    weight: float = 1.0


class Bin(msgspec.Struct, frozen=True):
    """Predictions of nearly the same probability: one point of a reliability diagram."""

    probability: float
    """Their weighted mean."""
    share_true: float
    weight: float
    """Of all weight."""
    n: int


def reliability(predictions: Sequence[Prediction], n_bins: int = N_BINS) -> list[Bin]:
    """Return the bins of equal width from 0 to 1 that hold predictions, in order."""
    bins: list[list[Prediction]] = [[] for _ in range(n_bins)]
    for each in predictions:
        bins[min(n_bins - 1, int(each.probability * n_bins))].append(each)
    total = math.fsum(each.weight for each in predictions)
    found = []
    for held in bins:
        weight = math.fsum(each.weight for each in held)
        if weight > 0:
            given = math.fsum(each.weight * each.probability for each in held)
            true = math.fsum(each.weight for each in held if each.is_true)
            found.append(Bin(given / weight, true / weight, weight / total, len(held)))
    return found


def expected_calibration_error(predictions: Sequence[Prediction], n_bins: int = N_BINS) -> float:
    """Return the mean distance of probability and share of what is true, over the bins by weight.

    Even right probabilities have one: in a bin of n the share is sqrt(p (1 - p) / n) away.

    Source:
        Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
        Binning", AAAI 2015.
    """
    return math.fsum(
        each.weight * abs(each.probability - each.share_true)
        for each in reliability(predictions, n_bins)
    )


def separation(predictions: Sequence[Prediction]) -> float:
    """Return the area under the ROC curve: how often what is true has the higher probability.

    Over all pairs of one that is true and one that is not, by weight; equal ones count half.

    Raises:
        ValueError: If all are true, or none is.
    """
    ordered = sorted(predictions, key=lambda each: each.probability)
    won, false_below, start = 0.0, 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end].probability == ordered[start].probability:
            end += 1
        true = sum(each.weight for each in ordered[start:end] if each.is_true)
        false = sum(each.weight for each in ordered[start:end] if not each.is_true)
        won += true * (false_below + false / 2)
        false_below += false
        start = end
    all_true = sum(each.weight for each in ordered if each.is_true)
    if not all_true or not false_below:
        raise ValueError("Separating needs something true and something that is not.")
    return won / (all_true * false_below)
