"""The randomization test against counts made by hand."""

from __future__ import annotations

import pytest

from indexer.evaluation.significance import p_value


def test_eight_gains_out_of_eight_have_two_of_256_sign_patterns() -> None:
    before = [0.1 * n for n in range(8)]

    assert p_value(before, [value + 0.1 for value in before]) == pytest.approx(2 / 256)


def test_equal_scores_and_equal_gains_and_losses_say_nothing() -> None:
    assert p_value([0.5, 0.5], [0.5, 0.5]) == 1.0
    assert p_value([1, 0, 1, 0], [0, 1, 0, 1]) == 1.0


def test_the_same_input_gives_the_same_answer_and_the_order_of_systems_does_not_matter() -> None:
    before = [(7 * n % 11) / 11 for n in range(60)]
    after = [(5 * n % 13) / 13 for n in range(60)]

    assert p_value(before, after) == p_value(before, after)
    assert p_value(before, after) == pytest.approx(p_value(after, before), abs=0.02)
