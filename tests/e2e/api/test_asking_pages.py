"""Pages about questions to mentors, as the server renders them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

import pytest
from httpx import Response

from api.guards import SESSION_COOKIE
from fixtures.builders import a_mentor, a_student
from schemas.document import DocumentKind, Visibility
from schemas.identity import Caller
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, School, open_school

HOSTILE: Final = '"><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own, in which Claire answered a question about honey."""
    with open_school(tmp_path_factory.mktemp("pages")) as opened:
        for n in range(2):
            opened.publish(
                f"exchange:{n}",
                "Le miel se vend au marché." if n else "Le pain se cuit au four.",
                title="Vendre du miel" if n else "Cuire du pain",
                kind=DocumentKind.EXCHANGE,
                visibility=Visibility.STUDENTS,
                participants=(a_student("s-old", "Ana"), a_mentor("m-claire", "Claire")),
            )
        yield opened


def open_page(school: School, who: Caller | None, path: str) -> Response:
    cookie = f"{SESSION_COOKIE}={school.token(who)}" if who else ""
    return school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})


def ask(school: School, text: str, **body: Any) -> str:
    answer = school.client.post(
        "/v1/questions", json={"text": text, **body}, headers=school.headers(LEA)
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["question"]["id"])


def reply(school: School, question_id: str, text: str) -> None:
    path = f"/v1/questions/{question_id}/answer"
    answer = school.client.post(path, json={"text": text}, headers=school.headers(CLAIRE))
    assert answer.status_code == 200, answer.text


def test_one_click_leads_from_an_empty_page_to_the_form_with_the_words_in_it(
    school: School,
) -> None:
    empty = open_page(school, LEA, "/?q=vendre+du+miel&since=2199-01-01")
    (address,) = set(re.findall(r'href="(/questions/new\?[^"]+)"', empty.text))

    form = open_page(school, LEA, unescape(address))

    assert form.status_code == 200
    assert 'value="vendre du miel"' in form.text
    assert 'data-query-id="q-' in form.text
    assert "Vendre du miel</a>" in form.text, "what may answer already is there"


def test_a_page_without_a_word_offers_nothing_to_ask(school: School) -> None:
    assert "/questions/new?" not in open_page(school, LEA, "/?q=%3F%3F").text


def test_a_question_shows_as_text_whatever_it_holds(school: School) -> None:
    id_ = ask(school, f"Une question {HOSTILE}", details=HOSTILE)

    pages = [
        open_page(school, LEA, f"/questions/{id_}"),
        open_page(school, LEA, "/questions"),
        open_page(school, CLAIRE, "/console/questions"),
        open_page(school, LEA, "/questions/new?q=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E"),
    ]

    assert {page.status_code for page in pages} == {200}
    assert all("<img src=x" not in page.text for page in pages)


def test_news_are_counted_in_the_header_until_the_question_is_opened(school: School) -> None:
    id_ = ask(school, "Où vendre du miel en hiver ?")
    reply(school, id_, "Sur les marchés couverts.\n\nEt en ligne.")

    before = open_page(school, LEA, "/")
    listed = open_page(school, LEA, "/questions")
    opened = open_page(school, LEA, f"/questions/{id_}")
    after = open_page(school, LEA, "/questions")

    assert 'class="n-news"' in before.text
    assert "Nouveau" in listed.text
    assert "<p>Sur les marchés couverts.</p><p>Et en ligne.</p>" in opened.text
    assert ('class="n-news"' in opened.text, "Nouveau" in after.text) == (False, False)


def test_mentors_find_in_their_queue_what_went_to_them_and_why(school: School) -> None:
    id_ = ask(school, "Combien de miel vendre au marché ?", details="Le mot samarcande.")

    queue = open_page(school, CLAIRE, "/console/questions")
    one = open_page(school, CLAIRE, f"/questions/{id_}")
    of_admin = open_page(school, ADMIN, "/console/questions")

    assert "Pour vous" in queue.text
    assert f"/questions/{id_}" in queue.text
    assert "Pour vous" not in of_admin.text
    assert "Pourquoi Claire" in one.text
    assert "samarcande" in one.text
    assert 'id="answer"' in one.text
    assert "Vendre du miel</a>" in one.text, "a similar answer of the past"


def test_the_asker_reads_no_reason_and_answers_nothing(school: School) -> None:
    id_ = ask(school, "Faut-il vendre du miel en gros ?")

    page = open_page(school, LEA, f"/questions/{id_}")

    assert "Claire a reçu la question" in page.text
    assert "Pourquoi Claire" not in page.text
    assert 'id="answer"' not in page.text
    assert 'data-act="close"' in page.text


def test_other_students_see_what_is_shared_and_nothing_else(school: School) -> None:
    private = ask(school, "Une question de bujumbura ?", details="Le mot samarcande.")
    shared = ask(school, "Une question de gitega ?", details="samarcande", visibility="students")

    pages = {
        "private": open_page(school, KARIM, f"/questions/{private}"),
        "nothing": open_page(school, KARIM, "/questions/a-nobody"),
        "shared": open_page(school, KARIM, f"/questions/{shared}"),
        "own": open_page(school, KARIM, "/questions"),
        "queue": open_page(school, KARIM, "/console/questions"),
    }

    assert {name: page.status_code for name, page in pages.items()} == {
        "private": 404,
        "nothing": 404,
        "shared": 200,
        "own": 200,
        "queue": 403,
    }
    assert "gitega" in pages["shared"].text
    assert "Historique" not in pages["shared"].text
    assert all("samarcande" not in page.text for page in pages.values())
    assert all("bujumbura" not in page.text for page in pages.values())


@pytest.mark.parametrize(
    "path", ["/questions", "/questions/new", "/questions/a-1", "/console/questions"]
)
def test_nobody_gets_a_page_without_signing_in(school: School, path: str) -> None:
    assert open_page(school, None, path).status_code == 401


@pytest.mark.parametrize("state", ["", "open", "assigned", "answered", "closed", "lost"])
def test_the_queue_shows_one_state_or_all_that_waits(school: School, state: str) -> None:
    page = open_page(school, CLAIRE, f"/console/questions?state={state}&lang=en")

    assert page.status_code == 200
    assert "Unanswered" in page.text
