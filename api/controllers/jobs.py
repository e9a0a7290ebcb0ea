"""Ingestion jobs: where they are, following one, and giving a failed one another try."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection
from itertools import islice
from typing import Annotated, Any, Final

import anyio
import msgspec
from litestar import Request, Response, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath, QueryParameter
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from api.access import may_see_job, visible_job
from api.compression import SENT_AS_IT_IS
from api.dependencies import TheCaller, TheServices
from api.guards import require_ingest
from api.identity import Session
from api.services import Services
from api.views.jobs import job_view
from indexer.intake import retry as retry_job
from schemas.errors import NotFoundError
from schemas.identity import Caller
from schemas.job import OVER, Job, JobState
from schemas.wire import JobList, JobView

POLL_S: Final = 0.25
HEARTBEAT_S: Final = 15.0
"""Proxies close a silent connection after a minute or half a minute."""
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
    return JobList(tuple(job_view(job) for job in jobs))


@get("/jobs/{job_id:str}", sync_to_thread=True, summary="One job")
def get_job(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> JobView:
    """Return the state of a job."""
    return job_view(visible_job(services, caller, job_id))


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
    view = job_view(retry_job(services.intake, visible_job(services, caller, job_id).id))
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
    # The one handler that is not synchronous: it mostly waits, and waiting must cost no thread.
    job = await sync_to_thread(visible_job, services, caller, job_id)
    last_id = request.headers.get("last-event-id", "")
    if job.state in OVER and last_id == event_id(job):
        return Response(None, status_code=204)
    deadline = request.auth.expires_at.timestamp()
    events = iter_events(services, job, last_id=last_id, deadline_s=deadline)
    return ServerSentEvent(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


jobs_router = Router("/", route_handlers=[list_jobs, get_job, retry, follow_job], tags=["jobs"])


def visible_jobs(
    services: Services, caller: Caller, *, states: Collection[JobState], limit: int
) -> list[Job]:
    """Return the newest jobs that the caller may see; only of these states if any are given."""
    newest = services.catalog.jobs.list_recent(states=states, limit=_SCANNED)
    visible = (job for job in newest if may_see_job(services, caller, job))
    return list(islice(visible, limit))


async def iter_events(
    services: Services, job: Job, *, last_id: str, deadline_s: float
) -> AsyncIterator[ServerSentEventMessage]:
    """Yield an event for each change of a job until it is over, and comments in between.

    Args:
        services: Where the job is read from.
        job: As it is now.
        last_id: Id of the last event that the client has, if any.
        deadline_s: When the caller's session ends, in seconds since 1970.
    """
    sent, quiet_since = last_id, time.monotonic()
    while services.clock().timestamp() < deadline_s:
        if event_id(job) != sent:
            sent, quiet_since = event_id(job), time.monotonic()
            yield _event(job)
        if job.state in OVER:
            return
        if time.monotonic() - quiet_since > HEARTBEAT_S:
            quiet_since = time.monotonic()
            yield ServerSentEventMessage(data=None, comment="still there")
        await anyio.sleep(POLL_S)
        try:
            job = await sync_to_thread(_read, services, job)
        except NotFoundError:
            return


def event_id(job: Job) -> str:
    """Return what tells one state of a job from the next."""
    stage = job.stage.value if job.stage is not None else ""
    return f"{job.state.value}.{stage}.{job.progress:.4f}"


def _event(job: Job) -> ServerSentEventMessage:
    name = "done" if job.state in OVER else "progress"
    return ServerSentEventMessage(
        data=msgspec.json.encode(job_view(job)), event=name, id=event_id(job)
    )


def _read(services: Services, job: Job) -> Job:
    now = services.catalog.jobs.get(job.id)
    if now is None:
        raise NotFoundError("The job is gone.")
    return now
