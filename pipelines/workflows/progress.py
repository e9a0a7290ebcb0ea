"""Progress of a stage, written to the job's row often enough to watch and no more."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from indexer.catalog.jobs import Jobs
from schemas.ids import JobId

MIN_INTERVAL_S: Final = 0.5
"""Between two writes of one job: smooth to a person, nothing to the database."""


class JobProgress:
    """A ``Progress`` that remembers when it last wrote."""

    def __init__(
        self,
        jobs: Jobs,
        job_id: JobId,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Report to this job's row; ``monotonic`` returns seconds."""
        self._jobs = jobs
        self._job_id = job_id
        self._clock = clock
        self._monotonic = monotonic
        self._written_at = monotonic()
        self._written = 0.0

    def __call__(self, share: float) -> None:
        """Note that this share of the stage, 0 to 1, is done; never lets it fall."""
        now = self._monotonic()
        share = min(1.0, share)
        if share <= self._written or now - self._written_at < MIN_INTERVAL_S:
            return
        self._jobs.update(self._job_id, progress=share, now=self._clock())
        self._written, self._written_at = share, now
