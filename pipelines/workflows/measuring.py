"""What one run of a stage cost: one log line, and the sums that `/metrics` shows."""

from __future__ import annotations

import os
import time

import structlog

from indexer.catalog.stage_times import StageTimes
from schemas.errors import CordeeError
from schemas.ids import DocumentId, JobId
from schemas.job import Stage
from schemas.stage_time import StageOutcome

_log = structlog.get_logger(__name__)


class StageClock:
    """Runs from its making; says once how the stage ended."""

    def __init__(self, times: StageTimes, job_id: JobId, stage: Stage) -> None:
        """Start."""
        self.amount = 0.0
        """Bytes, or passages, that the stage worked on; set by who knows."""
        self.document_id: DocumentId | None = None
        """Of the job; set once its row was read."""
        self._times = times
        self._stage = stage
        self._log = _log.bind(job_id=job_id, stage=stage.value)
        self._started = time.monotonic()
        self._cpu_started = _cpu_s()

    def end(self, outcome: StageOutcome, **facts: object) -> None:
        """Write the stage's log line and add to the sums.

        CPU time is the whole worker's meanwhile: with several documents at once, the sums of
        stages that ran beside each other overlap.
        """
        seconds = time.monotonic() - self._started
        cpu_seconds = _cpu_s() - self._cpu_started
        say = {
            StageOutcome.FINISHED: self._log.info,
            StageOutcome.CRASHED: self._log.error,
        }.get(outcome, self._log.warning)
        say(
            f"stage.{outcome.value.replace('-', '_')}",
            document_id=self.document_id,
            took_ms=round(seconds * 1000),
            cpu_ms=round(cpu_seconds * 1000),
            amount=self.amount,
            **facts,
        )
        try:
            self._times.add(
                self._stage,
                outcome,
                seconds=seconds,
                cpu_seconds=cpu_seconds,
                amount=self.amount,
            )
        except CordeeError as error:
            # A figure for a graph: never worth failing the work that it is about.
            self._log.warning("stage.not_counted", reason=str(error))


def _cpu_s() -> float:
    """Return the CPU seconds of this process and of its ended children."""
    return sum(os.times()[:4])
