"""Telling a job what to do: stop, wait, go on, go first; and a document to be worked on again.

A running stage is told through the job's row: it looks there whenever it reports progress, and a
stage begins only where the row still says so. The original is kept whatever happens.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from indexer.intake import Intake, submit
from schemas.errors import ConflictError, InvalidInputError, NotFoundError
from schemas.ids import DocumentId, JobId
from schemas.job import ACTIVE, OPEN, Job, JobState, Stage

STARTS: Final = (Stage.EXTRACT, Stage.SEGMENT, Stage.ENCODE, Stage.ENRICH)


def cancel(intake: Intake, job_id: JobId) -> Job:
    """End a job that is not over; what it has made so far goes, the original stays.

    A stage that runs ends within seconds. One that publishes just then may still be done.

    Raises:
        NotFoundError: If there is no such job.
        ConflictError: If it is over.
    """
    job = _moved(intake, job_id, JobState.CANCELLED, OPEN)
    if job.state is JobState.PAUSED:
        # It goes on once more, finds that it is cancelled, and clears away what it has made.
        intake.queue.resume(job_id)
    elif job.state is JobState.QUEUED:
        intake.queue.hold(job_id)
    return _must_have(intake, job_id)


def pause(intake: Intake, job_id: JobId) -> Job:
    """Let a job wait until it is resumed; a stage that runs stops within seconds.

    Finished stages are kept, the one under way begins anew.

    Raises:
        NotFoundError: If there is no such job.
        ConflictError: If it is over, or waits already.
    """
    _moved(intake, job_id, JobState.PAUSED, ACTIVE)
    intake.queue.hold(job_id)
    return _must_have(intake, job_id)


def resume(intake: Intake, job_id: JobId) -> Job:
    """Let a paused job go on after its last finished stage.

    Raises:
        NotFoundError: If there is no such job.
        ConflictError: If it is not paused.
    """
    _moved(intake, job_id, JobState.QUEUED, {JobState.PAUSED})
    intake.queue.resume(job_id)
    return _must_have(intake, job_id)


def prioritize(intake: Intake, job_id: JobId) -> Job:
    """Let a waiting job go before all others.

    Raises:
        NotFoundError: If there is no such job.
        ConflictError: If it does not wait: it runs, is paused or is over.
    """
    _moved(intake, job_id, JobState.QUEUED, {JobState.QUEUED})
    intake.queue.hold(job_id)
    intake.queue.resume(job_id, first=True)
    return _must_have(intake, job_id)


def rerun(intake: Intake, document_id: DocumentId, *, start: Stage) -> Job:
    """Work on a published document again, from a stage on: with another model, say, or new tags.

    What the stages before it made is taken as it is published. Corrections, and what people
    decided on, stay.

    Args:
        intake: The bundle to work with.
        document_id: The document.
        start: ``extract``, ``segment``, ``encode`` or ``enrich``: stages before have nothing to
            do again, and publishing follows anyway.

    Raises:
        InvalidInputError: If it is another stage.
        NotFoundError: If there is no such document, or its original is gone.
        ConflictError: If it is being worked on.
    """
    if start not in STARTS:
        raise InvalidInputError(f"A document is worked on again from one of: {', '.join(STARTS)}.")
    document = intake.catalog.documents.get(document_id)
    if document is None:
        raise NotFoundError(f"There is no document {document_id}.")
    done = intake.catalog.jobs.last_attempt(document_id, document.revision)
    if done is None:
        raise NotFoundError(f"No job is known that made the document {document_id}.")
    latest = intake.catalog.jobs.latest_for(document_id)
    if latest is not None and latest.state in OPEN:
        raise ConflictError(f"Job {latest.id} works on this document already.")
    submission = intake.catalog.jobs.submission(done.id)
    intake.blobs.size(submission.original)
    return submit(intake, msgspec.structs.replace(submission, start=start), anew=True).job


def _moved(intake: Intake, job_id: JobId, state: JobState, before: Collection[JobState]) -> Job:
    """Set the state of a job that is in one of these, and return the job as it was."""
    while (job := _must_have(intake, job_id)).state in before:
        # A worker may take it between the two: then it is looked at once more.
        if intake.catalog.jobs.move(job_id, state, before={job.state}, now=intake.clock()):
            return job
    raise ConflictError(f"Job {job_id} is {job.state.value}.")


def _must_have(intake: Intake, job_id: JobId) -> Job:
    job = intake.catalog.jobs.get(job_id)
    if job is None:
        raise NotFoundError(f"There is no job {job_id}.")
    return job
