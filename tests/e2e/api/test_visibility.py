"""For every role and every route that returns content: what is private stays private.

Three documents with words of their own, eight kinds of caller, every route. What a caller may
not see answers exactly as what does not exist, and its words appear in no answer at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import pytest
from httpx import Response

from fixtures.builders import a_submission
from schemas.document import Document, DocumentKind, Visibility
from schemas.ids import JobId
from schemas.job import JobState
from tests.e2e.api.school import (
    ADMIN,
    CLAIRE,
    KARIM,
    LEA,
    SERVICE,
    YOUSSEF,
    School,
    exchange_of,
    open_school,
)

STAFF: Final = frozenset({"claire", "youssef", "admin", "service"})
SIGNED_IN: Final = {
    "lea": LEA,
    "karim": KARIM,
    "claire": CLAIRE,
    "youssef": YOUSSEF,
    "admin": ADMIN,
    "service": SERVICE,
}
MAY_SEE: Final = {
    "private": STAFF | {"lea"},
    "mentors": STAFF,
    "public": frozenset(SIGNED_IN),
}
MISSING: Final = "d-00000000000000000000"
MISSING_JOB: Final = "j-00000000000000000000-000000000000"


class Case(msgspec.Struct, frozen=True):
    """One of the three documents, with its job and the word that only it holds."""

    document: Document
    job_id: JobId
    word: str


@pytest.fixture(scope="session")
def cases(school: School) -> dict[str, Case]:
    private = exchange_of(
        school,
        "exchange:private",
        "Le mot zanzibar ne doit jamais sortir de cet échange.",
        title="Zanzibar entre nous",
        filename="zanzibar.json",
    )
    mentors = school.publish(
        "sheet:mentors",
        "Le mot ouagadougou reste entre mentors.",
        title="Ouagadougou pour mentors",
        kind=DocumentKind.SHEET,
        visibility=Visibility.MENTORS,
        filename="ouagadougou.pdf",
    )
    public = school.publish(
        "sheet:public",
        "Le mot valparaiso est pour tout le monde.",
        title="Valparaiso pour tous",
        kind=DocumentKind.SHEET,
        visibility=Visibility.STUDENTS,
        filename="valparaiso.pdf",
    )
    return {
        "private": Case(private, school.add_job(private), "zanzibar"),
        "mentors": Case(mentors, school.add_job(mentors), "ouagadougou"),
        "public": Case(public, school.add_job(public), "valparaiso"),
    }


Ask = Callable[[School, Case, dict[str, str]], Response]


def by_id(suffix: str, method: str = "GET") -> Ask:
    def ask(school: School, case: Case, headers: dict[str, str]) -> Response:
        path = f"/v1/documents/{case.document.id}{suffix}"
        return school.client.request(method, path, headers=headers)

    return ask


def by_job(suffix: str = "") -> Ask:
    def ask(school: School, case: Case, headers: dict[str, str]) -> Response:
        return school.client.get(f"/v1/jobs/{case.job_id}{suffix}", headers=headers)

    return ask


def by_list(path: str) -> Ask:
    def ask(school: School, case: Case, headers: dict[str, str]) -> Response:
        return school.client.get(path.format(word=case.word), headers=headers)

    return ask


def search_by_body(school: School, case: Case, headers: dict[str, str]) -> Response:
    return school.client.post("/v1/search", json={"q": case.word}, headers=headers)


def search_several(school: School, case: Case, headers: dict[str, str]) -> Response:
    searches = [{"q": "rien de tel", "per_page": 1}, {"q": case.word}]
    return school.client.post("/v1/multi-search", json={"searches": searches}, headers=headers)


def check_question(school: School, case: Case, headers: dict[str, str]) -> Response:
    return school.client.post("/v1/questions/check", json={"text": case.word}, headers=headers)


def judge(school: School, case: Case, headers: dict[str, str]) -> Response:
    body = {"document_id": case.document.id, "value": "useful", "q": case.word}
    return school.client.post("/v1/judgments", json=body, headers=headers)


def judge_and_list(school: School, case: Case, headers: dict[str, str]) -> Response:
    judge(school, case, headers)
    return school.client.get("/v1/judgments?per_page=50", headers=headers)


def keep(school: School, case: Case, headers: dict[str, str]) -> Response:
    return school.client.put(f"/v1/saved/{case.document.id}", headers=headers)


def keep_and_list(school: School, case: Case, headers: dict[str, str]) -> Response:
    keep(school, case, headers)
    return school.client.get("/v1/saved?per_page=50", headers=headers)


BY_ID: Final[dict[tuple[str, str], Ask]] = {
    ("GET", "/v1/documents/{document_id:str}"): by_id(""),
    ("GET", "/v1/documents/{document_id:str}/content"): by_id("/content"),
    ("GET", "/v1/documents/{document_id:str}/transcript"): by_id("/transcript"),
    ("GET", "/v1/documents/{document_id:str}/media"): by_id("/media"),
    ("HEAD", "/v1/documents/{document_id:str}/media"): by_id("/media", "HEAD"),
    ("GET", "/v1/documents/{document_id:str}/poster"): by_id("/poster"),
    ("HEAD", "/v1/documents/{document_id:str}/poster"): by_id("/poster", "HEAD"),
    ("GET", "/v1/documents/{document_id:str}/thumbnails"): by_id("/thumbnails"),
    ("HEAD", "/v1/documents/{document_id:str}/thumbnails"): by_id("/thumbnails", "HEAD"),
    ("GET", "/v1/documents/{document_id:str}/thumbnails.vtt"): by_id("/thumbnails.vtt"),
    ("GET", "/v1/documents/{document_id:str}/pages/{number:int}"): by_id("/pages/1"),
    ("HEAD", "/v1/documents/{document_id:str}/pages/{number:int}"): by_id("/pages/1", "HEAD"),
    ("GET", "/v1/documents/{document_id:str}/original"): by_id("/original"),
    ("HEAD", "/v1/documents/{document_id:str}/original"): by_id("/original", "HEAD"),
    ("GET", "/v1/documents/{document_id:str}/replies"): by_id("/replies"),
    ("GET", "/v1/documents/{document_id:str}/similar"): by_id("/similar"),
    ("POST", "/v1/judgments"): judge,
    ("PUT", "/v1/saved/{document_id:str}"): keep,
}
"""Answer 200 to whoever may see the document, else 404."""
BY_JOB: Final[dict[tuple[str, str], Ask]] = {
    ("GET", "/v1/jobs/{job_id:str}"): by_job(),
    ("GET", "/v1/jobs/{job_id:str}/events"): by_job("/events"),
}
"""Answer 200 to staff, else 404: students see the jobs of their own uploads only."""
LISTS: Final[dict[tuple[str, str], Ask]] = {
    ("GET", "/v1/search"): by_list("/v1/search?q={word}&per_page=50"),
    ("POST", "/v1/search"): search_by_body,
    ("POST", "/v1/multi-search"): search_several,
    ("GET", "/v1/recommendations"): by_list("/v1/recommendations?q={word}&limit=50"),
    ("POST", "/v1/questions/check"): check_question,
    ("GET", "/v1/suggest"): by_list("/v1/suggest?q={word}"),
    ("GET", "/v1/documents"): by_list("/v1/documents?per_page=50"),
    ("GET", "/v1/judgments"): judge_and_list,
    ("GET", "/v1/saved"): keep_and_list,
}
"""Answer 200 to everybody signed in, with only what they may see."""
JOB_LISTS: Final[dict[tuple[str, str], Ask]] = {("GET", "/v1/jobs"): by_list("/v1/jobs?limit=200")}
WRITES: Final = {
    ("POST", "/v1/documents"),
    ("POST", "/v1/uploads"),
    ("HEAD", "/v1/uploads/{upload_id:str}"),
    ("PATCH", "/v1/uploads/{upload_id:str}"),
    ("DELETE", "/v1/uploads/{upload_id:str}"),
    ("DELETE", "/v1/documents/{document_id:str}"),
    ("PUT", "/v1/documents/{document_id:str}/tags"),
    ("PUT", "/v1/documents/{document_id:str}/visibility"),
    ("GET", "/v1/documents/{document_id:str}/restrictions"),
    ("POST", "/v1/documents/{document_id:str}/restrictions"),
    ("DELETE", "/v1/documents/{document_id:str}/restrictions/{restriction_id:str}"),
    ("PUT", "/v1/documents/{document_id:str}/utterances/{ordinal:int}"),
    ("GET", "/v1/documents/{document_id:str}/speakers"),
    ("PUT", "/v1/documents/{document_id:str}/speakers/{speaker_id:str}"),
    ("DELETE", "/v1/documents/{document_id:str}/speakers/{speaker_id:str}"),
    ("GET", "/v1/sharings"),
    ("GET", "/v1/documents/{document_id:str}/sharing"),
    ("POST", "/v1/documents/{document_id:str}/sharing"),
    ("DELETE", "/v1/documents/{document_id:str}/sharing"),
    ("PUT", "/v1/documents/{document_id:str}/sharing/decisions"),
    ("POST", "/v1/documents/{document_id:str}/sharing/confirm"),
    ("POST", "/v1/jobs/{job_id:str}/retry"),
    ("POST", "/v1/jobs/{job_id:str}/cancel"),
    ("POST", "/v1/jobs/{job_id:str}/pause"),
    ("POST", "/v1/jobs/{job_id:str}/resume"),
    ("POST", "/v1/jobs/{job_id:str}/prioritize"),
    ("POST", "/v1/documents/{document_id:str}/rerun"),
    ("PUT", "/v1/synonyms/{synonym_id:str}"),
    ("DELETE", "/v1/synonyms/{synonym_id:str}"),
    ("GET", "/v1/experiments"),
    ("POST", "/v1/experiments"),
    ("POST", "/v1/experiments/{name:str}/stop"),
    ("GET", "/v1/indexes/comparison"),
}
"""Refused to students whatever the id; covered below."""
PROFILES: Final = {
    ("GET", "/v1/profiles/{person_id:str}"),
    ("PUT", "/v1/profiles/{person_id:str}"),
}
"""Of a person, not of a document; covered below."""
FORGET: Final = {("DELETE", "/v1/saved/{document_id:str}")}
"""Take away what is the caller's own, and answer the same whatever the id; covered below."""
MENTORS_ONLY: Final = {
    ("GET", "/v1/gaps"),
    ("GET", "/v1/students/{person_id:str}/questions"),
    ("GET", "/v1/answers"),
}
"""What mentors see of people; covered below and in ``test_mentors.py``."""
QUESTION_ACTS: Final = ("seen", "assign", "answer", "close", "reopen")
QUESTIONS: Final = {
    ("GET", "/v1/questions"),
    ("POST", "/v1/questions"),
    ("GET", "/v1/questions/{question_id:str}"),
    *(("POST", f"/v1/questions/{{question_id:str}}/{act}") for act in QUESTION_ACTS),
}
"""Of a question, not of a document; covered below and in ``test_questions.py``."""
OVERVIEW: Final = {("GET", "/v1/jobs/events")}
"""Numbers about jobs, of their own for students; covered below."""
NO_CONTENT: Final = {
    ("POST", "/v1/events"),
    ("POST", "/v1/hooks/documents"),
    ("GET", "/v1/tags"),
    ("GET", "/v1/synonyms"),
    ("GET", "/v1/session"),
    ("POST", "/v1/session"),
    ("DELETE", "/v1/session"),
    ("GET", "/v1/demo/personas"),
    ("POST", "/v1/demo/session"),
    ("GET", "/health/live"),
    ("GET", "/v1/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/v1/health/ready"),
    ("GET", "/metrics"),
    ("GET", "/v1/metrics"),
    ("GET", "/schema"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/schema/{path:str}"),
    ("POST", "/session"),
    ("GET", "/favicon.ico"),
    ("GET", "/assets/{path:path}"),
}
"""Hold nothing that anybody said or wrote."""

PAGES: Final = {
    ("GET", "/"),
    ("GET", "/documents/{document_id:str}"),
    ("GET", "/questions"),
    ("GET", "/questions/new"),
    ("GET", "/questions/{question_id:str}"),
}
"""Read by the cookie; the same claims about them are in ``test_pages.py`` and
``test_asking_pages.py``."""
SHARE_PARTS: Final = ("", "/decisions", "/confirm", "/withdraw")
CONSOLE: Final = {
    ("GET", "/console"),
    ("GET", "/console/jobs"),
    ("GET", "/console/jobs/{job_id:str}"),
    ("GET", "/console/status"),
    ("GET", "/console/gaps"),
    ("GET", "/console/students"),
    ("GET", "/console/students/{person_id:str}"),
    ("GET", "/console/answers"),
    ("GET", "/console/experiments"),
    ("GET", "/console/questions"),
    ("GET", "/documents/{document_id:str}/edit"),
    ("GET", "/documents/{document_id:str}/share"),
    *(("POST", f"/documents/{{document_id:str}}/share{part}") for part in SHARE_PARTS),
}
"""Pages that only mentors get; who else asks is refused in ``test_console.py``,
``test_editing.py``, ``test_sharing_page.py`` and ``test_asking_pages.py``."""

EVERY: Final = BY_ID | BY_JOB | LISTS | JOB_LISTS


def headers_of(school: School, who: str) -> dict[str, str]:
    if who == "anonymous":
        return {}
    if who == "expired":
        return school.headers(ADMIN, ttl_s=-1)
    return school.headers(SIGNED_IN[who])


def comparable(answer: Response) -> dict[str, Any]:
    """Return a problem without what names the request itself."""
    return {k: v for k, v in answer.json().items() if k not in {"instance", "request_id"}}


def test_every_route_of_the_application_is_in_this_file(school: School) -> None:
    served = {
        (str(method), route.path)
        for route in school.client.app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }

    of_people = PROFILES | QUESTIONS | MENTORS_ONLY | OVERVIEW
    assert served == set(EVERY) | WRITES | of_people | FORGET | NO_CONTENT | PAGES | CONSOLE


@pytest.mark.parametrize("who", ["anonymous", "expired"])
@pytest.mark.parametrize("route", EVERY, ids=" ".join)
@pytest.mark.parametrize("name", MAY_SEE)
def test_nobody_sees_anything_without_a_valid_token(
    school: School, cases: dict[str, Case], route: tuple[str, str], who: str, name: str
) -> None:
    answer = EVERY[route](school, cases[name], headers_of(school, who))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("who", SIGNED_IN)
@pytest.mark.parametrize("route", BY_ID | BY_JOB, ids=" ".join)
@pytest.mark.parametrize("name", MAY_SEE)
def test_what_one_may_not_see_answers_as_what_does_not_exist(
    school: School, cases: dict[str, Case], route: tuple[str, str], who: str, name: str
) -> None:
    allowed = STAFF if route in BY_JOB else MAY_SEE[name]
    ask, headers = EVERY[route], headers_of(school, who)

    answer = ask(school, cases[name], headers)

    if who in allowed:
        assert answer.status_code == 200, answer.text
        return
    ghost = msgspec.structs.replace(
        cases[name],
        document=msgspec.structs.replace(cases[name].document, id=MISSING),
        job_id=MISSING_JOB,
    )
    nothing = ask(school, ghost, headers)
    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert set(answer.headers) == set(nothing.headers)
    if route[0] != "HEAD":
        assert comparable(answer) == comparable(nothing)


@pytest.mark.parametrize("who", SIGNED_IN)
@pytest.mark.parametrize("route", LISTS | JOB_LISTS, ids=" ".join)
@pytest.mark.parametrize("name", MAY_SEE)
def test_lists_hold_what_one_may_see_and_not_a_word_of_the_rest(
    school: School, cases: dict[str, Case], route: tuple[str, str], who: str, name: str
) -> None:
    allowed = STAFF if route in JOB_LISTS else MAY_SEE[name]

    answer = EVERY[route](school, cases[name], headers_of(school, who))

    assert answer.status_code == 200, answer.text
    assert (cases[name].word in answer.text.lower()) == (who in allowed)
    assert (cases[name].document.id in answer.text) == (who in allowed)


@pytest.mark.parametrize("who", SIGNED_IN)
def test_totals_and_facets_count_only_what_one_may_see(
    school: School, cases: dict[str, Case], who: str
) -> None:
    mine = {case.document.id for name, case in cases.items() if who in MAY_SEE[name]}
    found = school.get(SIGNED_IN[who], "/v1/search", q="", document=sorted_ids(cases))
    listed = {hit["document_id"] for hit in found["hits"]}

    assert listed == mine
    assert found["total"] == len(mine)
    assert sum(each["count"] for each in found["facets"]["kind"]) == len(mine)
    for counts in found["facets"].values():
        assert all(each["count"] <= len(mine) for each in counts)


def test_the_name_of_a_person_of_a_private_exchange_is_no_facet(
    school: School, cases: dict[str, Case]
) -> None:
    ids = [cases["private"].document.id, cases["public"].document.id]

    facets = {
        who: school.get(SIGNED_IN[who], "/v1/search", q="", document=ids)["facets"]
        for who in ("karim", "lea")
    }

    assert [each["value"] for each in facets["lea"].get("mentor", [])] == ["m-claire"]
    assert facets["karim"].get("mentor", []) == []


@pytest.mark.parametrize("who", ["anonymous", "expired", "lea", "karim"])
@pytest.mark.parametrize("route", sorted(WRITES), ids=" ".join)
@pytest.mark.parametrize("name", ["private", "public"])
def test_students_and_strangers_change_nothing(
    school: School, cases: dict[str, Case], route: tuple[str, str], who: str, name: str
) -> None:
    method, template = route
    case = cases[name]
    path = template.replace("{document_id:str}", case.document.id)
    path = path.replace("{job_id:str}", case.job_id).replace("{ordinal:int}", "0")

    answer = school.client.request(method, path, json={"tags": []}, headers=headers_of(school, who))

    assert answer.status_code == (403 if who in SIGNED_IN else 401)
    assert case.word not in answer.text.lower()
    assert school.services.catalog.documents.get(case.document.id) == case.document


@pytest.mark.parametrize("who", ["anonymous", "expired", *SIGNED_IN])
def test_a_profile_is_read_by_its_person_and_by_staff(school: School, who: str) -> None:
    project = {"project": "Antananarivo en boîte", "city": "Brest"}
    school.client.put("/v1/profiles/s-lea", json=project, headers=school.headers(LEA))
    headers = headers_of(school, who)

    answer = school.client.get("/v1/profiles/s-lea", headers=headers)
    nothing = school.client.get("/v1/profiles/s-nobody", headers=headers)

    if who in STAFF | {"lea"}:
        assert answer.json()["project"] == "Antananarivo en boîte"
        return
    assert answer.status_code == (404 if who in SIGNED_IN else 401)
    assert comparable(answer) == comparable(nothing)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 401),
        ("expired", 401),
        ("lea", 404),
        ("karim", 200),
        ("claire", 403),
        ("youssef", 403),
        ("admin", 200),
        ("service", 200),
    ],
)
def test_a_profile_is_written_by_its_person_and_by_who_runs_the_school(
    school: School, who: str, status: int
) -> None:
    headers = headers_of(school, who)

    answer = school.client.put("/v1/profiles/s-karim", json={"project": who}, headers=headers)
    nothing = school.client.put("/v1/profiles/s-nobody", json={"project": who}, headers=headers)

    assert answer.status_code == status
    if status != 200:
        assert comparable(answer) == comparable(nothing)
        kept = school.services.catalog.profiles.get(KARIM.person_id)
        assert kept is None or kept.project != who


