"""Jobs, on both databases."""

from datetime import timedelta

import pytest

from fixtures.builders import A_MOMENT, a_revision, a_submission
from indexer.catalog.catalog import Catalog
from schemas.errors import NotFoundError
from schemas.ids import JobId, PersonId
from schemas.job import JobProblem, JobState, Stage

LATER = A_MOMENT + timedelta(minutes=1)
NO_JOB = JobId("j-none")


def test_the_same_bytes_are_one_job(catalog: Catalog) -> None:
    job, is_new = catalog.jobs.create(a_submission(), now=A_MOMENT)

    again, is_new_again = catalog.jobs.create(a_submission(), now=LATER)

    assert (again, is_new, is_new_again) == (job, True, False)


def test_a_new_job_is_queued(catalog: Catalog) -> None:
    job, _ = catalog.jobs.create(a_submission(), now=A_MOMENT)

    assert (job.state, job.stage, job.progress, job.attempt) == (JobState.QUEUED, None, 0.0, 1)
    assert catalog.jobs.get(job.id) == job


def test_a_second_attempt_is_another_job(catalog: Catalog) -> None:
    first, _ = catalog.jobs.create(a_submission(), now=A_MOMENT)

    second, is_new = catalog.jobs.create(a_submission(), attempt=2, now=A_MOMENT)

    assert is_new
    assert second.id != first.id
    assert catalog.jobs.latest_for(a_submission().document_id) == second


def test_a_submission_comes_back(catalog: Catalog) -> None:
    submission = a_submission(tags=("pricing",), title="Prix")
    job, _ = catalog.jobs.create(submission, now=A_MOMENT)

    assert catalog.jobs.submission(job.id) == submission
    assert catalog.jobs.uploaded_by(job.id) == PersonId("m-4")


def test_an_update_leaves_what_is_not_given(catalog: Catalog) -> None:
    job, _ = catalog.jobs.create(a_submission(), now=A_MOMENT)
    catalog.jobs.update(
        job.id, state=JobState.RUNNING, stage=Stage.EXTRACT, warnings=("Un trou.",), now=LATER
    )

    catalog.jobs.update(job.id, progress=0.5, now=LATER)

    found = catalog.jobs.get(job.id)
    assert found is not None
    assert (found.state, found.stage, found.progress) == (JobState.RUNNING, Stage.EXTRACT, 0.5)
    assert (found.warnings, found.updated_at) == (("Un trou.",), LATER)


def test_a_failed_job_says_why(catalog: Catalog) -> None:
    job, _ = catalog.jobs.create(a_submission(), now=A_MOMENT)
    problem = JobProblem("damaged-file", "Page 3 cannot be read.", Stage.EXTRACT)

    catalog.jobs.update(job.id, state=JobState.FAILED, problem=problem, now=LATER)

    found = catalog.jobs.get(job.id)
    assert found is not None
    assert (found.state, found.problem) == (JobState.FAILED, problem)


def test_jobs_are_listed_newest_first(catalog: Catalog) -> None:
    old, _ = catalog.jobs.create(a_submission("a"), now=A_MOMENT)
    new, _ = catalog.jobs.create(a_submission("b"), now=LATER)

    assert catalog.jobs.list_recent() == [new, old]
    assert catalog.jobs.list_recent(limit=1) == [new]


def test_jobs_are_listed_by_state(catalog: Catalog) -> None:
    queued, _ = catalog.jobs.create(a_submission("a"), now=A_MOMENT)
    failed, _ = catalog.jobs.create(a_submission("b"), now=A_MOMENT)
    catalog.jobs.update(failed.id, state=JobState.FAILED, now=LATER)

    assert catalog.jobs.list_recent(states=[JobState.QUEUED]) == [queued]


def test_every_state_is_counted(catalog: Catalog) -> None:
    catalog.jobs.create(a_submission("a"), now=A_MOMENT)
    catalog.jobs.create(a_submission("b"), now=A_MOMENT)

    expected = dict.fromkeys(JobState, 0) | {JobState.QUEUED: 2}
    assert catalog.jobs.counts() == expected


def test_what_is_counted_may_be_recent_or_of_one_person(catalog: Catalog) -> None:
    lea = PersonId("s-lea")
    old, _ = catalog.jobs.create(a_submission("a", uploaded_by=lea), now=A_MOMENT)
    catalog.jobs.update(old.id, state=JobState.FAILED, now=A_MOMENT)
    hers, _ = catalog.jobs.create(a_submission("b", uploaded_by=lea), now=LATER)
    catalog.jobs.create(a_submission("c"), now=LATER)

    recent, of_lea = catalog.jobs.counts(since=LATER), catalog.jobs.counts(uploaded_by=lea)

    assert recent == dict.fromkeys(JobState, 0) | {JobState.QUEUED: 2}
    assert of_lea == dict.fromkeys(JobState, 0) | {JobState.FAILED: 1, JobState.QUEUED: 1}
    assert [one.job for one in catalog.jobs.open_jobs(lea)] == [hers]
    assert len(catalog.jobs.open_jobs()) == 2


def test_work_on_the_same_bytes_is_found_while_it_lasts(catalog: Catalog) -> None:
    job, _ = catalog.jobs.create(a_submission(), now=A_MOMENT)
    during = catalog.jobs.in_progress(a_revision())

    catalog.jobs.update(job.id, state=JobState.SUCCEEDED, now=LATER)

    assert during == job
    assert catalog.jobs.in_progress(a_revision()) is None


def test_a_job_becomes_one_of_the_bytes_that_arrived(catalog: Catalog) -> None:
    ordered = a_submission("https://exemple.fr/a.md", url="https://exemple.fr/a.md")
    job, _ = catalog.jobs.create(ordered, now=A_MOMENT)
    here = a_submission("exchange:ex-1", filename="a.json")

    catalog.jobs.arrived(job.id, here, now=LATER)

    now = catalog.jobs.last_attempt(here.document_id, here.revision)
    assert now is not None
    assert (now.id, now.document_id, now.filename) == (job.id, here.document_id, "a.json")
    assert catalog.jobs.last_attempt(ordered.document_id, ordered.revision) is None
    assert catalog.jobs.submission(job.id) == here


def test_the_last_attempt_is_the_one_of_the_highest_number(catalog: Catalog) -> None:
    sent = a_submission()
    tries = [catalog.jobs.create(sent, attempt=n, now=A_MOMENT)[0] for n in (1, 2, 3)]

    assert catalog.jobs.last_attempt(sent.document_id, sent.revision) == tries[-1]


def test_a_missing_job_is_told(catalog: Catalog) -> None:
    assert catalog.jobs.get(NO_JOB) is None
    assert catalog.jobs.uploaded_by(NO_JOB) is None
    assert catalog.jobs.latest_for(a_submission().document_id) is None
    with pytest.raises(NotFoundError):
        catalog.jobs.submission(NO_JOB)
    with pytest.raises(NotFoundError):
        catalog.jobs.update(NO_JOB, progress=0.5, now=A_MOMENT)
