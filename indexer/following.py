"""What a store holds, as searches use it: in memory, and read again when the store has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

import structlog

from schemas.errors import TransientError

LOOK_EVERY_S: Final = 1.0  # how soon a change made by another process counts here

State = TypeVar("State")
log = structlog.get_logger(__name__)


class Followed(Generic[State]):
    """Follows a store, which is asked for its version once a second at most. Thread-safe.

    While the store does not answer, what was there before stays in force.
    """

    def __init__(
        self,
        read: Callable[[], State],
        *,
        version: Callable[[], object],
        version_of: Callable[[State], object],
        name: str,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read once.

        Args:
            read: Reads everything.
            version: Asks the store for what changes with every change.
            version_of: Tells of what version something is that was read.
            name: Of what is followed, in logs.
            clock_s: A steady clock.
        """
        self._read = read
        self._version = version
        self._version_of = version_of
        self._name = name
        self._clock_s = clock_s
        self._alone = threading.Lock()
        self._state = read()
        self._look_at_s = clock_s() + LOOK_EVERY_S

    def current(self) -> State:
        """Return what is there, at most a second old; whoever comes while it is read waits not."""
        if self._clock_s() >= self._look_at_s and self._alone.acquire(blocking=False):
            try:
                self._look_at_s = self._clock_s() + LOOK_EVERY_S
                if self._version() != self._version_of(self._state):
                    self._state = self._read()
            except TransientError as exc:
                log.warning("store.stale", what=self._name, error=str(exc))
            finally:
                self._alone.release()
        return self._state

    @contextmanager
    def changing(self) -> Iterator[State]:
        """Give what is there at this moment, and read it again when the block has changed it."""
        with self._alone:
            self._state = self._read()
            yield self._state
            self._state = self._read()
