"""HTTP bodies of experiments; the conventions of ``schemas.wire`` hold."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

ExperimentName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class ExperimentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An experiment to start."""

    name: ExperimentName
    """Small letters, digits and hyphens; never used before."""
    challenger: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """The ranking profile to try against the one in service: ``name`` or ``name@version``."""
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.2
    """Of the people, who see pages drafted from both rankings."""


class StopRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an experiment stops."""

    reason: Annotated[str, msgspec.Meta(max_length=200)] = "stopped by hand"


class ExperimentResult(msgspec.Struct, frozen=True):
    """What an experiment says so far, from the challenger's side."""

    n_searches: int
    """With a counted click or useful vote."""
    n_people: int
    wins: int
    losses: int
    ties: int
    delta: float
    """(wins + ties / 2) / searches - .5: above 0 the challenger is ahead; from -.5 to .5."""
    low: float
    """Lower end of its 95 % bootstrap interval, persons drawn whole."""
    high: float
    """Upper end."""
    chance: float
    """At most how often equal rankings would ever look this unequal."""
    finding: str
    """``undecided``, or the challenger is ``better`` or ``worse``."""


class ExperimentView(msgspec.Struct, frozen=True):
    """An experiment."""

    name: str
    champion: str
    """The profile in service at the start, as ``name@version``."""
    challenger: str
    share: float
    started_at: datetime
    stopped_at: datetime | None
    """``null`` while it is running."""
    reason: str
    """Why it stopped; one whose challenger has surely lost stops by itself."""
    n_waiting: int
    """Searches of the last half hour, which do not count yet."""
    result: ExperimentResult | None
    """``null`` while so few people are counted that it would tell what somebody clicked."""


class ExperimentList(msgspec.Struct, frozen=True):
    """Every experiment, the newest first."""

    experiments: tuple[ExperimentView, ...]
