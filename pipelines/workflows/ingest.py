"""The ingestion workflow: order, retries and end of the stages; no work of its own.

The body only calls steps. The engine records what each returns, so after a crash the body runs
again and finished steps give their recorded result at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Final

import structlog
from dbos import DBOS, StepOptions
from dbos import error as dbos_error

from indexer.room import has_room
from pipelines.bootstrap import Pipeline
from pipelines.workflows.receiving import KNOWN
from pipelines.workflows.results import StageResults
from pipelines.workflows.steps import STEPS, Keys, NewKeys, run_stage
from schemas.errors import CancelledError, CordeeError, should_retry
from schemas.ids import BlobKey, JobId
from schemas.job import ACTIVE, INGEST_WORKFLOW, JobProblem, JobState, Stage

MAX_RECOVERIES: Final = 20
"""Starts of one workflow before it is taken for one that kills its worker. Restarts of the
service count too, so it must not be small."""
ROOM_POLL_S: Final = 1.0
RETRY_AFTER_S: Final = 2.0
RETRY_BACKOFF: Final = 3.0
"""Waits of 2, 6, 18 s: long enough for a database or a store to come back."""

_log = structlog.get_logger(__name__)


class Running:
    """Jobs whose stages run in this process: threads that only the process's end can stop."""

    def __init__(self) -> None:
        """Start from none."""
        self._lock = threading.Lock()
        self._jobs: list[JobId] = []

    @contextmanager
    def one(self, job_id: JobId) -> Iterator[None]:
        """Count a job's stage for as long as the context lasts."""
        with self._lock:
            self._jobs.append(job_id)
        try:
            yield
        finally:
            with self._lock:
                self._jobs.remove(job_id)

    def jobs(self) -> list[JobId]:
        """Return which there are now."""
        with self._lock:
            return list(self._jobs)


class Slots:
    """How many stages of a kind run at once in this process."""

    def __init__(self, at_once: Mapping[Stage, int]) -> None:
        """Take the stages that are limited further than by the number of jobs at once."""
        self._slots = {stage: threading.BoundedSemaphore(n) for stage, n in at_once.items()}

    @contextmanager
    def of(self, stage: Stage) -> Iterator[None]:
        """Take a place for a stage, once there is one, for as long as the context lasts."""
        with self._slots.get(stage, nullcontext()):
            yield


def register_ingest(pipeline: Pipeline, running: Running) -> None:
    """Teach the workflow engine to ingest with this pipeline; called before its launch."""
    slots = Slots(pipeline.settings.ingestion.at_once)

    def counted(job_id: JobId, stage: Stage, keys: Keys) -> NewKeys:
        _wait_for_room(pipeline, job_id)
        with running.one(job_id), slots.of(stage):
            return run_stage(pipeline, job_id, stage, keys)

    @DBOS.workflow(name=INGEST_WORKFLOW, max_recovery_attempts=MAX_RECOVERIES)
    def ingest_document(job_id: JobId) -> str:
        keys: dict[str, BlobKey] = {}
        problem = None
        for stage in STEPS:
            try:
                options = _options(pipeline, stage)
                keys |= DBOS.run_step(options, counted, job_id, stage, keys)
                if KNOWN in keys:
                    break
            except (CordeeError, dbos_error.DBOSMaxStepRetriesExceeded) as error:
                problem = problem_of(error, stage)
                break
        DBOS.run_step({"name": "finish"}, finish, pipeline, job_id, list(keys.values()), problem)
        return JobState.FAILED if problem else JobState.SUCCEEDED


def problem_of(error: Exception, stage: Stage) -> JobProblem:
    """Say why a stage failed, in the words of the last error."""
    while isinstance(error, dbos_error.DBOSMaxStepRetriesExceeded):
        error = error.errors[-1]
    code = error.code if isinstance(error, CordeeError) else CordeeError.code
    return JobProblem(code=code, detail=str(error), stage=stage)


def finish(
    pipeline: Pipeline, job_id: JobId, keys: list[BlobKey], problem: JobProblem | None
) -> None:
    """Record how the job ended and drop the stages' results; the original is always kept."""
    is_cancelled = problem is not None and problem.code == CancelledError.code
    failed = JobState.CANCELLED if is_cancelled else JobState.FAILED
    pipeline.catalog.jobs.update(
        job_id,
        state=failed if problem else JobState.SUCCEEDED,
        progress=None if problem else 1.0,
        problem=problem,
        now=pipeline.clock(),
    )
    StageResults(pipeline.blobs, job_id).discard(keys)
    _log.info("job.finished", job_id=job_id, code=problem.code if problem else "ok")


def _wait_for_room(pipeline: Pipeline, job_id: JobId) -> None:
    """Begin nothing while the disk is nearly full; a cancelled or paused job does not wait."""
    has_said = False
    while not has_room(pipeline.settings):
        job = pipeline.catalog.jobs.get(job_id)
        if job is None or job.state not in ACTIVE:
            return
        if not has_said:
            _log.warning("disk.nearly_full", job_id=job_id)
            has_said = True
        time.sleep(ROOM_POLL_S)


def _options(pipeline: Pipeline, stage: Stage) -> StepOptions:
    return StepOptions(
        name=stage.value,
        retries_allowed=True,
        should_retry=should_retry,
        max_attempts=pipeline.settings.ingestion.max_attempts,
        interval_seconds=RETRY_AFTER_S,
        backoff_rate=RETRY_BACKOFF,
    )
