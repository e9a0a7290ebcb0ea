"""Asking a mentor over HTTP: from a search that nothing answers to an answer that is found."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from fixtures.builders import a_mentor, a_student
from indexer.questions.exchange import exchange_id
from pipelines.extraction.exchange import read_exchange
from schemas.document import DocumentKind, Visibility
from schemas.identity import Caller, Role
from schemas.ids import PersonId, QuestionId
from schemas.settings import QuestionSettings
from tests.e2e.api.school import CLAIRE, KARIM, LEA, YOUSSEF, School, open_school

SOFIA: Final = Caller(PersonId("s-sofia"), Role.STUDENT, "Sofia")
_numbers = itertools.count()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own, in which Claire answered about pottery and Youssef about honey."""
    settings = QuestionSettings(most_asked=1_000, most_waiting=1_000)
    with open_school(tmp_path_factory.mktemp("asking"), questions=settings) as opened:
        for n in range(6):
            mentor = CLAIRE if n % 2 else YOUSSEF
            about = "la poterie, les fours et les bols" if n % 2 else "le miel et les ruches"
            opened.publish(
                f"exchange:{n}",
                f"Réponse {n} sur {about}.",
                title=f"Parlons {about} {n}",
                kind=DocumentKind.EXCHANGE,
                visibility=Visibility.STUDENTS,
                participants=(a_student("s-old", "Ana"), a_mentor(mentor.person_id, mentor.name)),
            )
        yield opened


def post(school: School, caller: Caller, path: str, status: int, **body: Any) -> Any:
    answer = school.client.post(f"/v1{path}", json=body, headers=school.headers(caller))
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def ask(school: School, caller: Caller = LEA, text: str = "", **body: Any) -> Any:
    text = text or f"Quel four pour mes bols numéro {next(_numbers)} ?"
    return post(school, caller, "/questions", 201, text=text, **body)["question"]


def test_it_goes_to_the_mentor_who_answered_near_it_and_says_why(school: School) -> None:
    about_pots = ask(school, text="Quel four de poterie pour les bols ?", details="Au gaz.")
    about_bees = ask(school, text="Combien de ruches pour le miel ?")

    seen = school.get(CLAIRE, f"/v1/questions/{about_pots['id']}")

    assert (about_pots["state"], about_pots["mentor"]["name"]) == ("assigned", "Claire")
    assert about_bees["mentor"]["name"] == "Youssef"
    assert (seen["question"]["details"], seen["question"]["may_answer"]) == ("Au gaz.", True)
    assert [step["kind"] for step in seen["steps"]] == ["asked", "routed"]
    assert seen["routing"]["mentor"]["id"] == "m-claire"
    assert "poterie" in seen["routing"]["documents"][0]["title"]
    assert seen["routing"]["n_useful"] is None
    assert school.get(LEA, f"/v1/questions/{about_pots['id']}")["routing"] is None


def test_a_button_pressed_twice_is_one_question(school: School) -> None:
    text = "Comment émailler les bols ?"

    first = post(school, LEA, "/questions", 201, text=text)
    second = post(school, LEA, "/questions", 201, text=text.upper())

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert first["question"]["id"] == second["question"]["id"]


def test_while_typing_answers_and_the_same_open_question_are_shown(school: School) -> None:
    mine = ask(school, text="Où acheter une balance pour peser la terre ?")

    found = post(
        school, LEA, "/questions/check", 200, text="où acheter une balance pour peser la terre"
    )
    nothing_like_it = post(school, LEA, "/questions/check", 200, text="la poterie et les fours")
    empty = post(school, LEA, "/questions/check", 200, text="")

    assert [each["id"] for each in found["questions"]] == [mine["id"]]
    assert nothing_like_it["questions"] == []
    assert "poterie" in nothing_like_it["answers"][0]["title"]
    assert len(nothing_like_it["answers"]) <= 3
    assert empty["questions"] == []


