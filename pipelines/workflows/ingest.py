"""The ingestion workflow: order, retries and end of the stages; no work of its own.

The body only calls steps. The engine records what each returns, so after a crash the body runs
again and finished steps give their recorded result at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from dbos import DBOS, StepOptions
from dbos import error as dbos_error

from pipelines.bootstrap import Pipeline
from pipelines.workflows.results import StageResults
from pipelines.workflows.steps import STEPS, Keys, NewKeys, run_stage
from schemas.errors import CordeeError, should_retry
from schemas.ids import BlobKey, JobId
from schemas.job import INGEST_WORKFLOW, JobProblem, JobState, Stage

MAX_RECOVERIES: Final = 20
"""Starts of one workflow before it is taken for one that kills its worker. Restarts of the
service count too, so it must not be small."""
RETRY_AFTER_S: Final = 2.0
RETRY_BACKOFF: Final = 3.0
"""Waits of 2, 6, 18 s: long enough for a database or a store to come back."""

_log = structlog.get_logger(__name__)


class Running:
    """How many stages run in this process: threads that nothing can stop but the process's end."""

    def __init__(self) -> None:
        """Start from none."""
        self._lock = threading.Lock()
        self._n = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one stage for as long as the context lasts."""
        with self._lock:
            self._n += 1
        try:
            yield
        finally:
            with self._lock:
                self._n -= 1

    def count(self) -> int:
        """Return how many there are now."""
        return self._n


def register_ingest(
    pipeline: Pipeline, running: Running, *, retry_after_s: float = RETRY_AFTER_S
) -> None:
    """Teach the workflow engine to ingest with this pipeline; called before its launch."""

    def counted(job_id: JobId, stage: Stage, keys: Keys) -> NewKeys:
        with running.one():
            return run_stage(pipeline, job_id, stage, keys)

    @DBOS.workflow(name=INGEST_WORKFLOW, max_recovery_attempts=MAX_RECOVERIES)
    def ingest_document(job_id: JobId) -> str:
        keys: dict[str, BlobKey] = {}
        problem = None
        for stage in STEPS:
            try:
                options = _options(pipeline, stage, retry_after_s)
                keys |= DBOS.run_step(options, counted, job_id, stage, keys)
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
    pipeline.catalog.jobs.update(
        job_id,
        state=JobState.FAILED if problem else JobState.SUCCEEDED,
        progress=None if problem else 1.0,
        problem=problem,
        now=pipeline.clock(),
    )
    StageResults(pipeline.blobs, job_id).discard(keys)
    _log.info("job.finished", job_id=job_id, code=problem.code if problem else "ok")


def _options(pipeline: Pipeline, stage: Stage, retry_after_s: float) -> StepOptions:
    return StepOptions(
        name=stage.value,
        retries_allowed=True,
        should_retry=should_retry,
        max_attempts=pipeline.settings.ingestion.max_attempts,
        interval_seconds=retry_after_s,
        backoff_rate=RETRY_BACKOFF,
    )
