"""What several threads ask for at the same time, done together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Gathering(Generic[A, R]):
    """Calls a function on what waits, together, while as many calls as may run are running.

    Nobody waits for company: where a call is free, an item goes alone and at once. What comes
    while all run is shared out among the calls that follow, so that none of them lies idle.
    Safe in several threads; owns none.
    """

    def __init__(
        self, run: Callable[[Sequence[A]], Sequence[R]], *, at_once: int, most: int
    ) -> None:
        """Gather calls of ``run``.

        Args:
            run: Returns one result for each item, in order. What it raises, all of its items
                raise. Must be safe in ``at_once`` threads.
            at_once: Calls that may run side by side.
            most: Items of one call.
        """
        self._run = run
        self._at_once = at_once
        self._most = most
        self._lock = threading.Lock()
        self._n_running = 0
        self._waiting: deque[_Asked[A, R]] = deque()

    @property
    def n_waiting(self) -> int:
        """How many items wait for a call just now."""
        return len(self._waiting)

    def __call__(self, item: A) -> R:
        """Return the result for one item."""
        mine: _Asked[A, R] = _Asked(item)
        with self._lock:
            if self._n_running < self._at_once:
                self._n_running += 1
                mine.calls_for = [mine]
            else:
                self._waiting.append(mine)
        if not mine.calls_for:
            mine.turn.wait()
        if mine.calls_for:
            self._call(mine.calls_for)
        return mine.result()

    def _call(self, batch: Sequence[_Asked[A, R]]) -> None:
        """Do a batch in the thread of its first item, then hand the call on."""
        try:
            results = self._run([each.item for each in batch])
            for each, result in zip(batch, results, strict=True):
                each.results = [result]
        except BaseException as exc:
            for each in batch:
                each.error = exc
            raise
        finally:
            self._hand_on()
            for each in batch:
                each.turn.set()

    def _hand_on(self) -> None:
        with self._lock:
            share = -(-len(self._waiting) // self._at_once)
            batch = [self._waiting.popleft() for _ in range(min(share, self._most))]
            if not batch:
                self._n_running -= 1
                return
        batch[0].calls_for = batch
        batch[0].turn.set()


class _Asked(Generic[A, R]):
    """One item, and what becomes of it."""

    def __init__(self, item: A) -> None:
        self.item = item
        self.turn = threading.Event()
        """Set when its result is there, or when its thread is to call for others too."""
        self.calls_for: list[_Asked[A, R]] = []
        self.results: list[R] = []
        self.error: BaseException | None = None

    def result(self) -> R:
        """Return the result, or raise what its call raised."""
        if self.error is not None:
            raise self.error
        return self.results[0]
