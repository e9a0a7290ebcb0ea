"""Questions of a conversation with their answers: in hits, in the list, on the page."""

from __future__ import annotations

from typing import Any

from schemas.document import Document
from schemas.ids import PersonId, TagId
from schemas.reply import Reply
from schemas.span import TimeSpan
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of
from tests.e2e.api.test_pages import open_page

ASKED = "Faut-il annoncer la gravure sur le devis ?"
REPLY = Reply(
    ordinal=0,
    title=ASKED,
    question=TimeSpan(1500, 4000),
    answers=(TimeSpan(4000, 9000),),
    asker_id=PersonId("s-lea"),
    answerer_id=PersonId("m-claire"),
    topic=TagId("sector.food"),
)


def an_answered(school: School) -> Document:
    text = f"{ASKED} Oui, la gravure laser se chiffre ligne par ligne."
    return exchange_of(school, "ex-gravure", text, replies=(REPLY,))


def hit_of(school: School, document: Document) -> Any:
    hits = school.get(LEA, "/v1/search", q="gravure laser devis")["hits"]
    return next(hit for hit in hits if hit["document_id"] == document.id)


def test_a_hit_says_what_was_asked_and_who_answered(school: School) -> None:
    reply = hit_of(school, an_answered(school))["passages"][0]["reply"]

    assert reply["question"] == ASKED
    assert (reply["asker"]["name"], reply["answerer"]["name"]) == ("Léa", "Claire")
    assert (reply["asker"]["role"], reply["answerer"]["role"]) == ("student", "mentor")
    assert reply["answer_url"].endswith("?t=4")


def test_a_document_lists_its_replies_to_those_who_see_it(school: School) -> None:
    document = an_answered(school)
    path = f"/v1/documents/{document.id}/replies"

    assert [r["question"] for r in school.get(CLAIRE, path)["replies"]] == [ASKED]
    assert school.client.get(path, headers=school.headers(KARIM)).status_code == 404


def test_pages_show_the_question_above_its_answer(school: School) -> None:
    document = an_answered(school)

    results = open_page(school, LEA, "/?q=gravure+laser+devis").text
    page = open_page(school, LEA, f"/documents/{document.id}").text

    assert ASKED in results
    assert "Claire" in results
    assert ASKED in page


def test_a_page_tells_nothing_to_others(school: School) -> None:
    an_answered(school)

    page = open_page(school, KARIM, "/?q=gravure+laser+devis")

    assert page.status_code == 200
    assert ASKED not in page.text
