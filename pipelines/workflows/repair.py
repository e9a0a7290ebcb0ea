"""Housekeeping of a worker: what a crash between two writes, or a lost machine, left behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from dbos import DBOS, EnqueueOptions

from indexer.recordings import HEAD_BYTES, is_recording, names_recording
from indexer.retention import expire
from indexer.sweeping import sweep_blobs
from pipelines.bootstrap import Pipeline
from pipelines.workflows.steps import INTERNAL_MESSAGE
from schemas.errors import NotFoundError
from schemas.ids import DocumentId, JobId
from schemas.job import (
    ACTIVE,
    APP_VERSION,
    CORRECT_WORKFLOW,
    CORRECTIONS_QUEUE,
    INGEST_QUEUE,
    INGEST_WORKFLOW,
    MEDIA_QUEUE,
    Job,
    JobProblem,
    JobState,
    correct_workflow_id,
    priority_of,
)

LOST_AFTER_S: Final = 60.0
"""A worker that gave no sign for this long is dead: its workflows go to others."""
SWEEP_AFTER: Final = timedelta(minutes=10)
"""Followers apply a change within a second; after this long none points at an old passage."""
_MAX_JOBS: Final = 10_000
_BATCH: Final = 500  # workflow ids in one query
_ENDED_BADLY: Final = frozenset({"ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})

_log = structlog.get_logger(__name__)


def repair(pipeline: Pipeline) -> None:
    """Bring the catalog's jobs and the engine's workflows back in step. Idempotent."""
    jobs = pipeline.catalog.jobs.list_recent(states=ACTIVE, limit=_MAX_JOBS)
    for start in range(0, len(jobs), _BATCH):
        _repair_batch(pipeline, jobs[start : start + _BATCH])


def apply_waiting(pipeline: Pipeline) -> None:
    """Queue corrections and namings that never were, unless their document is worked on already."""
    catalog = pipeline.catalog
    waiting = (*catalog.corrections.waiting(_BATCH), *catalog.namings.waiting(_BATCH))
    for document_id, corrected_at in waiting:
        _apply(document_id, corrected_at)


def hide_waiting(pipeline: Pipeline) -> None:
    """Queue documents whose passages or recording do not fit what is hidden; once a minute each."""
    minute = pipeline.clock().replace(second=0, microsecond=0)
    for document_id in pipeline.catalog.restrictions.waiting():
        _apply(document_id, minute)


def sweep(pipeline: Pipeline) -> None:
    """Drop the passages that newer revisions replaced long enough ago."""
    n_swept = pipeline.catalog.passages.sweep_superseded(pipeline.clock() - SWEEP_AFTER)
    if n_swept:
        _log.info("passages.swept", n_passages=n_swept)


def retire(pipeline: Pipeline) -> None:
    """Delete documents whose time is over, then files that nothing needs any more. Idempotent."""
    now = pipeline.clock()
    expire(pipeline.catalog, pipeline.settings.retention, now=now)
    sweep_blobs(pipeline.catalog, pipeline.blobs, now=now)


def adopt_lost(pipeline: Pipeline) -> None:
    """Queue again what dead workers were at, so that a live one goes on where they stopped."""
    alive = set(pipeline.catalog.workers.alive(pipeline.clock(), within_s=LOST_AFTER_S))
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    lost = sorted({w.executor_id for w in pending if w.executor_id} - alive)
    if lost:
        _log.warning("workers.lost", executors=lost)
        # The one call that takes a workflow back only from the executors named: a workflow that
        # another worker has adopted in the meantime is left alone.
        DBOS._recover_pending_workflows(lost)  # noqa: SLF001


def _apply(document_id: DocumentId, moment: datetime) -> None:
    """Queue what was corrected and hidden of a document; nothing while that is being done.

    A recording of hours takes longer than a minute: two workers would make the same copy.
    """
    under_way = DBOS.list_workflows(
        workflow_id_prefix=correct_workflow_id(document_id),
        status=["ENQUEUED", "DELAYED", "PENDING"],
        load_input=False,
        load_output=False,
        limit=1,
    )
    if under_way:
        return
    options = EnqueueOptions(
        workflow_name=CORRECT_WORKFLOW,
        queue_name=CORRECTIONS_QUEUE,
        workflow_id=correct_workflow_id(document_id, moment),
        app_version=APP_VERSION,
        # Another worker looks at the same moment.
        deduplication_id=document_id,
        duplication_policy="return-existing",
    )
    DBOS.enqueue_workflow_with_options(options, document_id)


def _repair_batch(pipeline: Pipeline, jobs: Sequence[Job]) -> None:
    known = {
        workflow.workflow_id: workflow.status
        for workflow in DBOS.list_workflows(
            workflow_ids=[job.id for job in jobs], load_input=False, load_output=False
        )
    }
    for job in reversed(jobs):  # oldest first
        status = known.get(job.id)
        if status is None:
            _enqueue(pipeline, job.id)
        elif status == "CANCELLED":
            _go_on(job.id)
        elif status in _ENDED_BADLY:
            _fail(pipeline, job, status)


def _enqueue(pipeline: Pipeline, job_id: JobId) -> None:
    submission = pipeline.catalog.jobs.submission(job_id)
    try:
        head = pipeline.blobs.read(submission.original, end=HEAD_BYTES)
    except NotFoundError:
        head = b""  # the first stage will say so, in the job
    is_long = submission.media is not None or is_recording(head) or names_recording(submission)
    options = EnqueueOptions(
        workflow_name=INGEST_WORKFLOW,
        queue_name=MEDIA_QUEUE if is_long else INGEST_QUEUE,
        workflow_id=job_id,
        app_version=APP_VERSION,
        priority=priority_of(submission.size_bytes),
    )
    DBOS.enqueue_workflow_with_options(options, job_id)
    _log.warning("job.requeued", job_id=job_id)


def _go_on(job_id: JobId) -> None:
    """Queue a workflow that was held, of a job that is not paused any more."""
    DBOS.resume_workflow(job_id, queue_name=INGEST_QUEUE)
    _log.warning("job.resumed", job_id=job_id)


def _fail(pipeline: Pipeline, job: Job, status: str) -> None:
    problem = JobProblem(code="internal", detail=INTERNAL_MESSAGE, stage=job.stage)
    pipeline.catalog.jobs.update(
        job.id, state=JobState.FAILED, problem=problem, now=pipeline.clock()
    )
    _log.error("job.abandoned", job_id=job.id, workflow_status=status)