@pytest.mark.parametrize("who", ["anonymous", "expired", *SIGNED_IN])
@pytest.mark.parametrize("route", sorted(MENTORS_ONLY), ids=" ".join)
def test_what_is_told_of_people_is_for_mentors(
    school: School, route: tuple[str, str], who: str
) -> None:
    school.client.put("/v1/profiles/s-lea", json={"project": "Terres"}, headers=school.headers(LEA))
    paths = [route[1].replace("{person_id:str}", id_) for id_ in ("s-lea", "s-nobody")]

    known, unknown = (school.client.get(path, headers=headers_of(school, who)) for path in paths)

    expected = 200 if who in STAFF else 403 if who in SIGNED_IN else 401
    assert known.status_code == expected
    if who not in STAFF:
        assert comparable(known) == comparable(unknown)


@pytest.mark.parametrize("who", ["anonymous", "expired", *SIGNED_IN])
@pytest.mark.parametrize("route", sorted(FORGET), ids=" ".join)
@pytest.mark.parametrize("name", MAY_SEE)
def test_forgetting_tells_nothing_of_what_is_there(
    school: School, cases: dict[str, Case], route: tuple[str, str], who: str, name: str
) -> None:
    method, template = route
    headers = headers_of(school, who)

    answers = [
        school.client.request(method, template.replace("{document_id:str}", id_), headers=headers)
        for id_ in (cases[name].document.id, MISSING)
    ]

    assert {answer.status_code for answer in answers} == {204 if who in SIGNED_IN else 401}
    assert {answer.content for answer in answers if who in SIGNED_IN} <= {b""}
    assert school.services.catalog.documents.get(cases[name].document.id) is not None


