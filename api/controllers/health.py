"""Whether the service lives, whether it can answer, and its figures. None of it needs a caller."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog
from litestar import Response, get

from api.dependencies import TheServices
from api.metrics import CONTENT_TYPE
from api.services import Services
from schemas.errors import CordeeError, NotFoundError, TransientError
from schemas.ids import BlobKey
from schemas.wire import HealthCheck, HealthView

READY: Final = "ready"
WORKER_WITHIN_S: Final = 15.0
"""A worker that gave no sign of life for this long is taken for dead: it gives one every 5 s."""
_NO_BLOB: Final = BlobKey("0" * 64)

log = structlog.get_logger(__name__)


@get("/health/live", sync_to_thread=False, summary="Is the process alive")
def live() -> HealthView:
    """Answer as long as the process can answer anything at all."""
    return HealthView("live")


@get("/health/ready", sync_to_thread=True, summary="Can it answer searches")
def ready(services: TheServices) -> Response[HealthView]:
    """Ask each part for a sign of life; 503 names the one that gives none.

    A missing worker is reported and does not make the service unready: searches do not need it.
    """
    view = readiness(services)
    return Response(view, status_code=200 if view.status == READY else 503)


@get("/metrics", sync_to_thread=True, include_in_schema=False)
def metrics(services: TheServices) -> Response[bytes]:
    """Return the figures in the Prometheus text format."""
    return Response(services.metrics.render(), media_type=CONTENT_TYPE)


health_handlers: Final = (live, ready, metrics)


def readiness(services: Services) -> HealthView:
    """Ask each part for a sign of life; required ones first."""
    needed = [
        _check("catalog", services.catalog.ping),
        _check("blobs", lambda: _ask_blobs(services)),
        _check("indexes", lambda: _ask_engine(services)),
    ]
    worker = _check("worker", lambda: _ask_worker(services), required=False)
    is_ready = all(check.ok for check in needed)
    return HealthView(READY if is_ready else "not-ready", (*needed, worker))


def _check(name: str, ask: Callable[[], object], *, required: bool = True) -> HealthCheck:
    started = time.perf_counter()
    ok, detail = True, ""
    try:
        ask()
    except CordeeError as error:
        ok, detail = False, str(error)
    except Exception:
        # A probe is asked exactly when something is broken, in ways that no list foresees (drivers,
        # the disk): whatever a part raises is reported as "does not answer" and logged in full.
        log.exception("health.check_failed", check=name)
        ok, detail = False, "It does not answer; the log says why."
    took_ms = (time.perf_counter() - started) * 1000
    return HealthCheck(name, ok, detail, round(took_ms, 2), required)


def _ask_blobs(services: Services) -> None:
    try:
        services.blobs.size(_NO_BLOB)
    except NotFoundError:
        return


def _ask_engine(services: Services) -> None:
    if not services.handle.ready():
        raise TransientError("The indexes are being built, or their follower has stopped.")


def _ask_worker(services: Services) -> None:
    now = services.clock()
    if not services.catalog.workers.alive(now, within_s=WORKER_WITHIN_S):
        raise TransientError("No worker has given a sign of life: new documents wait.")
