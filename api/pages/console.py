"""The mentors' console: adding documents, and following what becomes of them."""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.params import FromPath

from api.access import visible_job
from api.controllers.jobs import visible_overview
from api.dependencies import TheServices
from api.pages.addresses import SearchAddress
from api.pages.jobs import STAGES, card_of, newest_cards
from api.pages.mentoring import mentoring_handlers
from api.pages.rendering import render_page
from api.pages.status import status_view
from api.pages.tagging import tag_groups
from api.pages.visit import AnyRequest, Html, Visit, for_mentors
from schemas.document import DocumentKind, Visibility
from schemas.job import JobState

N_NEWEST: Final = 10
"""Jobs below the form: what one has just added, not a history."""
N_LISTED: Final = 50


@get("/console", include_in_schema=False, sync_to_thread=True)
def show_console(services: TheServices, request: AnyRequest) -> Html:
    """Show the form that takes documents, and the newest jobs below it."""
    return for_mentors(services, request, _add)


@get("/console/jobs", include_in_schema=False, sync_to_thread=True)
def show_jobs(services: TheServices, request: AnyRequest) -> Html:
    """Show the newest jobs, all of them or those in one state."""
    return for_mentors(services, request, _jobs)


@get("/console/jobs/{job_id:str}", include_in_schema=False, sync_to_thread=True)
def show_job(services: TheServices, request: AnyRequest, job_id: FromPath[str]) -> Html:
    """Show one job: scripts take its card from here, so that nothing is drawn in two places."""
    return for_mentors(services, request, lambda visit: _job(visit, job_id))


@get("/console/status", include_in_schema=False, sync_to_thread=True)
def show_status(services: TheServices, request: AnyRequest) -> Html:
    """Show whether every part of the service answers, and its figures."""
    return for_mentors(services, request, _status)


console_handlers: Final = (show_console, show_jobs, show_job, show_status, *mentoring_handlers)


def _add(visit: Visit) -> Html:
    services, _, visitor, _ = visit
    return render_page(
        "console/add.html",
        visitor,
        address=SearchAddress(),
        tab="add",
        kinds=tuple(DocumentKind),
        visibilities=tuple(reversed(Visibility)),  # what most documents are comes first
        tag_groups=tag_groups(services.taxonomy, visitor.t),
        max_bytes=services.settings.ingestion.max_upload_bytes,
        cards=newest_cards(visit, states=(), limit=N_NEWEST),
        stages=STAGES,
        states=tuple(JobState),
        state=None,
    )


def _jobs(visit: Visit) -> Html:
    state = _state(str(visit.request.query_params.get("state", "")))
    return render_page(
        "console/jobs.html",
        visit.visitor,
        address=SearchAddress(),
        tab="jobs",
        now=visible_overview(visit.services, visit.caller),
        cards=newest_cards(visit, states=(state,) if state else (), limit=N_LISTED),
        stages=STAGES,
        states=tuple(JobState),
        state=state,
    )


def _job(visit: Visit, job_id: str) -> Html:
    job = visible_job(visit.services, visit.caller, job_id)
    return render_page(
        "console/job.html",
        visit.visitor,
        address=SearchAddress(),
        tab="jobs",
        cards=[card_of(visit, job)],
        stages=STAGES,
    )


def _status(visit: Visit) -> Html:
    return render_page(
        "console/status.html",
        visit.visitor,
        address=SearchAddress(),
        tab="status",
        seen=status_view(visit.services),
    )


def _state(text: str) -> JobState | None:
    """Return the state that ``?state=`` names; what is none is passed over."""
    try:
        return JobState(text)
    except ValueError:
        return None
