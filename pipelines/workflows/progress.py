"""Progress of a stage, written to the job's row often enough to watch and no more.

The row answers: a stage that reports learns whether somebody wants it to stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, NoReturn

from dbos import error as dbos_error

from indexer.catalog.jobs import Jobs
from schemas.errors import CancelledError
from schemas.ids import JobId
from schemas.job import JobState

CANCELLED_MESSAGE: Final = "Somebody cancelled this. The file was kept: it can be tried again."
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
        """Note that this share of the stage, 0 to 1, is done; never lets it fall.

        Raises:
            CancelledError: If the job was cancelled.
            DBOSWorkflowCancelledError: If it was paused: the engine records nothing then, and the
                stage begins anew when the job goes on.
        """
        now = self._monotonic()
        share = min(1.0, share)
        if now - self._written_at < MIN_INTERVAL_S:
            return
        share = max(share, self._written)
        if not self._jobs.advance(self._job_id, share, now=self._clock()):
            stop(self._jobs, self._job_id)
        self._written, self._written_at = share, now


def stop(jobs: Jobs, job_id: JobId) -> NoReturn:
    """End the stage of a job that is not to run.

    Raises:
        CancelledError: If the job was cancelled, or is over.
        DBOSWorkflowCancelledError: If it was paused.
    """
    job = jobs.get(job_id)
    if job is not None and job.state is JobState.PAUSED:
        raise dbos_error.DBOSWorkflowCancelledError(f"Job {job_id} was paused.")
    raise CancelledError(CANCELLED_MESSAGE)
