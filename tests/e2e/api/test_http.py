"""What holds for every answer: headers, errors, sessions, logs, health and figures."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from litestar.testing import TestClient

from api.app import create_app
from api.controllers.jobs import job_look
from api.event_stream import iter_events
from fixtures.builders import a_submission
from schemas.job import JobState, Stage
from schemas.settings import ServerSettings
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, School, open_school


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school in demo mode, whose API the pages of another site may call."""
    server = ServerSettings(allowed_origins=("https://portail.example",))
    with open_school(tmp_path_factory.mktemp("demo"), demo=True, server=server) as opened:
        yield opened


ANSWERS = [
    ("GET", "/favicon.ico", 200),
    ("GET", "/v1/tags", 401),
    ("GET", "/v1/nowhere", 404),
    ("GET", "/nowhere", 404),
    ("PATCH", "/v1/search", 405),
    ("GET", "/health/live", 200),
    ("GET", "/schema", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_safe_headers_and_a_request_id(
    school: School, method: str, path: str, status: int
) -> None:
    answer = school.client.request(method, path)

    policy = answer.headers["content-security-policy"]
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in policy
    assert "default-src '" in policy
    assert "unsafe-inline" not in policy
    assert len(answer.headers["x-request-id"]) == 16


@pytest.mark.parametrize(("method", "path", "status"), [row for row in ANSWERS if row[2] >= 400])
def test_every_error_is_a_problem_document(
    school: School, method: str, path: str, status: int
) -> None:
    answer = school.client.request(method, path)

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["instance"]) == (status, path)
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["type"] == f"urn:cordee:problem:{problem['code']}"


def test_a_method_that_is_not_there_names_those_that_are(school: School) -> None:
    assert "POST" in school.client.patch("/v1/search").headers["allow"]


def test_a_caller_s_request_id_is_kept_and_a_strange_one_is_not(school: School) -> None:
    kept = school.client.get("/health/live", headers={"X-Request-ID": "trace-12345678"})
    strange = school.client.get("/health/live", headers={"X-Request-ID": "a b\tc <script>"})

    assert kept.headers["x-request-id"] == "trace-12345678"
    assert strange.headers["x-request-id"] != "a b\tc <script>"


def test_a_crash_says_nothing_of_the_inside(school: School) -> None:
    broken = msgspec.structs.replace(school.services, taxonomy=None)
    app = create_app(school.services.settings, services=broken)

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/v1/tags", headers=school.headers(LEA))

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "NoneType" not in answer.text


def test_the_log_line_holds_no_query_and_no_token(school: School) -> None:
    token = school.token(LEA)
    with structlog.testing.capture_logs() as lines:
        school.client.get(
            "/v1/search?q=divorce%20secret", headers={"Authorization": f"Bearer {token}"}
        )

    line = next(each for each in lines if each["event"] == "request.answered")
    assert line["route"] == "/v1/search"
    assert (line["status"], line["person_id"], line["role"]) == (200, "s-lea", "student")
    assert "divorce" not in json.dumps(lines, default=str)
    assert token not in json.dumps(lines, default=str)


# --- sessions ----------------------------------------------------------------------------------


def cookie_of(demo: School, persona: str) -> str:
    answer = demo.client.post("/v1/demo/session", json={"persona": persona})
    demo.client.cookies.clear()
    return answer.headers["set-cookie"]


def test_a_session_cookie_is_kept_from_scripts_and_other_sites(demo: School) -> None:
    attributes = {part.strip().lower() for part in cookie_of(demo, "s-lea").split(";")[1:]}

    assert {"httponly", "samesite=strict", "path=/"} <= attributes


OURS = "http://testserver.local"
"""Where the test client believes the school to be."""


@pytest.mark.parametrize(
    ("site", "is_ours"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": OURS}, True),
        ({"Origin": OURS}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://www.testserver.local"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_a_cookie_reads_for_everybody_and_writes_for_our_own_pages(
    demo: School, site: dict[str, str], *, is_ours: bool
) -> None:
    headers = {"Cookie": cookie_of(demo, "m-claire").split(";")[0], **site}
    document = demo.publish("sheet:cookie", "Une fiche.")
    path = f"/v1/documents/{document.id}"

    read = demo.client.get(path, headers=headers)
    written = [
        demo.client.put(f"{path}/tags", json={"tags": []}, headers=headers),
        demo.client.post("/v1/search", json={"q": "x"}, headers=headers),
        demo.client.post("/v1/session", headers=headers),
        demo.client.delete(path, headers=headers),
    ]
    demo.client.cookies.clear()

    assert read.status_code == 200
    assert [answer.status_code for answer in written] == (
        [200, 200, 200, 204] if is_ours else [401] * 4
    )


def test_a_header_that_does_not_hold_is_not_saved_by_the_cookie(demo: School) -> None:
    cookie = cookie_of(demo, "m-claire").split(";")[0]

    answer = demo.client.get("/v1/tags", headers={"Cookie": cookie, "Authorization": "Bearer x"})

    assert answer.status_code == 401


def test_a_session_begins_from_a_token_and_ends(school: School) -> None:
    headers = school.headers(KARIM)
    begun = school.client.post("/v1/session", headers=headers)
    ended = school.client.delete("/v1/session")
    school.client.cookies.clear()

    assert begun.json()["caller"] == {
        "person_id": "s-karim",
        "name": "Karim",
        "role": "student",
        "may_ingest": False,
        "may_operate": False,
    }
    assert "cordee_session=" in begun.headers["set-cookie"]
    assert (ended.status_code, "Max-Age=0" in ended.headers["set-cookie"]) == (204, True)


def test_a_persona_can_be_chosen_in_demo_mode(demo: School) -> None:
    personas = demo.client.get("/v1/demo/personas").json()["personas"]
    session = demo.client.post("/v1/demo/session", json={"persona": "m-claire"}).json()
    demo.client.cookies.clear()
    me = demo.client.get("/v1/session", headers={"Authorization": f"Bearer {session['token']}"})

    assert [each["role"] for each in personas] == ["student"] * 2 + ["mentor"] * 2 + ["admin"]
    assert me.json()["caller"]["person_id"] == "m-claire"
    assert demo.client.post("/v1/demo/session", json={"persona": "root"}).status_code == 404


def test_outside_of_demo_mode_there_are_no_personas(school: School) -> None:
    answers = [
        school.client.get("/v1/demo/personas"),
        school.client.post("/v1/demo/session", json={"persona": "admin"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert all("set-cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize(
    ("origin", "is_allowed"), [("https://portail.example", True), ("https://evil.example", False)]
)
def test_only_named_sites_may_call_from_a_browser(
    demo: School, origin: str, *, is_allowed: bool
) -> None:
    answer = demo.client.options(
        "/v1/search",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )

    assert (answer.headers.get("access-control-allow-origin") == origin) == is_allowed
    assert "access-control-allow-credentials" not in answer.headers


# --- jobs as they happen -----------------------------------------------------------------------


def events_of(text: str) -> list[tuple[str, str]]:
    """Return (event, state) of each event of a stream."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])["state"]))
    return found


def start_job(school: School, source: str) -> Any:
    submission = a_submission(source, uploaded_by=CLAIRE.person_id)
    return school.services.catalog.jobs.create(submission, now=school.services.clock())[0]


def test_a_job_is_followed_until_it_is_done(school: School) -> None:
    job = start_job(school, "job:followed")
    jobs, clock = school.services.catalog.jobs, school.services.clock

    def work() -> None:
        jobs.update(job.id, state=JobState.RUNNING, stage=Stage.EXTRACT, progress=0.5, now=clock())
        threading.Event().wait(0.6)
        jobs.update(job.id, state=JobState.SUCCEEDED, stage=Stage.PUBLISH, progress=1, now=clock())

    worker = threading.Timer(0.3, work)
    worker.start()
    answer = school.client.get(f"/v1/jobs/{job.id}/events", headers=school.headers(CLAIRE))
    worker.join()

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events_of(answer.text) == [
        ("progress", "queued"),
        ("progress", "running"),
        ("done", "succeeded"),
    ]


def test_who_has_seen_the_end_is_told_to_stop(school: School) -> None:
    job = start_job(school, "job:over")
    school.services.catalog.jobs.update(job.id, state=JobState.FAILED, now=school.services.clock())
    path = f"/v1/jobs/{job.id}/events"

    first = school.client.get(path, headers=school.headers(CLAIRE))
    (last_id,) = re.findall(r"^id: (\S+)", first.text, flags=re.MULTILINE)
    again = school.client.get(path, headers={**school.headers(CLAIRE), "Last-Event-ID": last_id})

    assert events_of(first.text) == [("done", "failed")]
    assert (again.status_code, again.content) == (204, b"")


def test_a_stream_ends_with_the_session(school: School) -> None:
    job = start_job(school, "job:endless")
    deadline_s = (school.services.clock() + timedelta(seconds=0.5)).timestamp()

    async def collect() -> list[Any]:
        look = job_look(school.services, CLAIRE, job.id)
        events = iter_events(
            school.services, look(), look, last_id="", deadline_s=deadline_s, poll_s=0.1
        )
        return [event async for event in events]

    assert len(asyncio.run(collect())) == 1


def test_all_jobs_together_are_followed_until_none_is_unfinished(tmp_path: Path) -> None:
    with open_school(tmp_path) as school:
        jobs, clock = school.services.catalog.jobs, school.services.clock
        first, second = start_job(school, "job:first"), start_job(school, "job:second")
        jobs.update(first.id, state=JobState.SUCCEEDED, now=clock())

        def work() -> None:
            jobs.update(second.id, state=JobState.FAILED, now=clock())

        worker = threading.Timer(0.3, work)
        worker.start()
        answer = school.client.get("/v1/jobs/events", headers=school.headers(CLAIRE))
        worker.join()

    sent = [json.loads(data) for data in re.findall(r"^data: (.*?)\r?$", answer.text, re.MULTILINE)]
    assert re.findall(r"^event: (\w+)", answer.text, re.MULTILINE) == ["progress", "done"]
    assert [(now["n_over"], now["n_jobs"], now["share"]) for now in sent] == [
        (1, 2, 0.5),
        (2, 2, 1.0),
    ]
    assert sent[0]["counts"] == dict.fromkeys(JobState, 0) | {"queued": 1, "succeeded": 1}
    assert sent[0]["standings"] == {"running": 0, "stalled": 0, "waiting": 1, "paused": 0}
    assert (sent[0]["seconds_left"], sent[1]["seconds_left"]) == (None, 0.0)


def test_a_job_says_how_far_it_is_and_what_it_waits_for(school: School) -> None:
    job = start_job(school, "job:waiting")
    jobs, clock = school.services.catalog.jobs, school.services.clock

    waiting = school.get(CLAIRE, f"/v1/jobs/{job.id}")
    jobs.update(job.id, state=JobState.SUCCEEDED, stage=Stage.PUBLISH, progress=1, now=clock())
    over = school.get(CLAIRE, f"/v1/jobs/{job.id}")

    told = ("standing", "awaits", "share", "seconds_left")
    assert [waiting[name] for name in told] == ["waiting", "worker", 0.0, None]
    assert [over[name] for name in told] == [None, None, 1.0, None]


# --- health ------------------------------------------------------------------------------------


def test_a_ready_service_says_which_parts_answer(school: School) -> None:
    answer = school.client.get("/health/ready")

    checks = {check["name"]: (check["ok"], check["required"]) for check in answer.json()["checks"]}
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert checks == {
        "catalog": (True, True),
        "blobs": (True, True),
        "indexes": (True, True),
        "worker": (False, False),
    }


def test_a_worker_s_sign_of_life_is_seen(demo: School) -> None:
    demo.services.catalog.workers.beat("worker-1", demo.services.clock())

    checks = demo.client.get("/v1/health/ready").json()["checks"]

    assert [check["ok"] for check in checks if check["name"] == "worker"] == [True]


def test_what_does_not_answer_is_named(tmp_path: Path) -> None:
    with open_school(tmp_path) as school:
        school.services.handle.close()
        answer = school.client.get("/health/ready")
        alive = school.client.get("/health/live")

    failed = [check["name"] for check in answer.json()["checks"] if not check["ok"]]
    assert (answer.status_code, alive.status_code) == (503, 200)
    assert "indexes" in failed


def test_figures_tell_queries_whose_vector_was_remembered(school: School) -> None:
    for _ in range(3):
        school.get(LEA, "/v1/search", q="un texte que personne d'autre ne demande")

    figures = school.client.get("/metrics").text

    counts = {
        name: float(line.rsplit(" ", 1)[1])
        for name in ("hit", "miss")
        for line in figures.splitlines()
        if line.startswith(f'cordee_query_vectors_total{{outcome="{name}"}}')
    }
    assert counts["hit"] >= 2
    assert counts["miss"] >= 1
    assert "personne d'autre" not in figures


def test_figures_count_searches_jobs_and_requests_by_route(school: School) -> None:
    school.get(LEA, "/v1/search", q="prix")
    start_job(school, "job:counted")

    figures = school.client.get("/metrics").text

    assert 'cordee_http_requests_total{method="GET",route="/v1/search",status="200"}' in figures
    assert "cordee_search_seconds_bucket" in figures
    assert 'cordee_search_part_seconds_count{part="' in figures
    assert 'cordee_jobs{state="queued"}' in figures
    assert 'cordee_questions{state="open"}' in figures
    assert 'cordee_notices{state="given-up"} 0.0' in figures
    assert "cordee_index_lag_changes 0.0" in figures
    assert "cordee_index_lag_seconds 0.0" in figures
    assert 'cordee_jobs_open{standing="stalled"} 0.0' in figures


def test_operators_have_the_indexes_compared_with_the_catalog(demo: School) -> None:
    demo.publish("compared", "Le devis se relit à deux.")

    found = demo.get(ADMIN, "/v1/indexes/comparison", deep="true")

    assert found["generation"] == demo.services.handle.generation
    assert found["n_passages"] >= 1
    assert (found["differences"], found["is_whole"]) == ([], True)
