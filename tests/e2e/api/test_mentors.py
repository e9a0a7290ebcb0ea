"""What mentors see of people: gaps, a student's questions, how useful their own answers are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from api.guards import SESSION_COOKIE
from fixtures.builders import a_judgment, a_profile
from schemas.document import Document, DocumentKind
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.judgment import Verdict
from tests.e2e.api.school import CLAIRE, KARIM, LEA, YOUSSEF, School, exchange_of, open_school

STUDENTS: Final = [Caller(PersonId(f"s-asks-{n}"), Role.STUDENT, f"Élève {n}") for n in range(3)]
NOBODY_ANSWERS: Final = "ornithorynque en location"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: everything that is searched counts here."""
    with open_school(tmp_path_factory.mktemp("mentors")) as opened:
        yield opened


@pytest.fixture(scope="module")
def sheet(school: School) -> Document:
    return school.publish("sheet:cash", "Tenir sa caisse chaque soir.", kind=DocumentKind.SHEET)


def search(school: School, who: Caller, q: str) -> dict[str, Any]:
    found: dict[str, Any] = school.get(who, "/v1/search", q=q)
    return found


def judge(school: School, who: Caller, document: Document, q: str, query_id: str) -> None:
    body = {"document_id": document.id, "value": "useful", "q": q, "query_id": query_id}
    answer = school.client.post("/v1/judgments", json=body, headers=school.headers(who))
    assert answer.status_code == 200, answer.text


def gaps(school: School, **params: Any) -> list[dict[str, Any]]:
    school.services.feedback.flush()
    found: list[dict[str, Any]] = school.get(CLAIRE, "/v1/gaps", **params)["gaps"]
    return found


def open_page(school: School, who: Caller, path: str) -> str:
    cookie = f"{SESSION_COOKIE}={school.token(who)}"
    answer = school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_what_several_people_ask_in_vain_is_a_gap_until_something_new_helps(
    school: School, sheet: Document
) -> None:
    for who in STUDENTS:
        assert search(school, who, NOBODY_ANSWERS)["is_doubtful"]

    before = {gap["name"]: gap for gap in gaps(school)}
    page = open_page(school, CLAIRE, "/console/gaps")
    home = open_page(school, YOUSSEF, "/")
    answer = school.publish("sheet:new", "Un ornithorynque en location se réserve à l'avance.")
    found = search(school, KARIM, NOBODY_ANSWERS)
    judge(school, KARIM, answer, NOBODY_ANSWERS, found["query_id"])

    assert before[NOBODY_ANSWERS]["n_people"] == 3
    assert before[NOBODY_ANSWERS]["outcomes"] == {"doubtful": 3}
    assert NOBODY_ANSWERS in page
    assert "3 personnes" in page
    assert NOBODY_ANSWERS in home
    assert NOBODY_ANSWERS not in {gap["name"] for gap in gaps(school)}
    closed = {gap["name"]: gap for gap in gaps(school, state="answered")}
    assert closed[NOBODY_ANSWERS]["answered_at"] is not None
    assert "Répondues" in open_page(school, CLAIRE, "/console/gaps?state=answered")


def test_a_mentor_s_answer_to_a_question_closes_the_gap_it_came_from(
    school: School, sheet: Document
) -> None:
    q = "tatou en garde partagée"
    for who in STUDENTS:
        found = search(school, who, q)
    school.services.feedback.flush()
    asked = school.client.post(
        "/v1/questions",
        json={"text": "Qui garde un tatou ?", "query_id": found["query_id"]},
        headers=school.headers(STUDENTS[-1]),
    ).json()
    before = {gap["name"] for gap in gaps(school)}

    answer = school.client.post(
        f"/v1/questions/{asked['question']['id']}/answer",
        json={"text": "Personne, mais voici comment demander."},
        headers=school.headers(CLAIRE),
    )

    assert answer.status_code in {200, 201}, answer.text
    assert q in before
    assert q not in {gap["name"] for gap in gaps(school)}
    assert q in {gap["name"] for gap in gaps(school, state="answered")}


def test_no_gap_tells_who_asked(school: School, sheet: Document) -> None:
    school.services.catalog.profiles.put(a_profile("s-named", name="Zoé Quimperlé"))
    search(school, STUDENTS[1], "zébulon de zoé quimperlé, 06 11 22 33 44")

    answer = school.client.get("/v1/gaps", headers=school.headers(CLAIRE)).text
    shown = {gap["name"] for gap in gaps(school)}

    assert "zébulon de …, …" in shown or "zébulon de …" in shown
    for secret in ("quimperl", "06 11", *(who.person_id for who in STUDENTS)):
        assert secret not in answer.lower()


