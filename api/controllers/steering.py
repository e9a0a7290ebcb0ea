"""Telling ingestion jobs what to do: stop, wait, go on, go first; and a document to be redone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from litestar import Response, Router, post
from litestar.params import FromPath, JSONBody

from api.access import visible_document, visible_job
from api.dependencies import TheCaller, TheServices
from api.guards import require_ingest
from api.services import Services
from api.views.jobs import job_view
from indexer import steering
from indexer.intake import Intake
from schemas.identity import Caller
from schemas.ids import JobId
from schemas.job import Job, Stage
from schemas.wire_jobs import JobView


class Rerun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which stage is the first to work anew: ``extract``, ``segment``, ``encode``, ``enrich``."""

    start: Stage = Stage.EXTRACT


@post(
    "/jobs/{job_id:str}/cancel",
    sync_to_thread=True,
    status_code=200,
    guards=[require_ingest],
    summary="Cancel a job",
)
def cancel(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> JobView:
    """End a job that is not over; a running stage ends within seconds, the original stays.

    Raises:
        ConflictError: If it is over.
    """
    return _steered(services, caller, job_id, steering.cancel)


@post(
    "/jobs/{job_id:str}/pause",
    sync_to_thread=True,
    status_code=200,
    guards=[require_ingest],
    summary="Pause a job",
)
def pause(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> JobView:
    """Let a job wait, with what its finished stages made, until it is resumed.

    Raises:
        ConflictError: If it is over, or waits already.
    """
    return _steered(services, caller, job_id, steering.pause)


@post(
    "/jobs/{job_id:str}/resume",
    sync_to_thread=True,
    status_code=200,
    guards=[require_ingest],
    summary="Let a paused job go on",
)
def resume(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> JobView:
    """Let a paused job go on after its last finished stage.

    Raises:
        ConflictError: If it is not paused.
    """
    return _steered(services, caller, job_id, steering.resume)


@post(
    "/jobs/{job_id:str}/prioritize",
    sync_to_thread=True,
    status_code=200,
    guards=[require_ingest],
    summary="Put a waiting job first",
)
def prioritize(services: TheServices, caller: TheCaller, job_id: FromPath[str]) -> JobView:
    """Let a waiting job go before all others.

    Raises:
        ConflictError: If it does not wait.
    """
    return _steered(services, caller, job_id, steering.prioritize)


@post(
    "/documents/{document_id:str}/rerun",
    sync_to_thread=True,
    status_code=202,
    guards=[require_ingest],
    summary="Work on a document again",
)
def rerun(
    services: TheServices, caller: TheCaller, document_id: FromPath[str], data: JSONBody[Rerun]
) -> Response[JobView]:
    """Work on a published document again, from a stage on; corrections and decisions stay.

    Raises:
        InvalidInputError: If no document is worked on again from this stage.
        ConflictError: If a job works on it already.
    """
    document = visible_document(services, caller, document_id)
    view = job_view(services, steering.rerun(services.intake, document.id, start=data.start))
    return Response(view, status_code=202, headers={"Location": view.url})


def _steered(
    services: Services, caller: Caller, job_id: str, act: Callable[[Intake, JobId], Job]
) -> JobView:
    return job_view(services, act(services.intake, visible_job(services, caller, job_id).id))


steering_router: Final = Router(
    "/", route_handlers=[cancel, pause, resume, prioritize, rerun], tags=["jobs"]
)
