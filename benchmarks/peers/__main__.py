"""Compare Cordée with other engines on one collection, in one run.

::

    python -m benchmarks.peers --passages 100000 --dataset fixtures/judgments/demo --json out.json

Needs ``cordee[peers]``. All engines hold the same passages (the judged ones among composed ones,
see ``indexer/evaluation/composed.py``) and get the same texts and vectors; every query is asked of
all of them in turn. Each is set up as its documentation recommends, in French where it can. Hybrid
engines fuse ``--depth`` passages of each half; documents rank by their best passage. Cordée's time
is that of a whole page: visibility, facets, snippets and marks are in it, and in nobody else's;
``ranking alone`` is what compares to the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.peers.collection import Peer, collect
from benchmarks.peers.harness import compare
from cli.bench import DEMO, open_school
from cli.context import load
from indexer.dense.query_encoder import open_query_encoder
from schemas.settings import Settings

DEPTH: Final = 100  # passages of each half: what Cordée's own candidates are


def main() -> None:
    """Run the comparison and print it."""
    chosen = _arguments()
    settings = load(chosen.data_dir)
    school = open_school(
        settings, chosen.dataset, chosen.split, chosen.passages, progress=lambda *_: None
    )
    collection = collect(school, open_query_encoder(settings, settings.models.encoder))
    with ExitStack() as stack:
        peers = all_peers(settings)
        for peer in peers:
            stack.callback(peer.close)
        rows = compare(
            collection,
            peers,
            depth=chosen.depth,
            seconds=chosen.seconds,
            progress=lambda line: print(line, file=sys.stderr),
        )
    report = {
        "passages": school.n_passages,
        "dataset": school.judged.dataset.name,
        "split": chosen.split,
        "queries": len(collection.queries),
        "depth": chosen.depth,
        "peers": rows,
    }
    _show(report)
    if chosen.json:
        text = json.dumps(report, ensure_ascii=False, indent=1)
        chosen.json.write_text(text + "\n", encoding="utf-8")


def all_peers(settings: Settings) -> list[Peer]:
    """Return every engine, ours first."""
    from benchmarks.peers.edge import Edge
    from benchmarks.peers.lance import Lance
    from benchmarks.peers.lexical import Tantivy
    from benchmarks.peers.ours import Cordee, CordeeRanking
    from benchmarks.peers.postgres import Postgres, PostgresServer
    from benchmarks.peers.sqlite import Sqlite

    server, cordee = PostgresServer(), Cordee(settings)
    return [
        cordee,
        CordeeRanking(cordee),
        Lance(),
        Postgres(server, any_word=False),
        Postgres(server, any_word=True),
        Sqlite(),
        Edge(),
        Tantivy(french=False),
        Tantivy(french=True),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--dataset", type=Path, default=DEMO, help="BEIR folder")
    parser.add_argument("--split", default="test")
    parser.add_argument("--depth", type=int, default=DEPTH, help="passages of each half")
    parser.add_argument("--seconds", type=float, default=30.0, help="least time of asking")
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None, metavar="FILE")
    return parser.parse_args()


def _show(report: dict[str, Any]) -> None:
    title = f"{report['passages']} passages, {report['queries']} queries, {report['dataset']}"
    table = Table(title=title)
    for column in ("engine", "nDCG@10", "to ours", "p50 ms", "p95 ms", "p50 : ours", "p95 : ours"):
        table.add_column(column, justify="left" if column == "engine" else "right")
    for row in report["peers"]:
        table.add_row(
            row["peer"],
            f"{row['ndcg@10']:.3f}",
            f"{row['ndcg_difference']:+.3f}",
            f"{row['latency_ms']['p50']:.2f}",
            f"{row['latency_ms']['p95']:.2f}",
            f"{row['p50_ratio']:.2f}",
            f"{row['p95_ratio']:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
