"""Which of two interleaved rankings is better, and how surely, at whatever moment one looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec
import numpy as np

ALPHA: Final = 0.05
"""How often two equal rankings may be called different, looked at as often as one likes."""
FOR_WORSE: Final = 0.8
"""Of ``ALPHA``, what may be spent on calling the challenger worse, which stops an experiment; the
rest is for calling it better, which can wait."""
RESAMPLES: Final = 2_000
_BETS: Final = (0.05, 0.1, 0.2, 0.35, 0.6)
"""Shares of the money that are bet on each search: small ones find small differences late."""
_SEED: Final = 20_261_125


class Outcome(NamedTuple):
    """One counted search: 1 where the challenger won, -1 where the champion did, 0 for a tie."""

    person: str
    winner: int


class Finding(StrEnum):
    """What an experiment says so far."""

    UNDECIDED = "undecided"
    BETTER = "better"
    """The challenger is."""
    WORSE = "worse"


class Verdict(msgspec.Struct, frozen=True):
    """The statistic of an experiment, from the challenger's side."""

    n_searches: int
    """With at least one counted click or useful vote."""
    n_people: int
    wins: int
    losses: int
    ties: int
    delta: float
    """(wins + ties / 2) / searches - .5: above 0 the challenger is ahead; from -.5 to .5."""
    low: float
    high: float
    """95 % bootstrap interval of ``delta``, persons drawn whole."""
    chance: float
    """At most how often equal rankings would ever look this unequal: valid at every moment."""
    finding: Finding


def judge(outcomes: Sequence[Outcome]) -> Verdict:
    """Return the verdict on outcomes in the order in which their searches began.

    ``delta`` is the statistic of team-draft interleaving. Whether it is more than chance is
    told by betting: who starts with 1 and bets a share of it on the champion in each search, at
    even odds, hardly ever becomes rich if the challenger is as good, however long he plays:
    money >= 1 / a happens with probability <= a (Ville). So one may look after every search, and
    stop at the first look that says enough. Both sides are bet on, each with a part of ``ALPHA``.

    Worked example: 12 searches, all lost, at a share of .6: 1.6 ^ 12 = 281, a fifth of which (there
    are five shares) is 56, above 1 / (.8 * .05) = 25, so the challenger is worse.

    Source:
        Chapelle, Joachims, Radlinski and Yue, "Large-scale validation and analysis of interleaved
        search evaluation", TOIS 2012, for ``delta``; Waudby-Smith and Ramdas, "Estimating means of
        bounded random variables by betting", JRSS B 2024, for the bets.
    """
    signs = [outcome.winner for outcome in outcomes]
    wins, losses = signs.count(1), signs.count(-1)
    n = len(signs)
    chances = {
        Finding.WORSE: 1 / (FOR_WORSE * richest([-x for x in signs])),
        Finding.BETTER: 1 / ((1 - FOR_WORSE) * richest(signs)),
    }
    finding, chance = min(chances.items(), key=lambda item: item[1])
    low, high = _interval(outcomes)
    return Verdict(
        n_searches=n,
        n_people=len({outcome.person for outcome in outcomes}),
        wins=wins,
        losses=losses,
        ties=n - wins - losses,
        delta=(wins - losses) / (2 * n) if n else 0.0,
        low=low,
        high=high,
        chance=min(1.0, chance),
        finding=finding if chance <= ALPHA else Finding.UNDECIDED,
    )


def richest(signs: Sequence[int]) -> float:
    """Return the most money that betting on 1 ever had: the mean over shares of the money bet."""
    if not signs:
        return 1.0
    bets = np.array(_BETS)[:, None]
    grown = np.cumsum(np.log1p(bets * np.array(signs)[None, :]), axis=1)
    highest = float(np.max(np.logaddexp.reduce(grown, axis=0))) - math.log(len(_BETS))
    return math.exp(min(highest, 700.0))  # beyond, a float has no number for it


def _interval(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    people = sorted({outcome.person for outcome in outcomes})
    if not people:
        return -0.5, 0.5
    row = {person: n for n, person in enumerate(people)}
    sums, counts = np.zeros(len(people)), np.zeros(len(people))
    for person, winner in outcomes:
        sums[row[person]] += winner
        counts[row[person]] += 1
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), RESAMPLES)
    deltas = (drawn @ sums) / (2 * (drawn @ counts))
    low, high = np.percentile(deltas, (2.5, 97.5))
    return float(low), float(high)
