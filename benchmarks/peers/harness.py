"""Ask every peer every query, in turns, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from benchmarks.peers.collection import Collection, Peer
from indexer.evaluation.measures import measure, percentiles_ms

OURS: Final = "Cordée"
_WARM_UP: Final = 20  # queries asked before the clock counts


def compare(
    collection: Collection,
    peers: Sequence[Peer],
    *,
    depth: int,
    seconds: float,
    progress: Callable[[str], object] = print,
) -> list[dict[str, Any]]:
    """Load all peers, then time them query by query, each query by every peer in turn.

    What slows the machine for a moment so slows all of them alike; who comes first moves on by
    one with each query. Every query is asked once; the round then goes on until the time is up.

    Returns:
        One row per peer, ours first: nDCG@10, p50, p95, p99, seconds of loading, and ratios of
        time and differences of nDCG to ours.
    """
    loading = {}
    for peer in peers:
        started = time.perf_counter()
        peer.load(collection)
        loading[peer.name] = round(time.perf_counter() - started, 1)
        progress(f"{peer.name}: loaded in {loading[peer.name]} s")
    for peer in peers:
        for asked in collection.queries[:_WARM_UP]:
            peer.search(asked, depth)
    samples, runs = _ask(collection, peers, depth, seconds)
    qrels = collection.school.judged.dataset.qrels
    rows = [
        {
            "peer": peer.name,
            "set_up": peer.set_up,
            "hybrid": peer.is_hybrid,
            "ndcg@10": measure(qrels, runs[peer.name])["ndcg@10"],
            "latency_ms": percentiles_ms(samples[peer.name]),
            "answers": len(samples[peer.name]),
            "load_seconds": loading[peer.name],
        }
        for peer in peers
    ]
    return with_ratios(rows)


def with_ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to every row how its p50, p95 and nDCG stand to ours."""
    ours = next((row for row in rows if row["peer"] == OURS), rows[0])
    for row in rows:
        for name in ("p50", "p95"):
            quotient = row["latency_ms"][name] / max(ours["latency_ms"][name], 1e-9)
            row[f"{name}_ratio"] = round(quotient, 2)
        row["ndcg_difference"] = round(row["ndcg@10"] - ours["ndcg@10"], 4)
    return rows


def _ask(
    collection: Collection, peers: Sequence[Peer], depth: int, seconds: float
) -> tuple[dict[str, list[float]], dict[str, dict[str, list[tuple[str, float]]]]]:
    samples: dict[str, list[float]] = {peer.name: [] for peer in peers}
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {peer.name: {} for peer in peers}
    end = time.perf_counter() + seconds
    n_asked = 0
    while n_asked < len(collection.queries) or time.perf_counter() < end:
        asked = collection.queries[n_asked % len(collection.queries)]
        first = n_asked % len(peers)
        for peer in (*peers[first:], *peers[:first]):
            started = time.perf_counter()
            found = peer.search(asked, depth)
            samples[peer.name].append((time.perf_counter() - started) * 1e3)
            ranked = [(document, -float(rank)) for rank, document in enumerate(found)]
            runs[peer.name].setdefault(asked.id, ranked)
        n_asked += 1
    return samples, runs
