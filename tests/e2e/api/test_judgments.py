"""Saying whether a document helped, over HTTP: one's own word, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller
from tests.e2e.api.school import CLAIRE, KARIM, LEA, YOUSSEF, School, exchange_of


@pytest.fixture(scope="module")
def sheet(school: School) -> Document:
    return published(school, "sheet:judged", "Le mot oulanbator aide à fixer ses prix.")


def published(school: School, source: str, text: str) -> Document:
    return school.publish(
        source, text, kind=DocumentKind.SHEET, visibility=Visibility.STUDENTS, title="Oulan-Bator"
    )


def judge(school: School, who: Caller, document: Document, **said: Any) -> Any:
    body = {"document_id": document.id, "value": "useful", "q": "fixer ses prix"} | said
    return school.client.post("/v1/judgments", json=body, headers=school.headers(who))


def judgments_of(school: School, who: Caller, document: Document, **which: Any) -> Any:
    return school.get(who, "/v1/judgments", document_id=document.id, **which)["judgments"]


def test_a_judgment_is_said_changed_and_taken_back(school: School, sheet: Document) -> None:
    said = judge(school, LEA, sheet, q="Combien demander ?").json()
    changed = judge(
        school,
        LEA,
        sheet,
        q="combien demander",
        value="not_useful",
        reason="outdated",
        comment="Les seuils ont changé.",
    )
    now = judgments_of(school, LEA, sheet, q="COMBIEN DEMANDER")
    judge(school, LEA, sheet, q="combien demander", value="withdrawn")

    assert (said["q"], said["value"], said["reason"]) == ("Combien demander ?", "useful", None)
    assert changed.status_code == 200
    assert now == [changed.json()]
    assert now[0]["comment"] == "Les seuils ont changé."
    assert judgments_of(school, LEA, sheet, q="combien demander") == []


def test_saying_it_again_gives_the_same_answer(school: School, sheet: Document) -> None:
    answers = [judge(school, LEA, sheet, q="encore") for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len(judgments_of(school, LEA, sheet, q="encore")) == 1


def test_a_judgment_can_be_about_the_passage_that_a_search_showed(
    school: School, sheet: Document
) -> None:
    found = school.get(LEA, "/v1/search", q="oulanbator")
    hit = next(each for each in found["hits"] if each["document_id"] == sheet.id)
    passage_id = hit["passages"][0]["passage_id"]

    answer = judge(
        school, LEA, sheet, q="oulanbator", query_id=found["query_id"], passage_id=passage_id
    )

    assert answer.json()["passage_id"] == passage_id
    assert judgments_of(school, LEA, sheet, q="oulanbator")[0]["passage_id"] == passage_id


def test_a_passage_of_a_text_replaced_since_leaves_the_judgment_of_the_whole(
    school: School,
) -> None:
    document = published(school, "sheet:replaced", "Le mot samarcande, première version.")
    old = school.services.catalog.passages.of_document(document.id)[0].id
    judge(school, LEA, document, passage_id=str(old))
    document = published(school, "sheet:replaced", "Le mot samarcande, seconde version.")

    kept = judgments_of(school, LEA, document)
    again = judge(school, LEA, document, passage_id=str(old))
    unknown = [judge(school, LEA, document, passage_id=text) for text in ("0", "9" * 19)]

    assert [each["passage_id"] for each in kept] == [None]
    assert {each.status_code for each in (again, *unknown)} == {200}
    assert {each.json()["passage_id"] for each in (again, *unknown)} == {None}


def test_a_judgment_counts_for_no_search_where_none_led_to_the_document(
    school: School, sheet: Document
) -> None:
    body = {"document_id": sheet.id, "value": "useful"}
    school.client.post("/v1/judgments", json=body, headers=school.headers(YOUSSEF))

    assert [each["q"] for each in judgments_of(school, YOUSSEF, sheet, q="")] == [""]
    assert [each["q"] for each in judgments_of(school, YOUSSEF, sheet)] == [""]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"value": "great"}, "value"),
        ({"value": "useful", "reason": "outdated"}, "reason"),
        ({"value": "withdrawn", "reason": "outdated"}, "reason"),
        ({"value": "withdrawn", "comment": "Non."}, "comment"),
        ({"value": "not_useful", "reason": "boring"}, "reason"),
        ({"comment": "x" * 501}, "comment"),
        ({"q": "x" * 1001}, "q"),
        ({"q": " ", "query_id": "q-1"}, "q"),
        ({"passage_id": "-1"}, "passage_id"),
        ({"person_id": "s-karim"}, "person_id"),
        ({"document_id": ""}, "document_id"),
    ],
    ids=str,
)
def test_a_judgment_that_makes_no_sense_is_refused_and_names_the_field(
    school: School, sheet: Document, said: dict[str, str], names: str
) -> None:
    answer = judge(school, KARIM, sheet, **said)

    assert answer.status_code == 400
    assert names in answer.json()["detail"]
    assert judgments_of(school, KARIM, sheet) == []


def test_a_passage_of_another_document_is_refused(school: School, sheet: Document) -> None:
    other = exchange_of(school, "exchange:passage", "Le mot katmandou est ailleurs.")
    passage_id = str(school.services.catalog.passages.of_document(other.id)[0].id)

    answer = judge(school, KARIM, sheet, passage_id=passage_id)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


def test_nobody_sees_what_others_say(school: School) -> None:
    document = published(school, "sheet:secret-ballot", "Le mot vladivostok.")
    judge(school, LEA, document, value="not_useful", comment="Un mot de Léa.")

    seen = [
        school.client.get(f"/v1/{path}", headers=school.headers(who)).text
        for who in (KARIM, CLAIRE)
        for path in ("judgments", f"documents/{document.id}", "search?q=vladivostok")
    ]

    assert [text for text in seen if "Un mot de Léa" in text or "not_useful" in text] == []
    assert judgments_of(school, KARIM, document) == []


def test_the_judgment_of_a_document_made_private_is_not_listed_any_more(school: School) -> None:
    document = published(school, "sheet:withdrawn", "Le mot oulan-oude.")
    judge(school, LEA, document)
    school.services.catalog.documents.set_visibility(document.id, Visibility.MENTORS)

    answer = judge(school, LEA, document, value="withdrawn")

    assert judgments_of(school, LEA, document) == []
    assert answer.status_code == 404


def test_many_documents_can_be_asked_for_at_once(school: School, sheet: Document) -> None:
    other = published(school, "sheet:second", "Le mot irkoutsk.")
    for document in (sheet, other):
        judge(school, CLAIRE, document, q="plusieurs")

    both = school.get(CLAIRE, "/v1/judgments", document_id=[sheet.id, other.id], q="plusieurs")
    one = school.get(CLAIRE, "/v1/judgments", q="plusieurs", per_page=1)

    assert [each["document_id"] for each in both["judgments"]] == [other.id, sheet.id]
    assert (len(one["judgments"]), one["total"]) == (1, 2)
