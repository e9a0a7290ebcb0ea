"""Clients that search over HTTP, against a server that is a plain function."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from cli.clients import measure_http
from schemas.errors import CordeeError, InvalidInputError, TransientError

TEXTS = ("devis", "tva franchise", "loyer")
GOOD = httpx.Response(200, json={"hits": [], "took_ms": 12.5, "timings_ms": {"encode": 4.0}})


def client_of(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(base_url="http://school.test", transport=httpx.MockTransport(handler))


class Server:
    """Answers every search, and remembers what was asked."""

    def __init__(self, refuse_after: int | None = None) -> None:
        self.asked: list[str] = []
        self._refuse_after = refuse_after

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/search"
        self.asked.append(request.url.params["q"])
        if self._refuse_after is not None and len(self.asked) > self._refuse_after:
            return httpx.Response(503, json={"detail": "The index is away."})
        return httpx.Response(200, content=GOOD.content)


def test_every_round_warms_up_and_then_asks_the_queries_in_turn() -> None:
    server = Server()

    report = measure_http(client_of(server), TEXTS, searches=6, warm_up=2, clients=[1])

    assert server.asked == [*TEXTS[:2], *TEXTS, *TEXTS]
    assert report["queries"] == 3
    assert report["url"] == "http://school.test"


def test_a_round_reports_whole_answers_and_the_servers_own_times() -> None:
    report = measure_http(client_of(Server()), TEXTS, searches=9, warm_up=1, clients=[1, 3])

    one, three = report["rounds"]
    assert (one["clients"], three["clients"]) == (1, 3)
    assert {(each["searches"], each["failed"]) for each in (one, three)} == {(9, 0)}
    assert one["server_ms"] == {"p50": 12.5, "p95": 12.5, "p99": 12.5}
    assert one["server_parts_ms"] == {"encode": {"p50": 4.0, "p95": 4.0, "p99": 4.0}}
    assert 0 < one["latency_ms"]["p50"] <= one["latency_ms"]["p99"]
    assert one["searches_per_s"] > 0


def test_so_many_clients_really_ask_at_once() -> None:
    together = threading.Barrier(4, timeout=20)
    threads: Counter[int] = Counter()

    def answer(_: httpx.Request) -> httpx.Response:
        threads[threading.get_ident()] += 1
        together.wait()  # breaks unless four are here at the same time
        return httpx.Response(200, content=GOOD.content)

    report = measure_http(client_of(answer), TEXTS, searches=8, warm_up=4, clients=[4])

    assert report["rounds"][0]["failed"] == 0
    assert len(threads) == 4


def test_a_refusal_while_measuring_is_counted_and_not_timed() -> None:
    report = measure_http(
        client_of(Server(refuse_after=5)), TEXTS, searches=6, warm_up=1, clients=[1]
    )

    assert (report["rounds"][0]["searches"], report["rounds"][0]["failed"]) == (4, 2)


def test_when_all_are_refused_nothing_is_reported_as_fast() -> None:
    report = measure_http(
        client_of(Server(refuse_after=1)), TEXTS, searches=3, warm_up=1, clients=[1]
    )

    assert (report["rounds"][0]["searches"], report["rounds"][0]["failed"]) == (0, 3)
    assert report["rounds"][0]["searches_per_s"] == 0.0


def test_a_refusal_while_warming_up_says_the_servers_reason() -> None:
    with pytest.raises(CordeeError, match="The index is away"):
        measure_http(client_of(Server(refuse_after=0)), TEXTS, searches=3, warm_up=1, clients=[1])


def test_a_server_that_is_not_there_is_named() -> None:
    def break_off(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(TransientError, match=r"school\.test"):
        measure_http(client_of(break_off), TEXTS, searches=3, warm_up=1, clients=[1])


def test_a_collection_without_judged_queries_is_an_error() -> None:
    with pytest.raises(InvalidInputError, match="no query"):
        measure_http(client_of(Server()), (), searches=3, warm_up=1, clients=[1])
