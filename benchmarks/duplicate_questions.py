"""Does a question tell that another asks the same? Precision and recall of the duplicate check.

    python -m benchmarks.duplicate_questions [FOLDER] [--fit] [--at-least P] [--json]

The judged queries of FOLDER (``fixtures/judgments/demo``) are questions. The same question are:
two of one ``metadata.intent``, asked in other words; and a query with its mistyped twin and with
its content words alone (``benchmarks.noisy``), asked in nearly the same words. Every other pair of
queries is two questions. Queries of the split ``dev`` are for choosing the threshold (``--fit``
fits the weights there), those of ``test`` are kept apart. Pairs of two splits are left out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.noisy import content, edits
from cli.evaluate import open_tools
from indexer.engine import Engine
from indexer.evaluation.dataset import QUERIES, read_dataset
from indexer.evaluation.run import open_collection
from indexer.questions.likeness import SAME_FROM, Sides, likeness_of, same, sides, signs
from schemas.settings import load_settings

DEMO: Final = Path(__file__).resolve().parents[1] / "fixtures" / "judgments" / "demo"
SEED: Final = 1
TWINS: Final = {"mistyped": edits, "content words": content}
OTHER_WORDS: Final = "other words"


class Pair(msgspec.Struct, frozen=True):
    """Two questions, and in which way they are one; empty where they are two."""

    is_apart: bool
    way: str
    one: str
    other: str
    signs: tuple[float, float, float]
    probability: float


def pairs(folder: Path, engine: Engine, splits: Iterable[str] = ("dev", "test")) -> list[Pair]:
    """Return every pair of questions of each of these splits."""
    lines = (folder / QUERIES).read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line) for line in lines if line.strip()]
    found = []
    for split in splits:
        those = [query for query in queries if query["metadata"]["split"] == split]
        known = {query["_id"]: _sides(query["text"], engine) for query in those}
        for one, other in itertools.combinations(those, 2):
            way = OTHER_WORDS if _intent(one) == _intent(other) else ""
            ends = (known[one["_id"]], known[other["_id"]])
            found.append(_pair(split, way, (one["text"], other["text"]), ends))
        for query in those:
            for way, text in _twins(query):
                ends = (known[query["_id"]], _sides(text, engine))
                found.append(_pair(split, way, (query["text"], text), ends))
    return found


def measured(found: Sequence[Pair], *, at_least: float = SAME_FROM) -> dict[str, float]:
    """Return precision, recall in all and by way, and how many wrong ones there are."""
    taken = [pair for pair in found if pair.probability >= at_least]
    true = [pair for pair in found if pair.way]
    right = [pair for pair in taken if pair.way]
    recalls = {
        f"recall, {way}": len([p for p in right if p.way == way]) / len(those)
        for way in (OTHER_WORDS, *TWINS)
        if (those := [pair for pair in true if pair.way == way])
    }
    return {
        "pairs": len(found),
        "the same": len(true),
        "precision": len(right) / len(taken) if taken else 1.0,
        "recall": len(right) / len(true),
        **recalls,
        "wrong": len(taken) - len(right),
    }


def best_threshold(found: Sequence[Pair]) -> float:
    """Return the probability from which F1 is best, halfway to the next pair below."""
    ordered = sorted(found, key=lambda pair: -pair.probability)
    right = np.cumsum([bool(pair.way) for pair in ordered])
    n_true = right[-1]
    f1 = 2 * right / (np.arange(1, len(ordered) + 1) + n_true)
    at = int(f1.argmax())
    below = ordered[min(at + 1, len(ordered) - 1)]
    return (ordered[at].probability + below.probability) / 2


def fit(found: Sequence[Pair]) -> dict[str, float]:
    """Return the weights of a logistic regression over the signs."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=10_000)
    model.fit([pair.signs for pair in found], [bool(pair.way) for pair in found])
    names = ("cosine", "grams", "near")
    weights = zip(names, model.coef_[0], strict=True)
    return {"intercept": float(model.intercept_[0])} | {name: float(w) for name, w in weights}


def _sides(text: str, engine: Engine) -> Sides:
    return sides(text, likeness_of(text, engine))


def _intent(query: Mapping[str, Any]) -> str:
    return str(query["metadata"]["intent"])


def _twins(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for way, noise in TWINS.items():
        text = noise(query["text"], Random(f"{SEED} {query['_id']}"))  # noqa: S311
        if text != query["text"]:
            yield way, text


def _pair(split: str, way: str, texts: tuple[str, str], ends: tuple[Sides, Sides]) -> Pair:
    cosine, letters, near = signs(*ends)
    return Pair(
        is_apart=split == "test",
        way=way,
        one=texts[0],
        other=texts[1],
        signs=(cosine or 0.0, letters, near),
        probability=same(*ends),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?", default=DEMO)
    parser.add_argument("--fit", action="store_true", help="fit weights and threshold anew")
    parser.add_argument("--at-least", type=float, default=SAME_FROM)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        models = load_settings(os.environ).models_dir
        settings = load_settings(
            os.environ | {"CORDEE_MODELS__DIRECTORY": str(models)}, data_dir=Path(directory)
        )
        dataset = read_dataset(options.folder, "dev")
        with open_collection(dataset, settings, open_tools(settings)) as (engine, _):
            found = pairs(options.folder, engine)
    tuning = [pair for pair in found if not pair.is_apart]
    apart = [pair for pair in found if pair.is_apart]
    report: dict[str, Any] = {
        "at least": options.at_least,
        "for tuning": measured(tuning, at_least=options.at_least),
        "kept apart": measured(apart, at_least=options.at_least),
    }
    if options.fit:
        report |= {"fitted": fit(tuning), "best threshold": best_threshold(tuning)}
    if options.json:
        print(json.dumps(report, indent=2))
        return
    for name in ("for tuning", "kept apart"):
        print(name)
        for label, value in report[name].items():
            print(
                f"  {label:24}{value:>8.3f}"
                if isinstance(value, float)
                else f"  {label:24}{value:>8}"
            )
    for pair in sorted(found, key=lambda pair: -pair.probability):
        if not pair.way and pair.probability >= options.at_least:
            print(f"  taken for one: {pair.one!r} and {pair.other!r} ({pair.probability:.2f})")
    if options.fit:
        print(report["fitted"], report["best threshold"])


if __name__ == "__main__":
    main()
