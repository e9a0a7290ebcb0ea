"""Who may call what: run before anything of the request's body is read.

Every route under ``/v1`` requires a caller; one that does not says so with ``opt={PUBLIC: True}``.
A cookie proves the caller for reading. For changing something it proves the caller only where the
browser says that one of our own pages asks (``comes_from_own_page``): a page of another site can
make a browser send the cookie, never the ``Authorization`` header nor a false word on where it
asks from.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.dependencies import services_of
from api.identity import Session
from schemas.errors import ForbiddenError, InvalidInputError, UnauthenticatedError
from schemas.identity import Caller

PUBLIC: Final = "public"
"""Key of a route's ``opt`` that says: no caller needed."""
PARAMETERS: Final = "parameters"
"""Key of a route's ``opt`` that holds the names that may stand in its address."""
_SHOWN_CHARS: Final = 40  # of a name that does not exist
SESSION_COOKIE: Final = "cordee_session"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
_SCHEME: Final = "bearer"
_FETCH_SITE: Final = "sec-fetch-site"
_ORIGIN: Final = "origin"

Connection = ASGIConnection[Any, Any, Any, Any]


async def require_caller(connection: Connection, handler: BaseRouteHandler) -> None:
    """Find out who is asking, for handlers to read.

    Raises:
        UnauthenticatedError: If there is no token, or one that does not hold.
    """
    if handler.opt.get(PUBLIC):
        return
    verifier = services_of(connection).verifier
    # In a thread: a token of the identity provider may need its keys fetched.
    session: Session = await sync_to_thread(verifier.verify, token_of(connection))
    connection.scope["user"] = session.caller
    connection.scope["auth"] = session


def require_ingest(connection: Connection, _: BaseRouteHandler) -> None:
    """Let only callers pass who may add, change and delete documents."""
    caller: Caller = connection.user
    if not caller.may_ingest:
        raise ForbiddenError("Students cannot add, change or delete documents.")


def require_staff(connection: Connection, _: BaseRouteHandler) -> None:
    """Let only callers pass who keep what the whole school shares."""
    caller: Caller = connection.user
    if not caller.may_ingest:
        raise ForbiddenError("Students cannot change what the whole school shares.")


def require_operator(connection: Connection, _: BaseRouteHandler) -> None:
    """Let only callers pass who look after the service."""
    caller: Caller = connection.user
    if not caller.may_operate:
        raise ForbiddenError("Only administrators experiment with what everybody sees.")


def require_mentor(connection: Connection, _: BaseRouteHandler) -> None:
    """Let only callers pass who see what mentors see."""
    caller: Caller = connection.user
    if not caller.may_ingest:
        raise ForbiddenError("This is for mentors.")


def require_known_parameters(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let only addresses pass whose parameters exist: a misspelled filter must not look obeyed.

    Raises:
        InvalidInputError: Naming the first one that does not, and those that do.
    """
    known: Collection[str] = handler.opt[PARAMETERS]
    for name in connection.query_params:
        if name not in known:
            raise InvalidInputError(
                f"{name[:_SHOWN_CHARS]}: there is no such parameter; there are {', '.join(known)}."
            )


def require_own_page(connection: Connection, _: BaseRouteHandler) -> None:
    """Let only our own pages and programs pass: for what begins a session.

    A form of another site could sign a visitor in as somebody else, cookie or not. A request that
    says nothing of where it comes from is a program's, since every browser names the origin of a
    form; with a cookie it passes for a browser's and is refused.

    Raises:
        ForbiddenError: If a page of another site asks, or nobody knows whose.
    """
    if comes_from_own_page(connection):
        return
    named = any(name in connection.headers for name in (_FETCH_SITE, _ORIGIN))
    if named or SESSION_COOKIE in connection.cookies:
        raise ForbiddenError("This can only be sent from a page of this site.")


def comes_from_own_page(connection: Connection) -> bool:
    """Tell whether the browser says that a page of this very origin sends the request.

    ``Sec-Fetch-Site`` decides where it is sent (scripts cannot set it; browsers leave it out on
    plain ``http``, except for this machine itself); else ``Origin`` must be ours.
    """
    site = connection.headers.get(_FETCH_SITE)
    if site is not None:
        return site == "same-origin"
    host = connection.headers.get("host", "")
    own = f"{connection.scope['scheme']}://{host}"
    return bool(host) and connection.headers.get(_ORIGIN, "").lower() == own.lower()


def token_of(connection: Connection) -> str:
    """Return the token that came with a request.

    Raises:
        UnauthenticatedError: If there is none that counts for this method and sender.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == _SCHEME and token.strip():
        return token.strip()
    if scheme:
        raise UnauthenticatedError("The Authorization header must read: Bearer, space, token.")
    cookie = connection.cookies.get(SESSION_COOKIE, "")
    is_read = connection.scope.get("method") in _SAFE_METHODS
    if cookie and (is_read or comes_from_own_page(connection)):
        return cookie
    if cookie:
        raise UnauthenticatedError("What changes something needs the Authorization header.")
    raise UnauthenticatedError("Sign in: this needs a bearer token.")
