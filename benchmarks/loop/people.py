"""Simulated students: what they open, read and say of a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from random import Random
from typing import Final

import msgspec

from benchmarks.loop.clicks import ClickModel
from schemas.ids import PersonId

LONG_S: Final = 80.0
"""Median of how long people read what helps them."""
SHORT_S: Final = 15.0
"""The same for what does not."""
SPREAD: Final = 0.8
"""Standard deviation of the logarithm of both. They overlap: of the short ones a fifth is longer
than the 30 s that are taken as a sign of use (Fox et al., TOIS 2005), and some of the long ones are
shorter than the 15 s of a quick back (Kim et al., WSDM 2014)."""
_COIN: Final = 0.5


class Habit(StrEnum):
    """How a person votes."""

    KEEN = "keen"
    LAZY = "lazy"
    HOSTILE = "hostile"
    """Looks for one document on every page, opens it, and always calls it useful."""


VOTES: Final = {Habit.KEEN: 0.5, Habit.LAZY: 0.05, Habit.HOSTILE: 1.0}
"""Chance that a person says of an opened document whether it helped."""


class Person(msgspec.Struct, frozen=True):
    """One student."""

    id: PersonId
    habit: Habit


class Deed(msgspec.Struct, frozen=True):
    """What was done with one hit of a page."""

    place: int
    """Index on the page."""
    dwell_ms: int
    is_useful: bool | None
    """What was said of it; ``None`` for nothing."""


def people(n: int, *, keen: float, hostile: float, rng: Random) -> list[Person]:
    """Return so many students, a share of them keen on voting and a share of them hostile."""
    n_hostile = round(n * hostile)
    n_keen = round((n - n_hostile) * keen)
    habits = [Habit.HOSTILE] * n_hostile + [Habit.KEEN] * n_keen
    habits += [Habit.LAZY] * (n - len(habits))
    rng.shuffle(habits)
    return [Person(PersonId(f"s-{i:04}"), habit) for i, habit in enumerate(habits)]


def deeds(
    person: Person, worth: Sequence[float], model: ClickModel, rng: Random, *, noise: float
) -> list[Deed]:
    """Return what an honest person does with a page.

    Args:
        person: Keen or lazy.
        worth: How well each hit answers, from 0 to 1, in the order of the page.
        model: Draws what is opened.
        rng: Draws.
        noise: Share of searches after which just anything is opened, and of votes and reading
            times that a coin decides.
    """
    if not worth:
        return []
    opened = [rng.randrange(len(worth))] if rng.random() < noise else model.opened(worth, rng)
    done = []
    for place in opened:
        helped = rng.random() < (_COIN if rng.random() < noise else worth[place])
        said = helped if rng.random() >= noise else rng.random() < _COIN
        votes = rng.random() < VOTES[person.habit]
        done.append(Deed(place, _dwell_ms(rng, helped=helped), is_useful=said if votes else None))
    return done


def hostile_deed(place: int, rng: Random) -> Deed:
    """Return what a hostile person does with the document that is pushed."""
    return Deed(place, _dwell_ms(rng, helped=True), is_useful=True)


def _dwell_ms(rng: Random, *, helped: bool) -> int:
    return round(1_000 * rng.lognormvariate(math.log(LONG_S if helped else SHORT_S), SPREAD))