def test_a_private_question_is_nobodys_business(school: School) -> None:
    text = "Mon associé vole dans la caisse, que faire ?"
    mine = ask(school, text=text, details="Il s'appelle Nobody.")
    path = f"/v1/questions/{mine['id']}"

    to_another = school.client.get(path, headers=school.headers(KARIM))
    found = post(school, KARIM, "/questions/check", 200, text=text)
    listed = school.get(KARIM, "/v1/questions", per_page=50)

    assert to_another.status_code == 404
    assert found["questions"] == []
    assert mine["id"] not in {each["id"] for each in listed["questions"]}
    for act in ("assign", "answer", "close", "reopen", "seen"):
        assert post(school, KARIM, f"/questions/{mine['id']}/{act}", 404) is not None


def test_a_shared_question_is_shown_without_who_asked_and_what_they_told(school: School) -> None:
    text = "Peut-on chauffer un atelier au bois en ville ?"
    mine = ask(school, text=text, details="Chez moi, rue Verte.", visibility="students")

    shown = school.get(KARIM, f"/v1/questions/{mine['id']}")
    found = post(school, KARIM, "/questions/check", 200, text=text)

    assert [each["id"] for each in found["questions"]] == [mine["id"]]
    question = shown["question"]
    assert (question["text"], question["asker"], question["details"]) == (text, None, None)
    assert (shown["steps"], question["has_news"]) == ([], False)
    for act in ("assign", "answer", "close", "reopen"):
        post(school, KARIM, f"/questions/{mine['id']}/{act}", 403)


def test_an_answer_becomes_a_private_exchange_that_waits_for_the_worker(school: School) -> None:
    mine = ask(school, text="Quel grès pour un mug ?", details="Il va au four.")
    body = {"text": "Un grès   fin.\n\n\n\nCuit à 1250 °C."}

    done = post(school, CLAIRE, f"/questions/{mine['id']}/answer", 200, **body)
    again = post(school, CLAIRE, f"/questions/{mine['id']}/answer", 200, **body)
    post(school, YOUSSEF, f"/questions/{mine['id']}/answer", 409, text="Autre chose.")

    document_id = exchange_id(QuestionId(mine["id"]))
    jobs = [job for job in school.queue.queued if document_id.removeprefix("d-") in job]
    submission = school.services.catalog.jobs.submission(jobs[0])
    content = school.services.blobs.read(submission.original)
    exchange = read_exchange(content.decode(), "question.json")
    assert (done["state"], again["state"], len(jobs)) == ("answered", "answered", 1)
    assert (submission.visibility, submission.kind) == (
        Visibility.PARTICIPANTS,
        DocumentKind.EXCHANGE,
    )
    assert submission.uploaded_by == CLAIRE.person_id
    assert [message.text for message in exchange.messages] == [
        "Quel grès pour un mug ?\n\nIl va au four.",
        "Un grès fin.\n\nCuit à 1250 °C.",
    ]
    assert done["document"] is None, "not published yet"


def test_the_asker_has_news_until_they_look(school: School) -> None:
    mine = ask(school, SOFIA)
    post(school, CLAIRE, f"/questions/{mine['id']}/answer", 200, text="Voici.")

    before = school.get(SOFIA, "/v1/questions")
    school.get(SOFIA, f"/v1/questions/{mine['id']}")
    post(school, CLAIRE, f"/questions/{mine['id']}/seen", 204)
    still = school.get(SOFIA, "/v1/questions")
    post(school, SOFIA, f"/questions/{mine['id']}/seen", 204)
    after = school.get(SOFIA, "/v1/questions")

    assert [page["n_news"] for page in (before, still, after)] == [1, 1, 0]
    assert [page["questions"][0]["has_news"] for page in (before, after)] == [True, False]
    assert before["questions"][0]["answer"] == "Voici."


