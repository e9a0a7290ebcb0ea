"""How much one person may do in a minute: what goes beyond is a program's or a flood."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 60.0
MAX_PERSONS: Final = 10_000
"""Persons remembered at once, those seen last: a school's worth, and no more memory than that."""


class PerMinute:
    """Counts what each person did within the last minute. Safe in several threads.

    A window that slides: at no moment does the minute behind it hold more than the limit. Time is
    the process's own steady one, which no change of the wall clock turns back.
    """

    def __init__(
        self,
        limit: int,
        *,
        clock_s: Callable[[], float] = time.monotonic,
        max_persons: int = MAX_PERSONS,
    ) -> None:
        """Let each person do ``limit`` things a minute; of 0 nothing."""
        self._limit = limit
        self._clock_s = clock_s
        self._max_persons = max_persons
        self._lock = threading.Lock()
        self._done: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, person: str) -> bool:
        """Count one more thing; ``False``, and not counted, where it is one too many."""
        with self._lock:
            now_s = self._clock_s()
            done = self._done.setdefault(person, deque())
            self._done.move_to_end(person)
            if len(self._done) > self._max_persons:
                self._done.popitem(last=False)
            while done and done[0] <= now_s - WINDOW_S:
                done.popleft()
            if len(done) >= self._limit:
                return False
            done.append(now_s)
            return True
