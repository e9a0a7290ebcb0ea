"""Ingestion jobs: one row per try, with the submission it works on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, select, update

from indexer.catalog.database import Database
from indexer.catalog.tables import jobs
from indexer.catalog.upsert import insert_new
from schemas.document import Submission
from schemas.errors import NotFoundError
from schemas.ids import DocumentId, JobId, PersonId, Revision, job_id_for
from schemas.job import ACTIVE, OPEN, Job, JobProblem, JobState, Stage
from schemas.outlook import OpenJob


class Jobs:
    """Tries to ingest a revision of a document, as the API reports them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, submission: Submission, *, attempt: int = 1, now: datetime
    ) -> tuple[Job, bool]:
        """Make the queued job of this try, or return the one that is there.

        Returns:
            The job, and whether it is new; of several callers at once, one gets True.
        """
        job_id = job_id_for(submission.document_id, submission.revision, attempt)
        with self._database.writing() as connection:
            is_new = insert_job(connection, submission, attempt=attempt, now=now)
            return _must_have(connection, job_id), is_new

    def get(self, job_id: JobId) -> Job | None:
        """Return the job, or ``None``."""
        with self._database.reading() as connection:
            return _one(connection, jobs.c.id == job_id)

    def submission(self, job_id: JobId) -> Submission:
        """Return what the job works on.

        Raises:
            NotFoundError: If there is no such job.
        """
        with self._database.reading() as connection:
            query = select(jobs.c.submission).where(jobs.c.id == job_id)
            found: Submission | None = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFoundError("There is no such job.")
        return found

    def uploaded_by(self, job_id: JobId) -> PersonId | None:
        """Return who sent the bytes; ``None`` when nobody is known, or the job is not."""
        with self._database.reading() as connection:
            query = select(jobs.c.uploaded_by).where(jobs.c.id == job_id)
            return connection.execute(query).scalar_one_or_none()

    def list_recent(self, *, states: Collection[JobState] = (), limit: int = 50) -> list[Job]:
        """Return the newest jobs, newest first; only of these states if any are given."""
        query = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit)
        if states:
            query = query.where(jobs.c.state.in_(list(states)))
        with self._database.reading() as connection:
            return [_to_job(row) for row in connection.execute(query)]

    def update(  # noqa: PLR0913 - one keyword per column, each optional
        self,
        job_id: JobId,
        *,
        now: datetime,
        state: JobState | None = None,
        stage: Stage | None = None,
        progress: float | None = None,
        problem: JobProblem | None = None,
        warnings: Collection[str] | None = None,
    ) -> None:
        """Set what is given and leave the rest; ``warnings`` replaces those there are.

        Raises:
            NotFoundError: If there is no such job.
        """
        given = {
            "state": state,
            "stage": stage,
            "progress": progress,
            "problem": problem,
            "warnings": None if warnings is None else tuple(warnings),
        }
        values = {name: value for name, value in given.items() if value is not None}
        with self._database.writing() as connection:
            result = connection.execute(
                update(jobs).where(jobs.c.id == job_id).values(updated_at=now, **values)
            )
            if not result.rowcount:
                raise NotFoundError("There is no such job.")

    def move(
        self, job_id: JobId, state: JobState, *, before: Collection[JobState], now: datetime
    ) -> bool:
        """Set the state of a job that is in one of these; return whether it was."""
        one_of = (jobs.c.id == job_id, jobs.c.state.in_(list(before)))
        with self._database.writing() as connection:
            moved = update(jobs).where(*one_of).values(state=state, updated_at=now)
            return bool(connection.execute(moved).rowcount)

    def begin(self, job_id: JobId, stage: Stage, *, now: datetime) -> int:
        """Note that a stage begins, unless the job was paused or cancelled meanwhile.

        Returns:
            How often this stage has begun without an end to it, this time counted: more than one
            where workers died at it. 0 where it must not begin.
        """
        again = case((jobs.c.stage == stage, jobs.c.starts + 1), else_=1)
        here = jobs.c.id == job_id
        with self._database.writing() as connection:
            begun = connection.execute(
                update(jobs)
                .where(here, jobs.c.state.in_(ACTIVE))
                .values(
                    state=JobState.RUNNING, stage=stage, progress=0.0, starts=again, updated_at=now
                )
            )
            if not begun.rowcount:
                return 0
            return int(connection.execute(select(jobs.c.starts).where(here)).scalar_one())

    def end_stage(self, job_id: JobId) -> None:
        """Note that a stage has ended, well or badly, or was given back by a worker that stops."""
        with self._database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(starts=0))

    def advance(self, job_id: JobId, progress: float, *, now: datetime) -> bool:
        """Note the progress of a running stage; return False where it must stop."""
        running = (jobs.c.id == job_id, jobs.c.state == JobState.RUNNING)
        with self._database.writing() as connection:
            done = update(jobs).where(*running).values(progress=progress, updated_at=now)
            return bool(connection.execute(done).rowcount)

    def open_jobs(self, uploaded_by: PersonId | None = None) -> list[OpenJob]:
        """Return every job that has not ended, oldest first; or a person's own alone."""
        query = select(jobs).where(jobs.c.state.in_(OPEN)).order_by(jobs.c.created_at)
        if uploaded_by is not None:
            query = query.where(jobs.c.uploaded_by == uploaded_by)
        with self._database.reading() as connection:
            return [
                OpenJob(_to_job(row), row.submission.size_bytes, is_between=row.starts == 0)
                for row in connection.execute(query)
            ]

    def counts(
        self, *, since: datetime | None = None, uploaded_by: PersonId | None = None
    ) -> dict[JobState, int]:
        """Return how many jobs are in each state; every state has an entry.

        Args:
            since: Leaves out jobs that nothing has happened to since then.
            uploaded_by: Counts only what this person sent.
        """
        query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        if since is not None:
            query = query.where(jobs.c.updated_at >= since)
        if uploaded_by is not None:
            query = query.where(jobs.c.uploaded_by == uploaded_by)
        with self._database.reading() as connection:
            found = {JobState(state): n for state, n in connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def latest_for(self, document_id: DocumentId) -> Job | None:
        """Return the newest job of a document, or ``None``."""
        with self._database.reading() as connection:
            return _one(connection, jobs.c.document_id == document_id)

    def last_attempt(self, document_id: DocumentId, revision: Revision) -> Job | None:
        """Return the newest try to ingest this revision of a document, or ``None``."""
        query = (
            select(jobs)
            .where(jobs.c.document_id == document_id, jobs.c.revision == revision)
            .order_by(jobs.c.attempt.desc(), jobs.c.created_at.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else _to_job(row)

    def arrived(self, job_id: JobId, submission: Submission, *, now: datetime) -> None:
        """Note what a job works on, now that the bytes that were ordered are here."""
        values = {
            "document_id": submission.document_id,
            "revision": submission.revision,
            "filename": submission.filename,
            "submission": submission,
            "updated_at": now,
        }
        with self._database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))

    def in_progress(self, revision: Revision) -> Job | None:
        """Return the newest queued or running job on exactly these bytes, or ``None``."""
        with self._database.reading() as connection:
            return _one(connection, jobs.c.revision == revision, jobs.c.state.in_(OPEN))


def insert_job(
    connection: Connection, submission: Submission, *, attempt: int = 1, now: datetime
) -> bool:
    """Make the queued job of a try, in a transaction of the caller's; return whether it is new."""
    row = {
        "id": job_id_for(submission.document_id, submission.revision, attempt),
        "document_id": submission.document_id,
        "revision": submission.revision,
        "filename": submission.filename,
        "state": JobState.QUEUED,
        "progress": 0.0,
        "created_at": now,
        "updated_at": now,
        "warnings": (),
        "attempt": attempt,
        "uploaded_by": submission.uploaded_by,
        "submission": submission,
    }
    return insert_new(connection, jobs, row)


def _one(connection: Connection, *conditions: ColumnElement[bool]) -> Job | None:
    newest = (
        select(jobs)
        .where(*conditions)
        .order_by(jobs.c.created_at.desc(), jobs.c.attempt.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    return None if row is None else _to_job(row)


def _must_have(connection: Connection, job_id: JobId) -> Job:
    job = _one(connection, jobs.c.id == job_id)
    if job is None:
        raise NotFoundError("There is no such job.")
    return job


def _to_job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        document_id=row.document_id,
        filename=row.filename,
        state=JobState(row.state),
        stage=None if row.stage is None else Stage(row.stage),
        progress=row.progress,
        created_at=row.created_at,
        updated_at=row.updated_at,
        problem=row.problem,
        warnings=row.warnings,
        attempt=row.attempt,
    )
