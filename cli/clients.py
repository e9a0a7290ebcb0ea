"""Clients that search a running server over HTTP, and how long each waits for its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from typing import Any, Final

import httpx
import msgspec

from cli.server import detail_of
from indexer.evaluation.measures import percentiles_ms
from schemas.errors import CordeeError, InvalidInputError, TransientError

TIMEOUT_S: Final = 30.0
_ROUTE: Final = "/v1/search"

Progress = Callable[[str, int, int], None]


class Answer(msgspec.Struct, frozen=True):
    """One search as its client saw it."""

    elapsed_ms: float
    """From sending the request until the last byte of the answer is there."""
    took_ms: float | None = None
    """What the server says that the search itself took; ``None`` if it refused or broke off."""
    timings_ms: dict[str, float] = {}


class _Said(msgspec.Struct, frozen=True):
    took_ms: float
    timings_ms: dict[str, float]


def connect(address: str, token: str, n_clients: int) -> httpx.Client:
    """Return what so many threads can share, with a lasting connection for each."""
    return httpx.Client(
        base_url=address,
        timeout=TIMEOUT_S,
        headers={"Authorization": f"Bearer {token}"},
        limits=httpx.Limits(max_connections=n_clients, max_keepalive_connections=n_clients),
        trust_env=False,  # a proxy of the environment would be measured as well
    )


def measure_http(
    client: httpx.Client,
    texts: Sequence[str],
    *,
    searches: int,
    warm_up: int,
    clients: Sequence[int],
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Search over HTTP with so many clients at once, each asking again once it is answered.

    Clients and server share the machine unless the server is elsewhere: what the clients cost
    (a millisecond or two a search) is part of the times.

    Args:
        client: Addresses the server, signed in.
        texts: Queries, asked in turn, from the first again when all were.
        searches: Timed searches of a round.
        warm_up: Searches before each round, which nobody times.
        clients: Numbers of clients, one round for each.
        progress: Told about rounds done.

    Returns:
        The report that ``cordee bench http --json`` prints. Times are those of answered searches
        only; ``failed`` counts the others.

    Raises:
        InvalidInputError: If there is no query.
        TransientError: If the server does not answer while warming up.
        CordeeError: If it refuses while warming up, with its reason.
    """
    if not texts:
        raise InvalidInputError("There is no query to ask.")
    rounds = []
    for n_done, n_clients in enumerate(clients, 1):
        with ThreadPoolExecutor(n_clients) as pool:
            list(pool.map(partial(_ask_or_fail, client), _in_turn(texts, warm_up)))
            started = time.perf_counter()
            answers = list(pool.map(partial(_ask, client), _in_turn(texts, searches)))
            seconds = time.perf_counter() - started
        rounds.append(_summary(n_clients, answers, seconds))
        progress("rounds", n_done, len(clients))
    return {"url": str(client.base_url), "queries": len(texts), "rounds": rounds}


def _in_turn(texts: Sequence[str], n: int) -> Iterator[str]:
    return islice(cycle(texts), n)


def _ask(client: httpx.Client, text: str) -> Answer:
    started = time.perf_counter()
    try:
        answer = client.get(_ROUTE, params={"q": text})  # reads the body to its end
    except httpx.HTTPError:
        return Answer((time.perf_counter() - started) * 1000)
    elapsed_ms = (time.perf_counter() - started) * 1000
    if answer.is_error:
        return Answer(elapsed_ms)
    said = msgspec.json.decode(answer.content, type=_Said)
    return Answer(elapsed_ms, said.took_ms, said.timings_ms)


def _ask_or_fail(client: httpx.Client, text: str) -> None:
    try:
        answer = client.get(_ROUTE, params={"q": text})
    except httpx.HTTPError as exc:
        raise TransientError(f"The server at {client.base_url} does not answer: {exc}.") from exc
    if answer.is_error:
        raise CordeeError(detail_of(answer))


def _summary(n_clients: int, answers: Sequence[Answer], seconds: float) -> dict[str, Any]:
    good = [answer for answer in answers if answer.took_ms is not None]
    parts = sorted({name for answer in good for name in answer.timings_ms})
    return {
        "clients": n_clients,
        "searches": len(good),
        "failed": len(answers) - len(good),
        "searches_per_s": round(len(good) / seconds, 1),
        "latency_ms": percentiles_ms([answer.elapsed_ms for answer in good]),
        "server_ms": percentiles_ms([answer.took_ms or 0.0 for answer in good]),
        "server_parts_ms": {
            name: percentiles_ms([answer.timings_ms.get(name, 0.0) for answer in good])
            for name in parts
        },
    }
