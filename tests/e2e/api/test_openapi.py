"""Every search route, driven by the description of the API: what fits and what does not fit it.

Each answer must have a status, a content type and a body that the description names for its
operation, and none may be the server's fault.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from schemas.document import Document
from schemas.identity import Caller
from tests.e2e.api.school import CLAIRE, LEA, School, exchange_of, open_school

CASES: Final = 40  # of one route, one caller and one manner; derandomised like every property
SEVERAL: Final = "/v1/multi-search"
ROUTES: Final = (
    ("GET", "/v1/search"),
    ("POST", "/v1/search"),
    ("POST", SEVERAL),
    ("GET", "/v1/recommendations"),
    ("GET", "/v1/gaps"),
    ("GET", "/v1/students/{person_id}/questions"),
    ("GET", "/v1/answers"),
    ("GET", "/v1/suggest"),
    ("GET", "/v1/documents"),
    ("GET", "/v1/documents/{document_id}"),
    ("GET", "/v1/documents/{document_id}/similar"),
    ("GET", "/v1/documents/{document_id}/transcript"),
    ("GET", "/v1/tags"),
    ("GET", "/v1/synonyms"),
    ("PUT", "/v1/synonyms/{synonym_id}"),
    ("DELETE", "/v1/synonyms/{synonym_id}"),
    ("GET", "/v1/judgments"),
    ("POST", "/v1/judgments"),
    ("GET", "/v1/saved"),
    ("PUT", "/v1/saved/{document_id}"),
    ("DELETE", "/v1/saved/{document_id}"),
    ("POST", "/v1/questions/check"),
)
WITHOUT_QUESTION: Final = {  # neither a body nor anything behind the address that could not fit
    ("GET", "/v1/documents/{document_id}"),
    ("GET", "/v1/answers"),
    ("GET", "/v1/tags"),
    ("GET", "/v1/synonyms"),
    ("DELETE", "/v1/synonyms/{synonym_id}"),
    ("PUT", "/v1/saved/{document_id}"),
    ("DELETE", "/v1/saved/{document_id}"),
}
CALLERS: Final = {"student": LEA, "mentor": CLAIRE, "anonymous": None}
FITTING, NOT_FITTING = schemathesis.GenerationMode
DRIVEN: Final = [
    (*route, who, manner)
    for route in ROUTES
    for who in CALLERS
    for manner in (FITTING, NOT_FITTING)
    if not (manner is NOT_FITTING and route in WITHOUT_QUESTION)
]
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: its synonyms and judgments end up as anything."""
    with open_school(tmp_path_factory.mktemp("driven")) as opened:
        yield opened


@pytest.fixture(scope="module")
def document(school: School) -> Document:
    return exchange_of(school, "exchange:openapi", "Le prix du pain au fournil de Léa.")


@pytest.fixture(scope="module")
def description(school: School) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(school.client.get("/schema").content)
    return described


@pytest.fixture(scope="module")
def api(description: dict[str, Any]) -> Any:
    """The description without its "any other error": each status must be one that it names."""
    named = json.loads(json.dumps(description))
    del named["security"], named["components"]["securitySchemes"]  # callers are ours to choose
    for operations in named["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("default", None)
    return schemathesis.openapi.from_dict(named, config=SchemathesisConfig.from_dict({}))


@pytest.fixture(scope="module", autouse=True)
def counted() -> Iterator[Counter[str]]:
    answers: Counter[str] = Counter()
    yield answers
    print(f"\n{answers.total()} cases: {dict(sorted(answers.items()))}")  # noqa: T201 - shown by -s


def asked(school: School, case: Any, caller: Caller | None) -> Any:
    """Send one case, encoded as clients encode it."""
    kwargs = case.as_transport_kwargs(base_url="http://testserver.local")
    kwargs.pop("cookies", None)
    sent = requests.Request(**kwargs).prepare()
    headers = dict(sent.headers) | (school.headers(caller) if caller else {})
    school.client.cookies.clear()
    return school.client.request(
        str(sent.method), str(sent.url), content=sent.body or b"", headers=headers
    )


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path", "who", "manner"), DRIVEN)
def test_every_answer_of_a_search_route_is_one_that_the_description_names(
    school: School,
    api: Any,
    document: Document,
    counted: Counter[str],
    method: str,
    path: str,
    who: str,
    manner: Any,
) -> None:
    operation = api[path][method]
    ids = {"document_id": document.id} if "{document_id}" in path else None
    chosen = operation.as_strategy(manner, path_parameters=ids)
    # Of several searches each is refused in its place, and the answer as a whole is one.
    checks = [c for c in CHECKS if not (path == SEVERAL and c is negative_data_rejection)]

    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=chosen)
    def drive(case: Any) -> None:
        answer = asked(school, case, CALLERS[who])
        counted[str(answer.status_code)] += 1
        case.validate_response(answer, checks=checks)

    drive()


def test_every_reference_of_the_description_leads_somewhere(description: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(description)))

    assert named <= description["components"]["schemas"].keys()


def test_a_sequence_holds_values_of_its_own_type_only(description: dict[str, Any]) -> None:
    asked = description["components"]["schemas"]["SearchRequest"]["properties"]

    assert asked["tag"]["items"] == {"type": "string"}
    assert asked["kind"]["items"] == {"$ref": "#/components/schemas/DocumentKind"}


def test_errors_are_described_as_the_problems_that_they_are(description: dict[str, Any]) -> None:
    responses = description["paths"]["/v1/search"]["get"]["responses"]

    bodies = {status: each["content"] for status, each in responses.items() if status != "200"}
    assert bodies.keys() == {"400", "401", "default"}
    assert all(list(body) == ["application/problem+json"] for body in bodies.values())
