"""Jobs as clients see them."""

from __future__ import annotations

from api.views.places import document_url, job_api_url
from schemas.job import Job, JobState
from schemas.wire import JobProblemView, JobView


def job_view(job: Job) -> JobView:
    """Return a job that its caller may see."""
    problem = job.problem
    url = job_api_url(job.id)
    is_published = job.state is JobState.SUCCEEDED
    return JobView(
        id=job.id,
        document_id=job.document_id,
        filename=job.filename,
        state=job.state,
        stage=job.stage,
        progress=job.progress,
        created_at=job.created_at,
        updated_at=job.updated_at,
        problem=JobProblemView(problem.code, problem.detail, problem.stage) if problem else None,
        warnings=job.warnings,
        attempt=job.attempt,
        url=url,
        events_url=f"{url}/events",
        document_url=document_url(job.document_id) if is_published else None,
    )
