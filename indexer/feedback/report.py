"""What is told of an experiment, and to how small a group nothing is."""

from __future__ import annotations

import msgspec

from indexer.feedback.referee import Referee
from indexer.feedback.verdict import Verdict
from schemas.experiment import Experiment


class Report(msgspec.Struct, frozen=True):
    """An experiment and what it says so far."""

    experiment: Experiment
    verdict: Verdict | None
    """``None`` while so few people are counted that it would tell what somebody clicked."""
    n_waiting: int
    """Searches of the last half hour, which do not count yet."""


def report_of(experiment: Experiment, referee: Referee, *, least_people: int) -> Report:
    """Return what may be told of an experiment.

    Raises:
        TransientError: If the log does not answer.
    """
    found, n_waiting = referee.verdict(experiment)
    return Report(experiment, found if found.n_people >= least_people else None, n_waiting)
