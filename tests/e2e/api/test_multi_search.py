"""Several searches in one request: in order, each on its own, within limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.document import Document
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of


@pytest.fixture(scope="session")
def document(school: School) -> Document:
    return exchange_of(
        school, "exchange:several", "Le fournil de la rue haute ouvre à cinq heures."
    )


def several(school: School, body: Any, caller: Any = CLAIRE) -> Any:
    return school.client.post("/v1/multi-search", json=body, headers=school.headers(caller))


def shown(hit: dict[str, Any]) -> dict[str, Any]:
    """Leave out the scores: what others find useful meanwhile moves them by a hair."""
    return {name: value for name, value in hit.items() if name not in {"score", "explanation"}}


def test_each_answer_is_what_the_search_alone_gives_in_order(
    school: School, document: Document
) -> None:
    searches = [
        {"q": "fournil"},
        {"q": "", "per_page": 3, "page": 2},
        {"q": "fournil", "kind": ["sheet"]},
    ]

    together = several(school, {"searches": searches}).json()["results"]
    alone = [
        school.client.post("/v1/search", json=each, headers=school.headers(CLAIRE)).json()
        for each in searches
    ]

    assert document.id in {hit["document_id"] for hit in together[0]["hits"]}
    assert [list(map(shown, each["hits"])) for each in together] == [
        list(map(shown, each["hits"])) for each in alone
    ]
    assert [each["total"] for each in together] == [each["total"] for each in alone]
    assert len({each["query_id"] for each in together}) == 3


def test_a_search_that_does_not_fit_leaves_the_others_alone(
    school: School, document: Document
) -> None:
    searches = [{"q": "fournil"}, {"q": "x", "page": 0}, {"q": "x", "since": "hier"}, {"q": "four"}]

    answer = several(school, {"searches": searches})

    first, out_of_bounds, no_date, last = answer.json()["results"]
    assert answer.status_code == 200
    assert document.id in {hit["document_id"] for hit in first["hits"]}
    assert (out_of_bounds["status"], out_of_bounds["errors"][0]["path"]) == (400, "page")
    assert out_of_bounds["instance"] == "/v1/multi-search#/searches/1"
    assert (no_date["code"], "since" in no_date["detail"]) == ("invalid-input", True)
    assert no_date["request_id"] == answer.headers["x-request-id"]
    assert last["per_page"] == 10


def test_each_search_is_within_what_the_caller_may_see(school: School, document: Document) -> None:
    body = {"searches": [{"q": "fournil"}, {"q": "", "document": [document.id]}]}

    mine, theirs = (several(school, body, caller).json()["results"] for caller in (LEA, KARIM))

    assert [document.id in str(each) for each in mine] == [True, True]
    assert [document.id in str(each) for each in theirs] == [False, False]
    assert theirs[1]["total"] == 0


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"searches": []}, "searches"),
        ({"searches": [{"q": "x"}] * 11}, "searches"),
        ({"searches": ["x"]}, "object"),
        ({"searches": {"q": "x"}}, "searches"),
        ({"q": "x"}, "`q`"),
        ({"searches": [{"q": "x"}], "limit": 3}, "limit"),
        ({}, "searches"),
        ([{"q": "x"}], "object"),
    ],
)
def test_a_body_that_is_no_list_of_one_to_ten_searches_is_refused(
    school: School, body: Any, names: str
) -> None:
    answer = several(school, body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "invalid-input")
    assert names in problem["detail"]


def test_ten_searches_are_answered(school: School) -> None:
    found = several(school, {"searches": [{"q": f"mot {n}"} for n in range(10)]})

    assert len(found.json()["results"]) == 10


def test_the_openapi_document_says_that_a_search_is_one_of_several(school: School) -> None:
    schema = json.loads(school.client.get("/schema").content)

    body = schema["paths"]["/v1/multi-search"]["post"]["requestBody"]["content"]
    searches = body["application/json"]["schema"]["properties"]["searches"]
    assert searches["items"]["$ref"].rsplit("/", 1)[-1] in schema["components"]["schemas"]
    assert (searches["minItems"], searches["maxItems"]) == (1, 10)
    done = schema["paths"]["/v1/multi-search"]["post"]["responses"]["200"]["content"]
    answers = done["application/json"]["schema"]["properties"]["results"]["items"]["oneOf"]
    named = [each["$ref"].rsplit("/", 1)[-1] for each in answers]
    assert named == ["SearchResponse", "Problem"]
    assert set(named) <= set(schema["components"]["schemas"])
