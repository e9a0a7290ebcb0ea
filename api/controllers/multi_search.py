"""Several searches in one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Router, post
from litestar.exceptions import ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Reference,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import JSONBody

from api.controllers.search import answer
from api.dependencies import TheCaller, TheServices
from api.problems import PROBLEM_TYPE, to_problem
from schemas.errors import CordeeError
from schemas.identity import Caller
from schemas.wire import Problem, SearchRequest, SearchResponse
from schemas.wire_search import MAX_SEARCHES, MultiSearchRequest, MultiSearchResponse


def _list_of(name: str, item: Schema | Reference) -> dict[str, OpenAPIMediaType]:
    listed = Schema(type=OpenAPIType.ARRAY, items=item, min_items=1, max_items=MAX_SEARCHES)
    body = Schema(type=OpenAPIType.OBJECT, required=[name], properties={name: listed})
    return {"application/json": OpenAPIMediaType(schema=body)}


def _named(struct: type[msgspec.Struct]) -> Reference:
    return Reference(ref=f"#/components/schemas/{struct.__name__}")


@dataclass
class MultiSearchOperation(Operation):
    """Says what a search and its answer are: types of the handler leave both open."""

    def __post_init__(self) -> None:
        """Describe both bodies in place of what the signature gives."""
        asked = _list_of("searches", _named(SearchRequest))
        self.request_body = RequestBody(required=True, content=asked)
        answers = Schema(one_of=[_named(SearchResponse), _named(Problem)])
        done = self.responses["200"] if self.responses else None
        if isinstance(done, OpenAPIResponse):
            done.content = _list_of("results", answers)


@post(
    "/multi-search",
    sync_to_thread=True,
    status_code=200,
    operation_class=MultiSearchOperation,
    responses={
        400: ResponseSpec(
            Problem,
            generate_examples=False,
            description="No list of one to ten objects.",
            media_type=PROBLEM_TYPE,
        )
    },
    summary="Several searches at once",
)
def multi_search(
    services: TheServices,
    caller: TheCaller,
    request: Request[Caller, Any, Any],
    data: JSONBody[MultiSearchRequest],
) -> MultiSearchResponse:
    """Answer one to ten searches, in their order, each over what the caller may see.

    A search that does not fit gets a problem in its place and leaves the others alone. They run
    one after the other: each one uses both halves of the engine already.
    """
    request_id = str(request.scope.get("request_id", ""))

    def one(number: int, asked: dict[str, Any]) -> SearchResponse | Problem:
        try:
            read = _read(asked)
            return answer(services, caller, read, surface=read.surface)
        except (CordeeError, ValidationException) as error:
            place = f"{request.scope['path']}#/searches/{number}"
            return to_problem(error, instance=place, request_id=request_id)

    return MultiSearchResponse(tuple(one(n, asked) for n, asked in enumerate(data.searches)))


multi_search_router = Router("/", route_handlers=[multi_search], tags=["search"])


def _read(asked: dict[str, Any]) -> SearchRequest:
    """Read one search as the body of ``/search`` is read.

    Raises:
        ValidationException: Naming the field that does not fit.
    """
    try:
        return msgspec.convert(asked, SearchRequest)
    except msgspec.ValidationError as exc:
        raise ValidationException(extra=[{"message": str(exc)}]) from exc
