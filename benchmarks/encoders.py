"""How fast queries are encoded, and what that costs in quality: int8 beside fp32.

    python -m benchmarks.encoders FOLDER [--split test] [--limit N] [--times] [--data-dir DIR]
    python -m benchmarks.encoders FOLDER --clients 1,4,16 [--rounds 5] [--data-dir DIR]

Every query of a BEIR folder is encoded by CTranslate2 int8, as the service does, and by
sentence-transformers fp32, one after the other, so that a busy moment of the machine meets both.
Prints one JSON object: milliseconds of one query (p50, p95), their ratio, and, unless only times
are wanted, nDCG@10 of the cosines alone of either over passages of every precision that the machine
could choose, what int8 queries gain or lose over each, how often chance alone would make as much
(p), and how many passages a second each precision encodes. No vector is remembered, no text timed
twice. Set CORDEE_MODELS__THREADS=1 on a busy machine: several threads of fp32 wait for each other.

With ``--clients`` it asks for nothing but int8 vectors, with and without encoding together what
waits, in turns of a second, and prints the medians.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from cli.cutting import open_cut
from indexer.analysis.normalize import as_typed, titled
from indexer.dense.passage_encoder import LoadedEncoder, candidates_of, open_with
from indexer.dense.query_encoder import (
    MAX_AT_ONCE,
    MOST_TOGETHER,
    Int8QueryEncoder,
    open_query_encoder,
)
from indexer.evaluation.dataset import Dataset, read_dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.load import run_round
from indexer.evaluation.measures import measure_each
from indexer.evaluation.significance import p_value
from indexer.models.cores import n_threads
from indexer.models.manifest import model_dir, spec_of
from schemas.settings import Precision, Settings, load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors

Encode = Callable[[str], "NDArray[np.float32]"]
DEPTH: Final = 100
"""Documents of a ranking that is judged."""
_MEASURE: Final = "ndcg@10"
_WARM_UP: Final = 3  # texts that no query repeats: first touches of weights


def in_turns(
    texts: Sequence[str], encoders: Mapping[str, Encode]
) -> tuple[dict[str, Vectors], dict[str, dict[str, float]]]:
    """Encode every text with each encoder in turn; return vectors and milliseconds by encoder."""
    for encode in encoders.values():
        for n in range(_WARM_UP):
            encode(f"premier texte {n}")
    rows: dict[str, list[NDArray[np.float32]]] = {name: [] for name in encoders}
    spent_ms: dict[str, list[float]] = {name: [] for name in encoders}
    for n, text in enumerate(texts):
        names = list(encoders) if n % 2 else list(reversed(encoders))
        for name in names:
            started = time.perf_counter()
            rows[name].append(encoders[name](text))
            spent_ms[name].append((time.perf_counter() - started) * 1e3)
    return {name: np.array(found) for name, found in rows.items()}, {
        name: {
            "p50": round(float(np.percentile(spent, 50)), 2),
            "p95": round(float(np.percentile(spent, 95)), 2),
        }
        for name, spent in spent_ms.items()
    }


def ndcg(
    dataset: Dataset, queries: Vectors, passages: Vectors, owners: Sequence[str]
) -> list[float]:
    """Return nDCG@10 of documents by their nearest passage, of each query that has an answer."""
    run = {}
    for query, cosines in zip(dataset.queries, queries @ passages.T, strict=True):
        if query.id not in dataset.unanswerable:
            best: dict[str, float] = {}
            for owner, cosine in zip(owners, cosines.tolist(), strict=True):
                best[owner] = max(cosine, best.get(owner, -1.0))
            run[query.id] = sorted(best.items(), key=lambda each: (-each[1], each[0]))[:DEPTH]
    found = measure_each(dataset.qrels, run, _MEASURE)
    return [found[query_id] for query_id in run]


def compare(dataset: Dataset, settings: Settings, *, times_only: bool) -> dict[str, Any]:
    """Return everything that is printed."""
    name = settings.models.encoder
    fp32 = open_with(settings, name, Precision.FP32)
    queries, spent = in_turns(
        [as_typed(query.text) for query in dataset.queries],
        {"int8": open_query_encoder(settings, name).encode_query, "fp32": fp32.encode_query},
    )
    cosines = (queries["int8"] * queries["fp32"]).sum(axis=1)
    return {
        "dataset": dataset.name,
        "encoder": name,
        "threads": n_threads(settings),
        "queries": len(dataset.queries),
        "query_ms": spent,
        "int8 : fp32": {
            at: round(spent["int8"][at] / spent["fp32"][at], 3) for at in spent["int8"]
        },
        "cosine of a query's two vectors": {
            "mean": round(float(cosines.mean()), 4),
            "least": round(float(cosines.min()), 4),
        },
        **({} if times_only else {"passages": _quality(dataset, settings, queries, fp32)}),
    }


def _quality(
    dataset: Dataset, settings: Settings, queries: Mapping[str, Vectors], fp32: LoadedEncoder
) -> dict[str, dict[str, float]]:
    """Return by precision of the passages how fast they are and how well either query does."""
    name, cut = settings.models.encoder, open_cut(settings)
    texts, owners = [], []
    for document in dataset.documents:
        for passage in cut(id_of(document.id), document.title, document.text):
            texts.append(titled(document.title, passage.text))
            owners.append(document.id)
    report = {}
    for precision in candidates_of(settings, name):
        encoder = fp32 if precision is Precision.FP32 else open_with(settings, name, precision)
        started = time.perf_counter()
        rows = encoder.encode_passages(texts)
        seconds = time.perf_counter() - started
        each = {form: ndcg(dataset, asked, rows, owners) for form, asked in queries.items()}
        mean = {form: float(np.mean(scores)) for form, scores in each.items()}
        report[precision.value] = {
            "passages_per_s": round(len(texts) / seconds, 1),
            **{f"ndcg@10, {form} queries": round(value, 4) for form, value in mean.items()},
            "int8 - fp32": round(mean["int8"] - mean["fp32"], 4),
            "p": round(p_value(each["fp32"], each["int8"]), 3),
        }
    return report


def compare_crowds(
    texts: Sequence[str], settings: Settings, clients: Sequence[int], n_rounds: int
) -> list[dict[str, Any]]:
    """Return vectors a second and their times for each number of clients, together and not."""
    name = settings.models.encoder
    at_once = min(n_threads(settings), MAX_AT_ONCE)
    encoders = {
        label: Int8QueryEncoder(
            name,
            spec_of(settings, name),
            model_dir(settings, name),
            at_once=at_once,
            together=together,
        )
        for label, together in (("together", MOST_TOGETHER), ("one by one", 1))
    }
    rounds: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for _ in range(n_rounds):
        for n_clients in clients:
            for label, encoder in encoders.items():
                figures = run_round(encoder.encode_query, texts, n_clients=n_clients, seconds=1.0)
                rounds[n_clients, label].append(figures)
    return [
        {
            "clients": n_clients,
            "encoded": label,
            "answers_per_s": round(median(each["answers_per_s"] for each in figures), 1),
            **{
                at: round(median(each["latency_ms"][at] for each in figures), 1)
                for at in ("p50", "p95")
            },
        }
        for (n_clients, label), figures in rounds.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--limit", type=int, default=None, help="only the first so many queries")
    parser.add_argument("--times", action="store_true", help="no quality, no passages")
    parser.add_argument("--clients", default="", help="how many ask at once: 1,4,16")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data-dir", type=Path, default=None)
    options = parser.parse_args()
    dataset = read_dataset(options.folder, options.split)
    few = msgspec.structs.replace(dataset, queries=dataset.queries[: options.limit])
    settings = load_settings(os.environ, data_dir=options.data_dir)
    report: object
    if options.clients:
        texts = [as_typed(query.text) for query in few.queries]
        clients = [int(each) for each in options.clients.split(",")]
        report = compare_crowds(texts, settings, clients, options.rounds)
    else:
        report = compare(few, settings, times_only=options.times)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


if __name__ == "__main__":
    main()
