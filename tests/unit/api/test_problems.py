"""One table from errors to problems; nothing of the inside gets out."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from inline_snapshot import snapshot
from litestar import Request
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.testing import RequestFactory
from litestar.types import HTTPDisconnectEvent

from api.pages.texts import LANGUAGES, texts_of
from api.problems import to_problem
from schemas import errors
from schemas.wire import FieldProblem, Problem


def all_errors(root: type[errors.CordeeError]) -> list[type[errors.CordeeError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in all_errors(child))]


@pytest.mark.parametrize("error_type", all_errors(errors.CordeeError))
def test_every_error_of_ours_keeps_its_status_and_code(
    error_type: type[errors.CordeeError],
) -> None:
    arguments = (7,) if error_type.__name__ == "RangeError" else ("What happened.",)

    problem = to_problem(error_type(*arguments), instance="/v1/x", request_id="r-1")

    assert (problem.status, problem.code) == (error_type.status, error_type.code)
    assert problem.type == f"urn:cordee:problem:{problem.code}"


def test_no_two_kinds_of_error_share_a_code() -> None:
    declared = [each for each in all_errors(errors.CordeeError) if "code" in vars(each)]
    codes = [error_type.code for error_type in declared]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("error", [ValueError("secret"), HTTPException("secret", status_code=500)])
def test_an_unexpected_error_says_nothing_of_the_inside(error: Exception) -> None:
    problem = to_problem(error, instance="/v1/x", request_id="r-1")

    assert problem.status == 500
    assert b"secret" not in msgspec.json.encode(problem)


def test_a_request_that_its_sender_cut_off_is_no_failure_of_ours() -> None:
    async def receive() -> HTTPDisconnectEvent:
        return {"type": "http.disconnect"}

    made = RequestFactory().post(headers={"content-length": "50"})
    made.scope["state"].clear()  # the body that a test is given beforehand
    request = Request[Any, Any, Any](made.scope, receive)

    with pytest.raises(HTTPException) as caught:
        asyncio.run(request.body())

    assert to_problem(caught.value, instance="/v1/x", request_id="r-1").status == 400


def test_problems_of_the_framework_have_stable_codes() -> None:
    found = [
        to_problem(error, instance="/", request_id="").code
        for error in (NotFoundException(), MethodNotAllowedException(), ValidationException())
    ]

    assert found == ["not-found", "method-not-allowed", "invalid-input"]


def test_a_validation_problem_names_the_field() -> None:
    error = ValidationException(extra=[{"message": "Expected `int`", "key": "page"}])

    assert to_problem(error, instance="/v1/search", request_id="r-1") == snapshot(
        Problem(
            type="urn:cordee:problem:invalid-input",
            title="Bad Request",
            status=400,
            detail="page: Expected `int`",
            code="invalid-input",
            instance="/v1/search",
            request_id="r-1",
            errors=(FieldProblem(path="page", message="Expected `int`"),),
        )
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error_type", all_errors(errors.PermanentError))
def test_whatever_is_wrong_with_a_file_is_said_in_plain_words(
    error_type: type[errors.CordeeError], language: str
) -> None:
    assert texts_of(language, "Europe/Paris").has(f"js.problem.{error_type.code}")
