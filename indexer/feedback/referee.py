"""Watches the experiment that is running, and stops it when the challenger has surely lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

import structlog

from indexer.feedback.pseudonyms import Pseudonyms
from indexer.feedback.tally import ContestLog, Tally, VoteLog
from indexer.feedback.verdict import Finding, Verdict
from schemas.errors import CordeeError
from schemas.experiment import Experiment

LOOK_EVERY_S: Final = 60.0  # outcomes settle after half an hour: looking more often sees no more

log = structlog.get_logger(__name__)


class ExperimentStore(Protocol):
    """Keeps experiments."""

    def experiments(self) -> list[Experiment]:
        """Return every experiment, the newest first."""

    def stop(self, name: str, now: datetime, *, reason: str) -> Experiment:
        """Stop an experiment; one that has stopped before stays as it was."""


class Referee:
    """Counts experiments as the log grows. Safe in several threads."""

    def __init__(
        self,
        store: ExperimentStore,
        lines: ContestLog,
        votes: VoteLog,
        *,
        pseudonyms: Pseudonyms,
        clock: Callable[[], datetime],
    ) -> None:
        """Read nothing yet; ``start`` begins to look by itself."""
        self._store = store
        self._lines = lines
        self._votes = votes
        self._pseudonyms = pseudonyms
        self._clock = clock
        self._lock = threading.Lock()
        self._tallies: dict[str, Tally] = {}
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def verdict(self, experiment: Experiment) -> tuple[Verdict, int]:
        """Return what an experiment says, and how many searches are too young to count."""
        now = self._clock()
        with self._lock:
            tally = self._tallies.get(experiment.name)
            if tally is None:
                tally = Tally(experiment, self._lines, self._votes, self._pseudonyms.of)
                self._tallies[experiment.name] = tally
            return tally.verdict(now), tally.n_waiting(now)

    def look(self) -> Experiment | None:
        """Stop the running experiment if its challenger has surely lost; return it then."""
        running = next((each for each in self._store.experiments() if each.is_running), None)
        if running is None:
            return None
        found, _ = self.verdict(running)
        if found.finding is not Finding.WORSE:
            return None
        log.info("experiment.lost", experiment=running.name, delta=round(found.delta, 4))
        return self._store.stop(running.name, self._clock(), reason=lost(running, found))

    def start(self) -> None:
        """Look every minute from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="cordee-referee", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking. Twice is once."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(LOOK_EVERY_S):
            try:
                self.look()
            except CordeeError as exc:
                log.warning("experiment.unwatched", error=str(exc))


def lost(experiment: Experiment, found: Verdict) -> str:
    """Say in one line why an experiment stopped by itself."""
    return (
        f"{experiment.challenger} lost: Δ {found.delta:+.3f} "
        f"[{found.low:+.3f}, {found.high:+.3f}] over {found.n_searches} searches"
    )
