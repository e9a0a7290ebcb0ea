"""Server-sent events about something that changes until it is over.

Handlers that follow are the ones that are not synchronous: they mostly wait, and waiting must cost
no thread.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import anyio
import msgspec
from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from api.identity import Session
from api.services import Services
from schemas.errors import NotFoundError
from schemas.identity import Caller

HEARTBEAT_S: Final = 15.0
"""Proxies close a silent connection after a minute or half a minute."""


class Seen(msgspec.Struct, frozen=True):
    """What a look at it gave."""

    id: str
    """Tells one state from the next."""
    data: bytes
    is_over: bool


async def follow(
    services: Services,
    request: Request[Caller, Session, Any],
    look: Callable[[], Seen],
    *,
    poll_s: float,
) -> Response[Any]:
    """Answer with ``progress`` events as what ``look`` sees changes, then ``done``.

    A browser that reconnects after ``done`` gets 204, which tells it to stop.

    Raises:
        NotFoundError: If ``look`` does so at once; later, that ends the stream.
    """
    last_id = request.headers.get("last-event-id", "")
    first = await sync_to_thread(look)
    if first.is_over and last_id == first.id:
        return Response(None, status_code=204)
    deadline_s = request.auth.expires_at.timestamp()
    events = iter_events(
        services, first, look, last_id=last_id, deadline_s=deadline_s, poll_s=poll_s
    )
    return ServerSentEvent(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def iter_events(
    services: Services,
    seen: Seen,
    look: Callable[[], Seen],
    *,
    last_id: str,
    deadline_s: float,
    poll_s: float,
) -> AsyncIterator[ServerSentEventMessage]:
    """Yield an event for each change until it is over, and comments in between.

    Args:
        services: Whose clock tells the time.
        seen: How it is at first.
        look: Sees how it is now; raises ``NotFoundError`` once there is nothing to see.
        last_id: Id of the last event that the client has, if any.
        deadline_s: When the caller's session ends, in seconds since 1970.
        poll_s: Seconds between two looks.
    """
    sent, quiet_since = last_id, time.monotonic()
    while services.clock().timestamp() < deadline_s:
        if seen.id != sent:
            sent, quiet_since = seen.id, time.monotonic()
            name = "done" if seen.is_over else "progress"
            yield ServerSentEventMessage(data=seen.data, event=name, id=seen.id)
        if seen.is_over:
            return
        if time.monotonic() - quiet_since > HEARTBEAT_S:
            quiet_since = time.monotonic()
            yield ServerSentEventMessage(data=None, comment="still there")
        await anyio.sleep(poll_s)
        try:
            seen = await sync_to_thread(look)
        except NotFoundError:
            return
