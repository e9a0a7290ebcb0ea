"""`cordee jobs cancel|pause|resume|prioritize|rerun`: what ingestion jobs are told to do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Annotated, Final

import typer

from cli import context, render
from cli.intake import intake_of
from indexer import steering
from indexer.intake import Intake
from schemas.errors import ConflictError, InvalidInputError
from schemas.ids import DocumentId, JobId
from schemas.job import ACTIVE, OPEN, Job, JobState, Stage

_MANY: Final = 10_000

JobIds = Annotated[
    list[str] | None, typer.Argument(help="Ids of jobs, as `cordee jobs list` shows them.")
]
All = Annotated[bool, typer.Option("--all", help="Every job that this can be said to.")]


def cancel(job_ids: JobIds = None, data_dir: context.DataDir = None, *, every: All = False) -> None:
    """End jobs that are not over; originals are kept, and can be tried again."""
    _tell(data_dir, job_ids, steering.cancel, OPEN if every else ())


def pause(job_ids: JobIds = None, data_dir: context.DataDir = None, *, every: All = False) -> None:
    """Let jobs wait until they are resumed; what comes later runs all the same."""
    _tell(data_dir, job_ids, steering.pause, ACTIVE if every else ())


def resume(job_ids: JobIds = None, data_dir: context.DataDir = None, *, every: All = False) -> None:
    """Let paused jobs go on after their last finished stage."""
    _tell(data_dir, job_ids, steering.resume, {JobState.PAUSED} if every else ())


def prioritize(job_ids: JobIds, data_dir: context.DataDir = None) -> None:
    """Let waiting jobs go before all others."""
    _tell(data_dir, job_ids, steering.prioritize, ())


def rerun(
    document_id: Annotated[str, typer.Argument(help="Id of a published document.")],
    data_dir: context.DataDir = None,
    start: Annotated[
        Stage, typer.Option("--from", help="First stage that works anew, extract to enrich.")
    ] = Stage.EXTRACT,
) -> None:
    """Work on a published document again: with another model, say, or new tags."""
    with intake_of(context.load(data_dir)) as intake:
        job = steering.rerun(intake, DocumentId(document_id), start=start)
    render.say(f"Queued as {job.id}.")


def _tell(
    data_dir: context.DataDir,
    job_ids: list[str] | None,
    act: Callable[[Intake, JobId], Job],
    states: Collection[JobState],
) -> None:
    """Tell jobs by id, or all in these states; one that ends meanwhile is passed over then."""
    if bool(job_ids) == bool(states):
        raise InvalidInputError("Name jobs, or say --all.")
    with intake_of(context.load(data_dir)) as intake:
        if job_ids:
            for job_id in job_ids:
                _say(act(intake, JobId(job_id)))
            return
        for job in intake.catalog.jobs.list_recent(states=states, limit=_MANY):
            try:
                _say(act(intake, job.id))
            except ConflictError as error:
                render.say(str(error))


def _say(job: Job) -> None:
    render.say(f"{job.id} ({job.filename}): {job.state.value}.")
