"""Sessions: a cookie for pages, their scripts and what cannot send a header (players); personas.

The cookie holds the same token. Scripts cannot read it, other sites cannot make it travel, and
it changes something only for our own pages (see ``api.guards``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from api.access import nothing
from api.dependencies import TheServices
from api.guards import PUBLIC, SESSION_COOKIE, token_of
from api.identity import Session, mint_token
from api.personas import DEMO_SESSION_S, PERSONAS, persona_of
from api.services import Services
from schemas.identity import Caller
from schemas.wire_people import (
    CallerView,
    DemoSession,
    DemoSessionRequest,
    PersonaList,
    PersonaView,
    SessionView,
)

AnyRequest = Request[Any, Session, Any]


@post("/session", sync_to_thread=True, status_code=200, summary="Begin a session")
def begin_session(services: TheServices, request: AnyRequest) -> Response[SessionView]:
    """Turn the bearer token of this request into a cookie that lasts as long as the token."""
    session = request.auth
    cookie = session_cookie(request, token_of(request), session, services.clock())
    return Response(_view(session), cookies=[cookie])


@get("/session", sync_to_thread=False, summary="Who is signed in")
def get_session(request: AnyRequest) -> SessionView:
    """Return the caller that the header or the cookie proves."""
    return _view(request.auth)


@delete("/session", sync_to_thread=False, opt={PUBLIC: True}, summary="End a session")
def end_session() -> Response[None]:
    """Forget the cookie."""
    gone = Cookie(key=SESSION_COOKIE, value="", max_age=0, path="/", httponly=True)
    return Response(None, status_code=204, cookies=[gone])


@get("/demo/personas", sync_to_thread=False, opt={PUBLIC: True}, summary="Personas of the demo")
def list_personas(services: TheServices) -> PersonaList:
    """List who one can be; only in demo mode.

    Raises:
        NotFoundError: Outside of demo mode.
    """
    _require_demo(services)
    return PersonaList(
        tuple(
            PersonaView(
                persona.caller.person_id,
                persona.caller.name,
                persona.caller.role,
                persona.description,
            )
            for persona in PERSONAS
        )
    )


@post("/demo/session", sync_to_thread=True, opt={PUBLIC: True}, summary="Become a persona")
def begin_demo_session(
    services: TheServices, request: Request[Any, Any, Any], data: JSONBody[DemoSessionRequest]
) -> Response[DemoSession]:
    """Sign in as a persona without a password; only in demo mode.

    Raises:
        NotFoundError: Outside of demo mode, or if there is no such persona.
    """
    _require_demo(services)
    caller = persona_of(data.persona).caller
    token = mint_token(services.settings, caller, DEMO_SESSION_S, clock=services.clock)
    session = services.verifier.verify(token)
    cookie = session_cookie(request, token, session, services.clock())
    view = DemoSession(token, _caller_view(caller), session.expires_at)
    return Response(view, cookies=[cookie], headers={"Cache-Control": "no-store"})


session_router = Router(
    "/",
    route_handlers=[begin_session, get_session, end_session, list_personas, begin_demo_session],
    tags=["session"],
)


def _require_demo(services: Services) -> None:
    if not services.settings.demo:
        raise nothing()


def session_cookie(
    request: Request[Any, Any, Any], token: str, session: Session, now: datetime
) -> Cookie:
    """Return the cookie that holds a token for as long as the token holds."""
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        max_age=max(0, int((session.expires_at - now).total_seconds())),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _view(session: Session) -> SessionView:
    return SessionView(_caller_view(session.caller), session.expires_at)


def _caller_view(caller: Caller) -> CallerView:
    return CallerView(
        person_id=caller.person_id,
        name=caller.name,
        role=caller.role,
        may_ingest=caller.may_ingest,
        may_operate=caller.may_operate,
    )
