"""Jobs as clients see them."""

from __future__ import annotations

from collections import Counter

from api.services import Services
from api.views.places import document_url, job_api_url
from schemas.job import Job, JobState
from schemas.outlook import Outlook, Standing
from schemas.wire_jobs import JobProblemView, JobsOverview, JobView


def job_view(services: Services, job: Job) -> JobView:
    """Return a job that its caller may see."""
    problem = job.problem
    now = services.outlook.of(job)
    url = job_api_url(job.id)
    is_published = job.state is JobState.SUCCEEDED
    return JobView(
        id=job.id,
        document_id=job.document_id,
        filename=job.filename,
        state=job.state,
        stage=job.stage,
        progress=job.progress,
        share=now.share if now else 1.0,
        seconds_left=now.seconds_left if now else None,
        standing=now.standing if now else None,
        awaits=now.awaits if now else None,
        created_at=job.created_at,
        updated_at=job.updated_at,
        problem=JobProblemView(problem.code, problem.detail, problem.stage) if problem else None,
        warnings=job.warnings,
        attempt=job.attempt,
        url=url,
        events_url=f"{url}/events",
        document_url=document_url(job.document_id) if is_published else None,
    )


def overview(now: Outlook) -> JobsOverview:
    """Return how far everything is that an outlook tells of, in numbers alone."""
    standings = Counter(one.standing for one in now.jobs)
    return JobsOverview(
        counts=now.counts,
        standings=dict.fromkeys(Standing, 0) | standings,
        n_jobs=sum(now.counts.values()),
        n_over=now.n_over,
        share=now.share,
        seconds_left=now.seconds_left,
    )
