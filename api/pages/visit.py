"""A page that somebody asks for: who has signed in gets it, everybody else the way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from litestar import Request, Response

from api.pages.addresses import SearchAddress
from api.pages.rendering import render_page
from api.pages.visitor import Visitor, visitor_of
from api.services import Services
from schemas.errors import ForbiddenError
from schemas.identity import Caller

AnyRequest = Request[Any, Any, Any]
Html = Response[str]


class Visit(NamedTuple):
    """A page that somebody who has signed in asks for."""

    services: Services
    request: AnyRequest
    visitor: Visitor
    caller: Caller


def for_callers(services: Services, request: AnyRequest, show: Callable[[Visit], Html]) -> Html:
    """Show a page to who has signed in, and the way in to everybody else."""
    visitor = visitor_of(request, services)
    if visitor.caller is None:
        return render_page("sign_in.html", visitor, status=401, address=SearchAddress())
    return show(Visit(services, request, visitor, visitor.caller))


def for_mentors(services: Services, request: AnyRequest, show: Callable[[Visit], Html]) -> Html:
    """Show a page to who may add and change documents.

    Raises:
        ForbiddenError: If a student asks.
    """

    def show_if_allowed(visit: Visit) -> Html:
        if not visit.caller.may_ingest:
            raise ForbiddenError("This page is for mentors.")
        return show(visit)

    return for_callers(services, request, show_if_allowed)


def for_operators(services: Services, request: AnyRequest, show: Callable[[Visit], Html]) -> Html:
    """Show a page to who looks after the service.

    Raises:
        ForbiddenError: If a student or a mentor asks.
    """

    def show_if_allowed(visit: Visit) -> Html:
        if not visit.caller.may_operate:
            raise ForbiddenError("This page is for administrators.")
        return show(visit)

    return for_callers(services, request, show_if_allowed)
