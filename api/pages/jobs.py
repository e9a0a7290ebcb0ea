"""Ingestion jobs as cards: what came in, how far it is, what went wrong and what can be done."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from api.controllers.jobs import visible_jobs
from api.pages.remarks import remark
from api.pages.texts import Texts
from api.pages.visit import Visit
from api.services import Services
from api.views.jobs import job_view
from schemas.document import Document, Submission, Visibility
from schemas.job import ACTIVE, ENDED_BADLY, Job, JobState, Stage
from schemas.outlook import Standing
from schemas.wire_jobs import JobView

STAGES: Final = tuple(Stage)
_ACTS: Final = {
    JobState.QUEUED: ("prioritize", "pause", "cancel"),
    JobState.RUNNING: ("pause", "cancel"),
    JobState.PAUSED: ("resume", "cancel"),
}
_OTHER_PROBLEM: Final = "js.problem.internal"


class JobCard(msgspec.Struct, frozen=True):
    """One job as its card shows it."""

    job: JobView
    title: str
    """Of the published document; until then of the submission, or its file's name."""
    is_published: bool
    """False also for a document that was deleted since."""
    visibility: Visibility | None
    """Who may see it, or shall see it; ``None`` while only the file can tell."""
    n_done: int
    """Stages that are over."""
    problem: str
    """Key of the sentence that says why it failed; empty when it did not."""
    waits: str
    """Key of the sentence that says what it waits for, or that it has stalled; else empty."""
    remarks: tuple[str, ...]
    may_retry: bool
    acts: tuple[str, ...]
    """What can be done with it while it is not over: names of routes and of sentences."""

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being worked on."""
        return self.job.state in ACTIVE


def newest_cards(visit: Visit, *, states: Collection[JobState], limit: int) -> list[JobCard]:
    """Return the newest jobs that the caller may see, newest first."""
    services = visit.services
    jobs = visible_jobs(services, visit.caller, states=states, limit=limit)
    documents = services.catalog.documents.get_many({job.document_id for job in jobs})
    return [_card(services, job, documents.get(job.document_id), visit.visitor.t) for job in jobs]


def card_of(visit: Visit, job: Job) -> JobCard:
    """Return the card of a job that ``visible_job`` has let through."""
    document = visit.services.catalog.documents.get(job.document_id)
    return _card(visit.services, job, document, visit.visitor.t)


def _card(services: Services, job: Job, document: Document | None, t: Texts) -> JobCard:
    submission = services.catalog.jobs.submission(job.id)
    is_published = job.state is JobState.SUCCEEDED and document is not None
    view = job_view(services, job)
    return JobCard(
        job=view,
        title=document.title if is_published and document else submission.title or job.filename,
        is_published=is_published,
        visibility=_visibility(submission, document),
        n_done=_n_done(job),
        problem=_problem_key(job, t),
        waits=_waits_key(view),
        remarks=tuple(remark(warning, t) for warning in job.warnings),
        may_retry=job.state in ENDED_BADLY and _is_latest(services, job),
        acts=_ACTS.get(job.state, ()),
    )


def _visibility(submission: Submission, document: Document | None) -> Visibility | None:
    return document.visibility if document is not None else submission.visibility


def _n_done(job: Job) -> int:
    if job.state is JobState.SUCCEEDED:
        return len(STAGES)
    return STAGES.index(job.stage) if job.stage is not None else 0


def _problem_key(job: Job, t: Texts) -> str:
    if job.problem is None:
        return ""
    key = f"js.problem.{job.problem.code}"
    return key if t.has(key) else _OTHER_PROBLEM


def _waits_key(job: JobView) -> str:
    if job.standing is Standing.STALLED:
        return "job.stalled"
    return f"job.awaits.{job.awaits}" if job.awaits else ""


def _is_latest(services: Services, job: Job) -> bool:
    """Tell whether nothing came after this try: a newer one is what to look at then."""
    latest = services.catalog.jobs.latest_for(job.document_id)
    return latest is None or latest.id == job.id
