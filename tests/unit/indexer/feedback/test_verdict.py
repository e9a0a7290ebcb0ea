"""The statistic of interleaved rankings, and how often it is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.feedback.verdict import ALPHA, Finding, Outcome, judge


def outcomes(signs: str, n_people: int = 5) -> list[Outcome]:
    winners = {"+": 1, "-": -1, "=": 0}
    return [Outcome(f"p{n % n_people}", winners[sign]) for n, sign in enumerate(signs)]


def drawn(n: int, *, ahead: float, seed: int) -> list[Outcome]:
    rng = np.random.default_rng(seed)
    chances = (0.25 - ahead / 2, 0.5, 0.25 + ahead / 2)
    return [
        Outcome(f"p{n % 50}", int(x)) for n, x in enumerate(rng.choice((-1, 0, 1), n, p=chances))
    ]


def test_the_statistic_counts_a_tie_as_half_a_win() -> None:
    found = judge(outcomes("++-="))

    assert (found.n_searches, found.wins, found.losses, found.ties) == (4, 2, 1, 1)
    assert found.delta == pytest.approx((2 + 0.5) / 4 - 0.5)
    assert found.low <= found.delta <= found.high


def test_nothing_is_known_of_nothing() -> None:
    found = judge([])

    assert (found.n_searches, found.n_people, found.delta, found.chance) == (0, 0, 0.0, 1.0)
    assert (found.low, found.high, found.finding) == (-0.5, 0.5, Finding.UNDECIDED)


def test_twenty_losses_in_a_row_are_no_chance() -> None:
    assert judge(outcomes("-" * 20)).finding is Finding.WORSE
    assert judge(outcomes("+" * 20)).finding is Finding.BETTER
    assert judge(outcomes("-" * 5)).finding is Finding.UNDECIDED


def test_ties_alone_decide_nothing_and_take_nothing_away() -> None:
    assert judge(outcomes("=" * 1_000)).finding is Finding.UNDECIDED
    assert judge(outcomes("-" * 20 + "=" * 200)).finding is Finding.WORSE


def test_one_person_alone_makes_no_narrow_interval() -> None:
    alone = judge([Outcome("ada", -1)] * 30 + [Outcome("bob", 1)] * 3)
    many = judge(outcomes("-" * 30 + "+" * 3, n_people=33))

    assert alone.high - alone.low > many.high - many.low
    assert alone.high > 0


def test_two_equal_rankings_are_rarely_called_different_at_any_look() -> None:
    called = [judge(drawn(1_000, ahead=0.0, seed=n)).finding for n in range(200)]

    assert sum(each is not Finding.UNDECIDED for each in called) <= ALPHA * 200


def test_a_clear_difference_is_found_on_the_right_side() -> None:
    worse = [judge(drawn(600, ahead=-0.2, seed=n)).finding for n in range(20)]
    better = [judge(drawn(600, ahead=0.2, seed=n)).finding for n in range(20)]

    assert (set(worse), set(better)) == ({Finding.WORSE}, {Finding.BETTER})


def test_a_million_losses_are_still_a_number() -> None:
    found = judge([Outcome("ada", -1)] * 100_000)

    assert found.finding is Finding.WORSE
    assert 0 <= found.chance < 1e-300