def test_weeks_tell_how_many_searches_found_nothing(school: School, sheet: Document) -> None:
    search(school, STUDENTS[2], "xylophone introuvable")
    school.services.feedback.flush()

    (*_, this) = school.get(CLAIRE, "/v1/gaps")["weeks"]

    assert this["n_searches"] >= this["n_unanswered"] >= 1


def test_a_mentor_reads_what_a_student_asked_and_whether_it_helped(
    school: School, sheet: Document
) -> None:
    found = search(school, LEA, "tenir sa caisse")
    judge(school, LEA, sheet, "tenir sa caisse", found["query_id"])
    search(school, LEA, "quagga sauvage")
    question = {"text": "Où trouver un quagga ?"}
    school.client.post("/v1/questions", json=question, headers=school.headers(LEA))
    school.services.feedback.flush()

    seen = school.get(CLAIRE, "/v1/students/s-lea/questions")
    by_text = {each["text"]: each for each in seen["asked"]}

    expected = ["Où trouver un quagga ?", "quagga sauvage", "tenir sa caisse"]
    assert [each["text"] for each in seen["asked"] if each["text"] in expected] == expected
    assert by_text["tenir sa caisse"]["outcome"] == "answered"
    assert [each["title"] for each in by_text["tenir sa caisse"]["useful"]] == [sheet.title]
    assert by_text["quagga sauvage"]["is_answered"] is False
    assert by_text["Où trouver un quagga ?"]["kind"] == "question"
    assert by_text["Où trouver un quagga ?"]["is_answered"] is False


def test_the_console_shows_students_their_projects_and_what_they_asked(
    school: School, sheet: Document
) -> None:
    school.services.catalog.profiles.put(
        a_profile("s-lea", name="Léa T.", project="Terres <b>T</b>", goals=("Tenir sa caisse",))
    )
    search(school, LEA, "quagga <i>sauvage</i>")
    school.services.feedback.flush()

    listed = open_page(school, CLAIRE, "/console/students")
    page = open_page(school, CLAIRE, "/console/students/s-lea")

    assert 'href="/console/students/s-lea"' in listed
    assert "Terres &lt;b&gt;T&lt;/b&gt;" in page
    assert "quagga &lt;i&gt;sauvage&lt;/i&gt;" in page


def test_a_student_is_told_that_mentors_see_searches_and_a_mentor_is_not(school: School) -> None:
    told = "Les mentors voient ce que vous cherchez"

    assert told in open_page(school, KARIM, "/")
    assert told not in open_page(school, CLAIRE, "/")


def test_own_answers_are_counted_from_several_people_on(school: School) -> None:
    few = exchange_of(school, "exchange:few", "Un échange peu jugé.", title="Peu jugé")
    many = exchange_of(school, "exchange:many", "Un échange très jugé.", title="Très jugé")
    for n in range(6):
        value = Verdict.NOT_USEFUL if n == 5 else Verdict.USEFUL
        for document in (many, few)[: 2 if n < 4 else 1]:
            school.services.catalog.judgments.record(
                a_judgment(document, person_id=PersonId(f"s-judge-{n}"), value=value)
            )

    mine = {each["title"]: each for each in school.get(CLAIRE, "/v1/answers")["answers"]}
    page = open_page(school, CLAIRE, "/console/answers")

    assert (mine["Très jugé"]["n_useful"], mine["Très jugé"]["n_not_useful"]) == (5, 1)
    assert (mine["Peu jugé"]["n_useful"], mine["Peu jugé"]["n_not_useful"]) == (None, None)
    assert "Très jugé" not in school.client.get("/v1/answers", headers=school.headers(YOUSSEF)).text
    assert "utile à 5 personnes sur 6" in page


@pytest.mark.parametrize(
    "path",
    ["/console/gaps", "/console/students", "/console/students/s-lea", "/console/answers"],
)
def test_these_pages_are_for_mentors(school: School, path: str) -> None:
    cookie = f"{SESSION_COOKIE}={school.token(KARIM)}"

    answer = school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})

    assert answer.status_code == 403
