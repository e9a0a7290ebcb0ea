"""Errors as pages: what happened and what to do, in the reader's language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar import Request, Response

from api.dependencies import services_of
from api.pages.addresses import AddressError, SearchAddress
from api.pages.rendering import render_page
from api.pages.texts import Texts
from api.pages.visitor import visitor_of
from api.problems import to_problem, to_response
from schemas.query import MAX_PAGE, MAX_QUERY_CHARS

_SHOWN_CHARS: Final = 200  # of a query that may be what is wrong
_FOR_PROGRAMS: Final = ("/v1/", "/schema", "/health", "/assets/")

log = structlog.get_logger(__name__)


def to_page_or_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an error that no page has caught: a page for people who follow a wrong address."""
    path: str = request.scope["path"]
    is_for_people = "text/html" in request.headers.get("accept", "")
    if is_for_people and not path.startswith(_FOR_PROGRAMS):
        return render_problem(request, error)
    return to_response(request, error)


def render_problem(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """Turn any error of a page into a page; its sentence is ours, never the error's own."""
    problem = to_problem(
        error, instance=request.scope["path"], request_id=str(request.scope.get("request_id", ""))
    )
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("page.crashed", exc_info=error, path=problem.instance)
    visitor = visitor_of(request, services_of(request))
    key = f"error.{problem.code}"
    if not visitor.t.has(f"{key}.title"):
        key = "error.internal"
    address = SearchAddress(q=str(request.query_params.get("q", ""))[:_SHOWN_CHARS])
    return render_page(
        "problem.html",
        visitor,
        status=problem.status,
        address=address,
        key=key,
        text=_text(error, key, visitor.t),
        again=address.url() if isinstance(error, AddressError) and error.part != "q" else None,
        request_id=problem.request_id,
    )


def _text(error: Exception, key: str, t: Texts) -> str:
    """Return what happened and what to do; of a wrong address which part is wrong."""
    if isinstance(error, AddressError) and t.has(f"error.address.{error.part}"):
        return t(
            f"error.address.{error.part}",
            value=error.value,
            chars=MAX_QUERY_CHARS,
            pages=MAX_PAGE,
        )
    return t(f"{key}.text")
