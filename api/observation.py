"""Around every request, whatever becomes of it: request id, safe headers, one log line, metrics.

This wraps the whole application, because routes that do not exist (404), methods that do not
(405) and preflight requests never reach the framework's own middleware.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Final

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from api.metrics import Metrics

REQUEST_ID: Final = "X-Request-ID"
_WANTED_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SAFE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_NO_ROUTE: Final = "unmatched"

log = structlog.get_logger(__name__)


class Observed:
    """An ASGI application that answers as the one inside, observed."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; only HTTP requests are observed."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        request_id = _request_id(scope)
        scope["request_id"] = request_id  # type: ignore[typeddict-unknown-key]

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableScopeHeaders.from_message(message), request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, dressed)
            finally:
                _record(scope, status=status, seconds=time.perf_counter() - started)


def _record(scope: HTTPScope, *, status: int, seconds: float) -> None:
    """Write the line and count the request; neither holds the query string or a header."""
    route = str(scope.get("path_template") or _NO_ROUTE)
    caller = scope.get("user")
    log.info(
        "request.answered",
        method=scope["method"],
        route=route,
        status=status,
        took_ms=round(seconds * 1000, 1),
        role=getattr(caller, "role", None),
        person_id=getattr(caller, "person_id", None),
    )
    services = getattr(scope["litestar_app"].state, "services", None)
    metrics: Metrics | None = getattr(services, "metrics", None)
    if metrics is not None:
        metrics.observe_request(method=scope["method"], route=route, status=status, seconds=seconds)


def _request_id(scope: HTTPScope) -> str:
    wanted = dict(scope["headers"]).get(REQUEST_ID.lower().encode(), b"").decode("latin-1")
    return wanted if _WANTED_ID.fullmatch(wanted) else secrets.token_hex(8)


def _add_headers(headers: MutableScopeHeaders, request_id: str) -> None:
    headers[REQUEST_ID] = request_id
    for name, value in _SAFE_HEADERS.items():
        headers.setdefault(name, value)
