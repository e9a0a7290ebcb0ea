"""Items that several threads bring at once, in calls that several may share."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from indexer.dense.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 10.0


class Counter:
    """Doubles numbers, notes which came together, and holds calls until told to go on."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        assert self.go_on.wait(PATIENCE_S)
        if any(number < 0 for number in numbers):
            raise ValueError("negative")
        return [2 * number for number in numbers]


@contextmanager
def crowd(
    gather: Gathering[int, int], counter: Counter, first: Sequence[int], then: Sequence[int]
) -> Iterator[tuple[list[Future[int]], list[Future[int]]]]:
    """Bring the first items, and while their calls are held the others in order."""
    counter.go_on.clear()
    with ThreadPoolExecutor(len(first) + len(then)) as pool:
        running = [pool.submit(gather, item) for item in first]
        _until(lambda: len(counter.calls) == len(first))
        waiting = []
        for n, item in enumerate(then, 1):
            waiting.append(pool.submit(gather, item))
            _until(lambda n=n: gather.n_waiting == n)
        counter.go_on.set()
        yield running, waiting


def _until(holds: object) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_comes_alone_goes_alone() -> None:
    counter = Counter()
    gather = Gathering(counter, at_once=2, most=8)
    assert [gather(1), gather(2)] == [2, 4]
    assert counter.calls == [[1], [2]]


def test_who_comes_while_a_call_runs_goes_with_the_others_that_wait() -> None:
    counter = Counter()
    gather = Gathering(counter, at_once=1, most=8)
    with crowd(gather, counter, [1], [2, 3, 4]) as (running, waiting):
        assert [each.result(PATIENCE_S) for each in running + waiting] == [2, 4, 6, 8]
    assert counter.calls == [[1], [2, 3, 4]]


def test_those_who_wait_are_shared_out_among_the_calls() -> None:
    counter = Counter()
    gather = Gathering(counter, at_once=2, most=8)
    with crowd(gather, counter, [1, 2], [3, 4, 5, 6]) as (_, waiting):
        assert [each.result(PATIENCE_S) for each in waiting] == [6, 8, 10, 12]
    assert max(len(call) for call in counter.calls) <= 2


def test_a_call_has_no_more_items_than_allowed() -> None:
    counter = Counter()
    gather = Gathering(counter, at_once=1, most=2)
    with crowd(gather, counter, [1], [2, 3, 4, 5, 6]) as (_, waiting):
        assert [each.result(PATIENCE_S) for each in waiting] == [4, 6, 8, 10, 12]
    assert counter.calls == [[1], [2, 3], [4, 5], [6]]


def test_what_a_call_raises_reaches_its_own_items_and_no_others() -> None:
    counter = Counter()
    gather = Gathering(counter, at_once=1, most=2)
    with crowd(gather, counter, [1], [-2, 3, 4]) as (running, waiting):
        assert running[0].result(PATIENCE_S) == 2
        for each in waiting[:2]:
            with pytest.raises(ValueError, match="negative"):
                each.result(PATIENCE_S)
        assert waiting[2].result(PATIENCE_S) == 8
    assert gather(5) == 10


def test_no_result_is_lost_or_mixed_up_in_a_crowd() -> None:
    gather = Gathering(Counter(), at_once=3, most=4)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(gather, range(2_000))) == [2 * n for n in range(2_000)]
    assert gather.n_waiting == 0
