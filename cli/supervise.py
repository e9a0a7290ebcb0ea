"""One child process kept alive: started again, more and more slowly, when it dies."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
STEADY_S: Final = 60.0
"""A child that has lived this long starts the waits anew when it dies."""
STOP_S: Final = 20.0
"""A stage may need some seconds to reach its next safe point; it resumes from there anyway."""
_POLL_S: Final = 0.1

log = structlog.get_logger(__name__)


@contextmanager
def supervised(
    command: Sequence[str], *, first_wait_s: float = FIRST_WAIT_S, stop_s: float = STOP_S
) -> Iterator[None]:
    """Keep a command running for as long as the context lasts, then end it.

    The child gets SIGTERM at the end, and SIGKILL when it is still there after ``stop_s``.
    """
    stop = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(list(command), stop, first_wait_s, stop_s), name="worker-keeper"
    )
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def next_wait_s(wait_s: float, lived_s: float, *, first_wait_s: float = FIRST_WAIT_S) -> float:
    """Return how long to wait before the next start: twice the last wait, up to a limit."""
    return first_wait_s if lived_s >= STEADY_S else min(LONGEST_WAIT_S, wait_s * 2)


def _keep(command: list[str], stop: threading.Event, first_wait_s: float, stop_s: float) -> None:
    wait_s = first_wait_s / 2
    while not stop.is_set():
        started = time.monotonic()
        # A session of its own: Ctrl-C reaches us alone, and we end the child in order.
        child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own command
        while child.poll() is None and not stop.wait(_POLL_S):
            pass
        if stop.is_set():
            _end(child, stop_s)
            return
        lived_s = time.monotonic() - started
        wait_s = next_wait_s(wait_s, lived_s, first_wait_s=first_wait_s)
        log.warning(
            "worker.died",
            exit_code=child.returncode,
            lived_s=round(lived_s, 1),
            next_start_in_s=wait_s,
        )
        stop.wait(wait_s)


def _end(child: subprocess.Popen[bytes], stop_s: float) -> None:
    child.terminate()
    try:
        child.wait(stop_s)
    except subprocess.TimeoutExpired:
        log.warning("worker.killed", after_s=stop_s)
        child.kill()
        child.wait()
