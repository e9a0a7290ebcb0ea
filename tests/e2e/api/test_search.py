"""Searching over HTTP: the wire shape, deep links, filters, and answers to bad questions."""

from __future__ import annotations

import re
from typing import Any

import pytest

from schemas.document import Document
from schemas.ids import TagId
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of


@pytest.fixture(scope="session")
def document(school: School) -> Document:
    return exchange_of(
        school, "exchange:wire", "Le seuil de rentabilité du kiosque se calcule chaque mois."
    )


def hit_of(school: School, document: Document, **params: Any) -> dict[str, Any]:
    found = school.get(CLAIRE, "/v1/search", **({"q": "rentabilite kiosque"} | params))
    return next(hit for hit in found["hits"] if hit["document_id"] == document.id)


def test_a_hit_carries_everything_a_page_needs(school: School, document: Document) -> None:
    hit = hit_of(school, document)

    assert hit["kind"] == "exchange"
    label = school.services.taxonomy.by_id[TagId("sector.food")].label
    assert hit["tags"] == [{"id": "sector.food", "label": label, "facet": "sector"}]
    assert {each["name"] for each in hit["participants"]} == {"Léa", "Claire"}
    assert hit["poster_url"] == f"/v1/documents/{document.id}/poster"
    assert hit["explanation"]["lexical"] > 0
    profile = school.services.handle.engine.ranking.current()
    below = profile.second * profile.alone  # its one passage has no second beside it
    found_useful = 0.03  # at most, for what this school's other tests do with the document
    assert hit["explanation"]["fused"] - below == pytest.approx(hit["score"], abs=found_useful)


def test_a_passage_says_when_who_and_what_to_mark(school: School, document: Document) -> None:
    passage = hit_of(school, document)["passages"][0]

    text = passage["snippet"]["text"]
    marked = [text[mark["start"] : mark["end"]] for mark in passage["snippet"]["highlights"]]
    assert marked == ["rentabilité", "kiosque"]
    assert (passage["start_ms"], passage["end_ms"], passage["page"]) == (1500, 9000, None)
    assert passage["speakers"] == [{"id": "m-claire", "name": "Claire"}]
    assert passage["url"] == f"/documents/{document.id}?t=1.5"
    assert str(int(passage["passage_id"])) == passage["passage_id"]


def test_the_body_and_the_address_ask_the_same(school: School, document: Document) -> None:
    request = {"q": "kiosque", "kind": ["exchange"], "per_page": 5, "tag": ["sector.food"]}

    by_address = school.get(CLAIRE, "/v1/search", **request)
    by_body = school.client.post("/v1/search", json=request, headers=school.headers(CLAIRE)).json()

    assert by_address["hits"] == by_body["hits"]
    assert by_address["facets"] == by_body["facets"]
    assert by_address["query_id"] != by_body["query_id"]


@pytest.mark.parametrize(
    ("params", "is_found"),
    [
        ({"kind": "sheet"}, False),
        ({"kind": ["sheet", "exchange"]}, True),
        ({"mentor": "m-claire"}, True),
        ({"mentor": "m-youssef"}, False),
        ({"speaker": "m-claire"}, True),
        ({"tag": "sector.retail"}, False),
        ({"since": "2026-03-02", "until": "2026-03-02"}, True),
        ({"since": "2026-03-03"}, False),
        ({"until": "2026-03-01"}, False),
        ({"since": "2026-03-02T10:00:00+01:00"}, True),
        ({"since": "2026-03-02T09:00:01Z"}, False),
        ({"retrievers": "lexical"}, True),
    ],
)
def test_filters_narrow(
    school: School, document: Document, params: dict[str, Any], *, is_found: bool
) -> None:
    found = school.get(CLAIRE, "/v1/search", q="kiosque", **params)

    assert (document.id in {hit["document_id"] for hit in found["hits"]}) == is_found


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({}, "q"),
        ({"q": "x" * 1001}, "q"),
        ({"q": "x", "page": 0}, "page"),
        ({"q": "x", "page": "two"}, "page"),
        ({"q": "x", "per_page": 51}, "per_page"),
        ({"q": "x", "kind": "poem"}, "kind"),
        ({"q": "x", "since": "yesterday"}, "since"),
        ({"q": "x", "tag": ["t"] * 51}, "tag"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(
    school: School, params: dict[str, Any], path: str
) -> None:
    answer = school.client.get("/v1/search", params=params, headers=school.headers(LEA))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "invalid-input")
    assert answer.headers["content-type"] == "application/problem+json"
    assert path in re.findall(r"\w+", problem["detail"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"q": "x", "pages": 2}, "pages"),
        ({"page": 2}, "q"),
        ({"q": "x", "tag": ["ok", 7]}, "tag[1]"),
        ({"q": "x", "per_page": 500}, "per_page"),
    ],
)
def test_a_field_of_the_body_that_does_not_fit_is_named(
    school: School, body: dict[str, Any], path: str
) -> None:
    answer = school.client.post("/v1/search", json=body, headers=school.headers(LEA))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "invalid-input")
    assert path in problem["detail"]


@pytest.mark.parametrize("q", ["l'acte : qu'est-ce ?", '"', "AND (", "\x00", "😀", "*", "a:b^2"])
def test_no_question_is_an_error(school: School, q: str) -> None:
    answer = school.client.get("/v1/search", params={"q": q}, headers=school.headers(LEA))

    assert answer.status_code == 200


def test_a_lone_surrogate_in_a_body_is_refused_or_answered_but_never_crashes(
    school: School,
) -> None:
    answer = school.client.post(
        "/v1/search",
        content=b'{"q": "\\ud800"}',
        headers={**school.headers(LEA), "Content-Type": "application/json"},
    )

    assert answer.status_code in {200, 400}


def test_suggestions_lead_to_documents_and_tags(school: School) -> None:
    document = school.publish("sheet:suggest", "Un texte.", title="Samovar et théières")

    found = school.get(KARIM, "/v1/suggest", q="theie")["suggestions"]

    assert found[0] == {
        "text": "Samovar et théières",
        "type": "document",
        "id": document.id,
        "url": f"/documents/{document.id}",
    }
