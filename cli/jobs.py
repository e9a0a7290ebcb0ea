"""`cordee jobs`: what is being ingested, what failed and why, and another try."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import context, render
from cli.intake import intake_of
from indexer.catalog.catalog import Catalog
from indexer.intake import retry
from schemas.errors import NotFoundError
from schemas.ids import JobId
from schemas.job import Job, JobState

JobArgument = Annotated[str, typer.Argument(help="The job's id, as `cordee jobs list` shows it.")]

NO_WORKER = (
    "No worker is alive: start one with `cordee work`, or the whole service with `cordee up`."
)


def list_jobs(
    data_dir: context.DataDir = None,
    state: Annotated[
        list[JobState] | None, typer.Option("--state", help="Only jobs in this state; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first.")] = 50,
    *,
    as_json: context.AsJson = False,
) -> None:
    """List the newest jobs."""
    with context.catalog_of(context.load(data_dir)) as catalog:
        jobs = catalog.jobs.list_recent(states=tuple(state or ()), limit=limit)
    if as_json:
        context.print_json({"jobs": jobs})
        return
    render.table(
        ("job", "file", "state", "stage", "updated", "why"),
        [
            (job.id, job.filename, job.state, job.stage or "", _at(job.updated_at), why(job))
            for job in jobs
        ],
    )


def show_job(
    job_id: JobArgument, data_dir: context.DataDir = None, *, as_json: context.AsJson = False
) -> None:
    """Show one job with its problem and its warnings."""
    with context.catalog_of(context.load(data_dir)) as catalog:
        job = _job(catalog, job_id)
        submission = catalog.jobs.submission(job.id)
    if as_json:
        context.print_json({"job": job, "submission": submission})
        return
    rows = [
        ("job", job.id),
        ("document", job.document_id),
        ("source", submission.source),
        ("file", f"{job.filename} ({submission.size_bytes} bytes)"),
        ("state", f"{job.state}, attempt {job.attempt}"),
        ("stage", f"{job.stage or '-'} ({job.progress:.0%})"),
        ("received", _at(job.created_at)),
        ("updated", _at(job.updated_at)),
        ("problem", why(job)),
        *(("warning", warning) for warning in job.warnings),
    ]
    render.table(("", ""), rows)


def retry_job(
    job_id: JobArgument, data_dir: context.DataDir = None, *, as_json: context.AsJson = False
) -> None:
    """Try a failed job again, with the original that was kept."""
    with intake_of(context.load(data_dir)) as intake:
        job = retry(intake, JobId(job_id))
        is_alone = not intake.catalog.workers.alive(datetime.now(UTC))
    if as_json:
        context.print_json({"job": job})
    else:
        render.say(f"Queued as {job.id}.")
    if is_alone:
        render.say(NO_WORKER)


def why(job: Job) -> str:
    """Say in one line why a job failed; empty when it did not."""
    if job.problem is None:
        return ""
    stage = f" ({job.problem.stage})" if job.problem.stage else ""
    return f"{job.problem.code}{stage}: {job.problem.detail}"


def _job(catalog: Catalog, job_id: str) -> Job:
    job = catalog.jobs.get(JobId(job_id))
    if job is None:
        raise NotFoundError(f"There is no job {job_id}.")
    return job


def _at(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
