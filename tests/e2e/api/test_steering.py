"""Jobs told what to do over HTTP; what the queue then does is tested with the real engine."""

from __future__ import annotations

from typing import Any

from schemas.identity import Caller
from schemas.job import JobState
from tests.e2e.api.school import CLAIRE, LEA, School


def tell(school: School, job_id: str, act: str, caller: Caller = CLAIRE) -> Any:
    return school.client.post(f"/v1/jobs/{job_id}/{act}", headers=school.headers(caller))


def an_upload(school: School, name: str) -> str:
    answer = school.client.post(
        "/v1/documents",
        headers=school.headers(CLAIRE),
        files={"file": (f"{name}.md", f"# {name}".encode(), "text/markdown")},
    )
    job_id: str = answer.json()["job"]["id"]
    return job_id


def test_a_job_waits_goes_on_goes_first_and_ends(school: School) -> None:
    job_id = an_upload(school, "pas-a-pas")

    states = [
        tell(school, job_id, act).json()["state"] for act in ("pause", "resume", "prioritize")
    ]
    ended = tell(school, job_id, "cancel")

    assert states == ["paused", "queued", "queued"]
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")
    assert school.queue.held.count(job_id) == 3
    assert (job_id, True) in school.queue.resumed
    again = tell(school, job_id, "retry").json()
    assert (again["state"], again["attempt"]) == ("queued", 2)


def test_what_is_over_cannot_be_paused(school: School) -> None:
    job_id = an_upload(school, "finie")
    school.services.catalog.jobs.update(
        job_id, state=JobState.SUCCEEDED, now=school.services.clock()
    )

    answer = tell(school, job_id, "pause")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_students_tell_jobs_nothing(school: School) -> None:
    job_id = an_upload(school, "privee")

    refused = {tell(school, job_id, act, LEA).status_code for act in ("cancel", "pause")}

    assert refused == {403}


def test_a_document_is_worked_on_again_from_a_known_stage(school: School) -> None:
    document = school.publish("a-refaire", "Un texte à refaire.")
    school.add_job(document)
    path = f"/v1/documents/{document.id}/rerun"

    bad = school.client.post(path, json={"start": "publish"}, headers=school.headers(CLAIRE))
    good = school.client.post(path, json={"start": "enrich"}, headers=school.headers(CLAIRE))
    busy = school.client.post(path, json={"start": "enrich"}, headers=school.headers(CLAIRE))

    assert bad.status_code == 400
    assert (good.status_code, good.json()["attempt"]) == (202, 2)
    assert busy.status_code == 409
    submission = school.services.catalog.jobs.submission(good.json()["id"])
    assert submission.start == "enrich"
