"""Which resemblance means the same intent? Precision and recall of pairs of queries.

    python -m benchmarks.intents [FOLDER]

The queries of FOLDER (``fixtures/judgments/demo``) that have a ``metadata.intent``; two of one
intent are the same, every other pair is not. ``dev`` is for choosing ``SAME``, ``test`` kept apart.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from benchmarks.loop.questions import read_intents
from cli.evaluate import open_tools
from indexer.engine import Engine
from indexer.evaluation.dataset import JudgedQuery, read_dataset
from indexer.evaluation.run import open_collection
from indexer.feedback.intents import COSINE, SAME, found_of, overlap
from indexer.retrieval.search import rank_documents
from schemas.identity import EVERYONE
from schemas.query import Filter, Query
from schemas.settings import load_settings

DEMO: Final = Path(__file__).resolve().parents[1] / "fixtures" / "judgments" / "demo"
SPLITS: Final = ("dev", "test")
FROM: Final = (4.9, 5.1, 5.25, 5.4, SAME)


def pairs(
    queries: list[JudgedQuery], intents: dict[str, str], engine: Engine
) -> list[tuple[float, bool]]:
    """Return the resemblance of each two queries, and whether they are of one intent."""
    seen = []
    with engine.indexes.lease() as pair:
        for each in queries:
            query = Query(text=each.text, filter=Filter(audiences=frozenset({EVERYONE})))
            found = found_of([document_id for document_id, _ in rank_documents(query, engine)])
            seen.append((pair.encoder.encode_query(each.text), found, intents[each.id]))
    return [
        (COSINE * float(one[0] @ other[0]) + overlap(one[1], other[1]), one[2] == other[2])
        for one, other in combinations(seen, 2)
    ]


def measured(found: list[tuple[float, bool]]) -> list[dict[str, Any]]:
    """Return what is taken for the same from each resemblance on, and how rightly."""
    n_same = sum(is_same for _, is_same in found)
    rows = []
    for least in FROM:
        taken = [is_same for resemblance, is_same in found if resemblance >= least]
        rows.append({
            "from": least,
            "pairs": len(taken),
            "precision": round(sum(taken) / len(taken), 3) if taken else None,
            "recall": round(sum(taken) / n_same, 3) if n_same else None,
        })
    return rows


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?", default=DEMO)
    folder = parser.parse_args().folder
    intents, report = read_intents(folder), {}
    with tempfile.TemporaryDirectory() as directory:
        models = load_settings(os.environ).models_dir
        settings = load_settings(
            os.environ | {"CORDEE_MODELS__DIRECTORY": str(models)}, data_dir=Path(directory)
        )
        datasets = {split: read_dataset(folder, split) for split in SPLITS}
        with open_collection(datasets["dev"], settings, open_tools(settings)) as (engine, _):
            for split, dataset in datasets.items():
                queries = [each for each in dataset.queries if each.id in intents]
                report[split] = measured(pairs(queries, intents, engine))
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
