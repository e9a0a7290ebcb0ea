"""Asking something again and again, by one client or by many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any, Final

from indexer.evaluation.measures import percentiles_ms

_STRIDE: Final = 97  # clients start at different texts: nobody asks what another one just did

Ask = Callable[[str], object]
"""Asks for one text and waits for the answer."""


def run_round(ask: Ask, texts: Sequence[str], *, n_clients: int, seconds: float) -> dict[str, Any]:
    """Let so many threads ask the texts in turn, each the next one when the last is answered.

    What was asked in time is waited for, and every client gets one answer at least.

    Returns:
        Clients, answers, answers a second, and how long an answer took (p50, p95, p99).
    """
    samples: list[float] = []
    failures: list[BaseException] = []
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def client(first: int) -> None:
        own: list[float] = []
        try:
            for text in islice(cycle(texts), first, None):
                started = time.perf_counter()
                ask(text)
                answered = time.perf_counter()
                own.append((answered - started) * 1e3)
                if answered >= end:
                    break
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            failures.append(error)
        with lock:
            samples.extend(own)

    threads = [threading.Thread(target=client, args=(_STRIDE * n,)) for n in range(n_clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    spent = time.perf_counter() - started
    return {
        "clients": n_clients,
        "answers": len(samples),
        "answers_per_s": round(len(samples) / spent, 1),
        "latency_ms": percentiles_ms(samples),
    }
