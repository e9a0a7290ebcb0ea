"""Every engine of benchmarks/peers on a few hundred passages, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from benchmarks.peers.collection import Asked, Collection, Peer, collect
from benchmarks.peers.edge import Edge
from benchmarks.peers.harness import OURS, compare, with_ratios
from benchmarks.peers.lexical import Tantivy
from benchmarks.peers.ours import Cordee, CordeeRanking
from benchmarks.peers.postgres import Postgres, PostgresServer
from fixtures.fakes import HashingEncoder
from indexer.evaluation.composed import ComposedSchool
from indexer.evaluation.judged import encode_judged
from schemas.settings import ModelSettings, Settings
from tests.integration.evaluation.test_evaluate import cut_in_two
from tests.integration.evaluation.test_speed import DATASET

TRICKY = ("Qu'est-ce que l'acte : \"un devis\" ?", "devis OR (facture", "l' d' qu'", "-- ; :text*")


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    judged = encode_judged(
        DATASET, cut_in_two, HashingEncoder, encoder="hashing", cache=tmp_path / "cache"
    )
    return collect(ComposedSchool(judged, 300, tags=[]), HashingEncoder())


@pytest.fixture
def in_process(tmp_path: Path) -> Iterator[list[Peer]]:
    """Engines that need no more than Cordée itself."""
    settings = Settings(data_dir=tmp_path / "own", models=ModelSettings(encoder="hashing"))
    with ExitStack() as stack:
        cordee = Cordee(settings, HashingEncoder)
        peers: list[Peer] = [
            cordee,
            CordeeRanking(cordee),
            Edge(),
            Tantivy(french=False),
            Tantivy(french=True),
        ]
        for peer in peers:
            stack.callback(peer.close)
        yield peers


@pytest.fixture
def all_installed(in_process: list[Peer]) -> Iterator[list[Peer]]:
    """Those, PostgreSQL, and what the extra ``peers`` brings where it is installed."""
    server = PostgresServer()
    with ExitStack() as stack:
        more: list[Peer] = [Postgres(server, any_word=False), Postgres(server, any_word=True)]
        if find_spec("lancedb"):
            from benchmarks.peers.lance import Lance

            more.append(Lance())
        if find_spec("apsw") and find_spec("sqlite_vec"):
            from benchmarks.peers.sqlite import Sqlite

            more.append(Sqlite())
        for peer in more:
            stack.callback(peer.close)
        yield [*in_process, *more]


def test_every_engine_gets_every_query_and_is_put_beside_ours(
    collection: Collection, in_process: list[Peer]
) -> None:
    rows = compare(collection, in_process, depth=50, seconds=0.1, progress=str)

    assert rows[0]["peer"] == OURS
    assert (rows[0]["p50_ratio"], rows[0]["ndcg_difference"]) == (1.0, 0.0)
    assert {row["answers"] for row in rows} == {rows[0]["answers"]}
    assert rows[0]["answers"] >= len(collection.queries)
    assert all(0 < row["ndcg@10"] <= 1 for row in rows)


@pytest.mark.slow
def test_every_engine_finds_answers_among_passages_of_the_same_words(
    collection: Collection, all_installed: list[Peer]
) -> None:
    rows = compare(collection, all_installed, depth=50, seconds=0.1, progress=str)

    assert {row["peer"]: row["ndcg@10"] for row in rows if row["ndcg@10"] == 0} == {}


@pytest.mark.slow
def test_no_text_is_too_much_for_an_engine(
    collection: Collection, all_installed: list[Peer]
) -> None:
    for peer in all_installed:
        peer.load(collection)
    vector = collection.queries[0].vector

    for peer in all_installed:
        for text in TRICKY:
            found = peer.search(Asked("q", text, vector), 50)
            assert len(found) == len(set(found)) <= 10


def test_ratios_are_to_our_own_times() -> None:
    rows = [
        {"peer": OURS, "ndcg@10": 0.8, "latency_ms": {"p50": 4.0, "p95": 8.0}},
        {"peer": "other", "ndcg@10": 0.75, "latency_ms": {"p50": 6.0, "p95": 40.0}},
    ]

    other = with_ratios(rows)[1]

    assert (other["p50_ratio"], other["p95_ratio"], other["ndcg_difference"]) == (1.5, 5.0, -0.05)


def test_a_document_stands_at_its_best_passage(collection: Collection) -> None:
    named = msgspec.structs.replace(collection, documents=("a", "b", "a", "c"))

    assert named.documents_of([1, 0, 2, 3]) == ["b", "a", "c"]
