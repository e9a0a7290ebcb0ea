"""Simulated students: what they open, read and say of a page."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from random import Random
from typing import Final

import msgspec

from benchmarks.loop.clicks import ClickModel
from schemas.ids import PersonId

LONG_MS: Final = (40_000, 300_000)
"""How long people read what helps: past the 30 s that tell of use (Fox et al., TOIS 2005)."""
SHORT_MS: Final = (2_000, 15_000)
"""How long they read what does not."""
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
        dwell_ms = rng.randint(*(LONG_MS if helped else SHORT_MS))
        said = helped if rng.random() >= noise else rng.random() < _COIN
        votes = rng.random() < VOTES[person.habit]
        done.append(Deed(place, dwell_ms, is_useful=said if votes else None))
    return done


def hostile_deed(place: int, rng: Random) -> Deed:
    """Return what a hostile person does with the document that is pushed."""
    return Deed(place, rng.randint(*LONG_MS), is_useful=True)
