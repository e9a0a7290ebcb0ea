"""Who looks at a page, and in which language: read from the request's cookies."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from api.controllers.session import session_cookie
from api.guards import SESSION_COOKIE
from api.identity import mint_token
from api.pages.texts import LANGUAGES, Texts, texts_of
from api.personas import DEMO_SESSION_S, PERSONAS, Persona
from api.services import Services
from schemas.errors import UnauthenticatedError
from schemas.identity import Caller

LANGUAGE_COOKIE: Final = "cordee_language"
_READS: Final = frozenset({"GET", "HEAD"})
_A_YEAR_S: Final = 365 * 24 * 3600


class Visitor(msgspec.Struct, frozen=True):
    """A reader of a page."""

    caller: Caller | None
    """``None`` for somebody who has not signed in."""
    t: Texts
    personas: tuple[Persona, ...]
    """Whom one may be; empty outside of demo mode."""
    here: str
    """Address of the page, ready for one more parameter: it ends in ``?`` or ``&``."""
    cookies: tuple[Cookie, ...] = ()
    """What the answer sets."""
    n_news: int = 0
    """Of their own questions with something new, and for mentors of those that wait for them."""


def visitor_of(request: Request[Any, Any, Any], services: Services) -> Visitor:
    """Find out who is looking; in demo mode nobody is left at the door."""
    language, cookies = _language(request)
    caller = _caller(request, services)
    # Not in answer to a form: one of another site must not sign anybody in.
    if caller is None and services.settings.demo and request.method in _READS:
        caller = PERSONAS[0].caller
        cookies = (*cookies, persona_cookie(request, services, caller))
    return Visitor(
        caller=caller,
        t=texts_of(language, services.settings.server.time_zone),
        personas=PERSONAS if services.settings.demo else (),
        here=_here(request),
        cookies=cookies,
        n_news=_n_news(services, caller) if caller is not None else 0,
    )


def persona_cookie(request: Request[Any, Any, Any], services: Services, caller: Caller) -> Cookie:
    """Return the cookie of a demo session."""
    token = mint_token(services.settings, caller, DEMO_SESSION_S, clock=services.clock)
    return session_cookie(request, token, services.verifier.verify(token), services.clock())


def _caller(request: Request[Any, Any, Any], services: Services) -> Caller | None:
    token = request.cookies.get(SESSION_COOKIE, "")
    try:
        return services.verifier.verify(token).caller if token else None
    except UnauthenticatedError:  # expired, or of another installation: as if there were none
        return None


def _n_news(services: Services, caller: Caller) -> int:
    questions = services.catalog.questions
    waiting = questions.n_waiting().get(caller.person_id, 0) if caller.may_ingest else 0
    return questions.n_news(caller.person_id) + waiting


def _language(request: Request[Any, Any, Any]) -> tuple[str, tuple[Cookie, ...]]:
    chosen = str(request.query_params.get("lang", ""))
    if chosen in LANGUAGES:
        kept = Cookie(LANGUAGE_COOKIE, value=chosen, max_age=_A_YEAR_S, path="/", samesite="lax")
        return chosen, (kept,)
    known = request.cookies.get(LANGUAGE_COOKIE, "")
    return (known if known in LANGUAGES else LANGUAGES[0]), ()


def _here(request: Request[Any, Any, Any]) -> str:
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    path = request.url.path
    return f"{path}?{urlencode(pairs)}&" if pairs else f"{path}?"