@pytest.mark.parametrize("who", ["anonymous", "expired", *SIGNED_IN])
@pytest.mark.parametrize("visibility", ["participants", "students"])
def test_a_question_is_seen_by_its_asker_by_staff_and_by_whom_the_asker_chose(
    school: School, who: str, visibility: str
) -> None:
    body = {
        "text": f"Une question de bujumbura {visibility} ?",
        "details": "Le mot samarcande est pour les mentors.",
        "visibility": visibility,
    }
    asked = school.client.post("/v1/questions", json=body, headers=school.headers(LEA))
    id_, headers = asked.json()["question"]["id"], headers_of(school, who)

    one = school.client.get(f"/v1/questions/{id_}", headers=headers)
    nothing = school.client.get("/v1/questions/a-nobody", headers=headers)
    listed = school.client.get("/v1/questions?per_page=50", headers=headers)

    if who not in SIGNED_IN:
        assert {one.status_code, listed.status_code} == {401}
        return
    is_told = who in STAFF | {"lea"}
    assert ("samarcande" in one.text) == ("samarcande" in listed.text) == is_told
    assert one.status_code == (200 if is_told or visibility == "students" else 404)
    if one.status_code == 404:
        assert comparable(one) == comparable(nothing)
        assert [
            comparable(school.client.post(f"/v1/questions/{id_}/{act}", json={}, headers=headers))
            for act in QUESTION_ACTS
        ] == [comparable(nothing)] * len(QUESTION_ACTS)