def test_a_document_answers_where_who_reads_it_may_see_it(school: School) -> None:
    mine = ask(school)
    public = school.publish("sheet:fours", "Tout sur les fours.", title="Tous les fours")
    hidden = school.publish(
        "sheet:hidden", "Le prix des fours.", title="Prix", visibility=Visibility.MENTORS
    )
    path = f"/questions/{mine['id']}/answer"

    post(school, CLAIRE, path, 400, document_id=hidden.id)
    post(school, CLAIRE, path, 404, document_id="d-00000000000000000000")
    post(school, CLAIRE, path, 400)
    n_queued = len(school.queue.queued)
    done = post(school, CLAIRE, path, 200, document_id=public.id)

    assert done["document"] == {
        "document_id": public.id,
        "title": "Tous les fours",
        "url": f"/documents/{public.id}",
    }
    assert len(school.queue.queued) == n_queued


def test_a_question_is_taken_handed_over_given_back_closed_and_asked_again(school: School) -> None:
    mine = ask(school, text="Combien de ruches et de miel par an ?")
    path = f"/questions/{mine['id']}"

    taken = post(school, CLAIRE, f"{path}/assign", 200)
    handed = post(school, CLAIRE, f"{path}/assign", 200, mentor_id="m-youssef")
    post(school, CLAIRE, f"{path}/assign", 404, mentor_id="m-nobody")
    free = post(school, YOUSSEF, f"{path}/assign", 200, release=True)
    closed = post(school, LEA, f"{path}/close", 200)
    post(school, CLAIRE, f"{path}/assign", 409)
    again = post(school, LEA, f"{path}/reopen", 200, text="Je demande toujours.")

    assert [each["mentor"] and each["mentor"]["id"] for each in (taken, handed, free)] == [
        "m-claire",
        "m-youssef",
        None,
    ]
    assert (closed["state"], again["state"]) == ("closed", "open")
    steps = school.get(LEA, f"/v1{path}")["steps"]
    assert [step["kind"] for step in steps][2:] == [
        "taken",
        "taken",
        "released",
        "closed",
        "reopened",
    ]


def test_mentors_see_the_queue_and_students_their_own(school: School) -> None:
    mine = ask(school)

    queue = school.get(YOUSSEF, "/v1/questions", state=["open", "assigned"], per_page=50)
    of_claire = school.get(YOUSSEF, "/v1/questions", mentor="m-claire", per_page=50)
    own = school.get(LEA, "/v1/questions", per_page=50)
    refused = school.client.get("/v1/questions?state=lost", headers=school.headers(YOUSSEF))

    assert {each["state"] for each in queue["questions"]} <= {"open", "assigned"}
    assert {each["mentor"]["id"] for each in of_claire["questions"]} == {"m-claire"}
    assert all(each["is_mine"] for each in own["questions"])
    assert mine["id"] in {each["id"] for each in queue["questions"]}
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": " ?! "},
        {"text": "x" * 301},
        {"text": "Une question", "details": "x" * 5_001},
        {"text": "Une question", "visibility": "mentors"},
        {"text": "Une question", "visibility": "everyone"},
        {"text": "Une question", "asker": "s-karim"},
        {},
    ],
)
def test_what_is_no_question_is_refused(school: School, body: dict[str, Any]) -> None:
    problem = post(school, LEA, "/questions", 400, **body)

    assert problem["code"] == "invalid-input"


def test_a_search_of_somebody_else_is_not_taken_along(school: School) -> None:
    theirs = school.get(KARIM, "/v1/search", q="un bol")["query_id"]
    own = school.get(LEA, "/v1/search", q="un bol")["query_id"]
    school.services.feedback.flush()

    kept = [
        school.services.catalog.questions.get(QuestionId(ask(school, query_id=query_id)["id"]))
        for query_id in (own, theirs, "q-forged")
    ]

    assert [each.query_id for each in kept if each] == [own, None, None]


def test_nobody_asks_without_end(tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_school(
        tmp_path_factory.mktemp("much"), questions=QuestionSettings(most_asked=2)
    ) as few:
        first = ask(few)
        ask(few)
        post(few, LEA, "/questions", 409, text="Une de trop")
        post(few, LEA, f"/questions/{first['id']}/close", 200)
        last = ask(few)

    assert last["state"] == "open", "no mentor ever answered here"
    assert msgspec.json.decode(msgspec.json.encode(last))["mentor"] is None
