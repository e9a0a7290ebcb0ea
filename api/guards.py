"""Who may call what: run before anything of the request's body is read.

Every route under ``/v1`` requires a caller; one that does not says so with ``opt={PUBLIC: True}``.
A cookie proves the caller for reading only: a page of another site can make a browser send it,
never the ``Authorization`` header, so what changes state needs the header.
"""

from __future__ import annotations

from typing import Any, Final

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.dependencies import services_of
from api.identity import Session
from schemas.errors import ForbiddenError, UnauthenticatedError
from schemas.identity import Caller

PUBLIC: Final = "public"
"""Key of a route's ``opt`` that says: no caller needed."""
SESSION_COOKIE: Final = "cordee_session"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
_SCHEME: Final = "bearer"

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


def token_of(connection: Connection) -> str:
    """Return the token that came with a request.

    Raises:
        UnauthenticatedError: If there is none that counts for this method.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == _SCHEME and token.strip():
        return token.strip()
    if scheme:
        raise UnauthenticatedError("The Authorization header must read: Bearer, space, token.")
    cookie = connection.cookies.get(SESSION_COOKIE, "")
    if cookie and connection.scope.get("method") in _SAFE_METHODS:
        return cookie
    if cookie:
        raise UnauthenticatedError("What changes something needs the Authorization header.")
    raise UnauthenticatedError("Sign in: this needs a bearer token.")
