"""Ingestion jobs: where they are, following one, and giving a failed one another try."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from itertools import islice
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from api.access import may_see_job, visible_job
from api.compression import SENT_AS_IT_IS
from api.dependencies import TheCaller, TheServices
from api.event_stream import Seen, follow
from api.guards import require_ingest
from api.identity import Session
from api.services import Services
from api.views.jobs import job_view, overview
from indexer.intake import retry as retry_job
from indexer.outlook import read_outlook
from schemas.identity import Caller
from schemas.ids import PersonId
from schemas.job import OVER, Job, JobState
from schemas.wire_jobs import JobList, JobsOverview, JobView

POLL_S: Final = 0.25
OVERVIEW_POLL_S: Final = 1.0
_SCANNED: Final = 500
"""Newest jobs looked at for a list; what the caller may not see is left out of them."""


@get("/jobs", sync_to_thread=True, summary="Jobs, newest first")
def list_jobs(
    services: TheServices,
    caller: TheCaller,
    states: Annotated[list[JobState] | None, QueryParameter(name="state")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
) -> JobList:
    """List the newest jobs that the caller may see."""
    jobs = visible_jobs(services, caller, states=tuple(states or ()), limit=limit)
    return JobList(tuple(job_view(services, job) for job in jobs))


@get("/jobs/{job_id:str}", sync_to_thread=True, summary="One job")
def get_job(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> JobView:
    """Return the state of a job."""
    return job_view(services, visible_job(services, caller, job_id))


@post(
    "/jobs/{job_id:str}/retry",
    sync_to_thread=True,
    status_code=202,
    guards=[require_ingest],
    summary="Try a failed job again",
)
def retry(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> Response[JobView]:
    """Start another try with the original that was kept.

    Raises:
        ConflictError: If the job neither failed nor was cancelled.
    """
    again = retry_job(services.intake, visible_job(services, caller, job_id).id)
    view = job_view(services, again)
    return Response(view, status_code=202, headers={"Location": view.url})


@get(
    "/jobs/{job_id:str}/events",
    summary="Follow a job",
    media_type="text/event-stream",
    opt={SENT_AS_IT_IS: True},
)
async def follow_job(
    services: TheServices,
    caller: TheCaller,
    request: Request[Caller, Session, Any],
    job_id: FromPath[str],
) -> Response[Any]:
    """Send ``progress`` events as the job changes, then ``done``, as server-sent events.

    Each carries the job as ``GET /jobs/{id}`` returns it. A browser that reconnects after
    ``done`` gets 204, which tells it to stop.
    """
    return await follow(services, request, job_look(services, caller, job_id), poll_s=POLL_S)


@get(
    "/jobs/events",
    summary="Follow all jobs together",
    media_type="text/event-stream",
    opt={SENT_AS_IT_IS: True},
)
async def follow_jobs(
    services: TheServices, caller: TheCaller, request: Request[Caller, Session, Any]
) -> Response[Any]:
    """Send ``progress`` events as work goes on, then ``done`` when no job is unfinished.

    Each carries numbers: jobs by state, the share that is done, the time left. Students are told
    of what they sent themselves, everybody else of all there is.
    """

    def look() -> Seen:
        now = visible_overview(services, caller)
        data = msgspec.json.encode(now)
        is_over = now.n_over == now.n_jobs
        return Seen(hashlib.sha256(data).hexdigest()[:16], data, is_over)

    return await follow(services, request, look, poll_s=OVERVIEW_POLL_S)


jobs_router = Router(
    "/", route_handlers=[list_jobs, get_job, retry, follow_job, follow_jobs], tags=["jobs"]
)


def visible_jobs(
    services: Services, caller: Caller, *, states: Collection[JobState], limit: int
) -> list[Job]:
    """Return the newest jobs that the caller may see; only of these states if any are given."""
    newest = services.catalog.jobs.list_recent(states=states, limit=_SCANNED)
    visible = (job for job in newest if may_see_job(services, caller, job))
    return list(islice(visible, limit))


def visible_overview(services: Services, caller: Caller) -> JobsOverview:
    """Return how far all jobs together are that the caller may know of."""
    own = None
    if not caller.may_ingest:
        # Whoever is nobody sent nothing.
        own = caller.person_id or PersonId("")
    return overview(read_outlook(services.settings, services.catalog, uploaded_by=own))


def job_look(services: Services, caller: Caller, job_id: str) -> Callable[[], Seen]:
    """Return what sees how a job is now; only while the caller may see it."""

    def look() -> Seen:
        job = visible_job(services, caller, job_id)
        view = job_view(services, job)
        return Seen(event_id(view), msgspec.json.encode(view), is_over=job.state in OVER)

    return look


def event_id(job: JobView) -> str:
    """Return what tells one state of a job from the next."""
    return f"{job.state}.{job.stage or ''}.{job.progress:.4f}.{job.standing or ''}"