@pytest.fixture(scope="module")
def three_jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school in which Léa, Claire and an administrator have sent one document each."""
    with open_school(tmp_path_factory.mktemp("overview")) as school:
        jobs, now = school.services.catalog.jobs, school.services.clock()
        for who in (LEA, CLAIRE, ADMIN):
            sent = a_submission(
                f"sheet:{who.role}", filename="zanzibar.json", uploaded_by=who.person_id
            )
            job, _ = jobs.create(sent, now=now)
            # Over, or the answer would last as long as the session.
            jobs.update(job.id, state=JobState.FAILED, now=now)
        yield school


@pytest.mark.parametrize("who", ["anonymous", "expired", *SIGNED_IN])
def test_the_overview_of_jobs_names_none_and_counts_for_students_only_their_own(
    three_jobs: School, who: str
) -> None:
    answer = three_jobs.client.get("/v1/jobs/events", headers=headers_of(three_jobs, who))

    if who not in SIGNED_IN:
        assert answer.status_code == 401
        return
    (data,) = re.findall(r"^data: (.*?)\r?$", answer.text, re.MULTILINE)
    n_seen = 3 if who in STAFF else 1 if who == "lea" else 0
    assert msgspec.json.decode(data)["counts"]["failed"] == n_seen
    assert msgspec.json.decode(data)["n_jobs"] == n_seen
    assert "zanzibar" not in answer.text
    assert not re.search(r"\b[jd]-\w", answer.text)


def test_a_document_made_private_is_gone_at_once_by_id_and_soon_from_searches(
    school: School,
) -> None:
    document = school.publish("sheet:turn", "Le mot tombouctou change de camp.")
    path = f"/v1/documents/{document.id}"
    before = school.client.get(path, headers=school.headers(KARIM)).status_code

    changed = school.client.put(
        f"{path}/visibility", json={"visibility": "mentors"}, headers=school.headers(CLAIRE)
    )
    after = school.client.get(path, headers=school.headers(KARIM)).status_code
    position = school.services.catalog.changes.last_position()
    assert school.services.handle.wait_for(position, 2.0)
    found = school.get(KARIM, "/v1/search", q="tombouctou")

    assert (before, changed.status_code, after) == (200, 200, 404)
    assert document.id not in {hit["document_id"] for hit in found["hits"]}


def sorted_ids(cases: dict[str, Case]) -> list[str]:
    return sorted(case.document.id for case in cases.values())
