"""How well are tags assigned? Prints one JSON object; ``--fit`` also fits the constants.

    python benchmarks/tagging.py [--data-dir DIR] [--fit] [--show]

Texts with the tags a reader expects stand in ``tests/quality/tagging/labelled.jsonl``: the half
``choose`` is for fitting, the half ``held`` for reporting. ``accepted`` tags are neither right nor
wrong: readers differ on them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexer.dense.passage_encoder import LoadedEncoder, open_passage_encoder
from indexer.taxonomy import load_taxonomy
from pipelines.enrichment.tags import Tagger
from schemas.settings import load_settings

LABELLED: Final = (
    Path(__file__).resolve().parent.parent / "tests" / "quality" / "tagging" / "labelled.jsonl"
)


class LabelledText(msgspec.Struct, frozen=True):
    """A text and the tags that a reader expects."""

    id: str
    split: str
    title: str
    text: str
    expected: frozenset[str]
    accepted: frozenset[str]


class Score(msgspec.Struct, frozen=True):
    """Assigned tags against expected ones, summed over texts."""

    texts: int
    assigned: int
    right: int
    expected: int
    precision: float
    recall: float


def read_labelled() -> list[LabelledText]:
    """Return every labelled text, in file order."""
    lines = LABELLED.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=LabelledText) for line in lines]


def open_tagger(encoder: LoadedEncoder) -> Tagger:
    """Return a tagger on the shipped taxonomy."""
    return Tagger(load_taxonomy(None), encoder)


def encode(encoder: LoadedEncoder, texts: Iterable[LabelledText]) -> NDArray[np.float32]:
    """Return one vector per text, made as ingestion makes a passage's."""
    return encoder.encode_passages([
        f"{text.title} : {text.text}" if text.title else text.text for text in texts
    ])


def score(
    tagger: Tagger, texts: list[LabelledText], vectors: NDArray[np.float32], *, show: bool = False
) -> Score:
    """Tag every text and count."""
    n_assigned = n_right = 0
    for text, vector in zip(texts, vectors, strict=True):
        assignments, _ = tagger.assign(text.title, [text.text], vector[None])
        assigned = {item.tag_id for item in assignments}
        n_assigned += len(assigned - text.accepted)
        n_right += len(assigned & text.expected)
        if show:
            wrong = assigned - text.expected - text.accepted
            print(text.id, "wrong", sorted(wrong), "missed", sorted(text.expected - assigned))
    n_expected = sum(len(text.expected) for text in texts)
    return Score(
        texts=len(texts),
        assigned=n_assigned,
        right=n_right,
        expected=n_expected,
        precision=round(n_right / max(n_assigned, 1), 3),
        recall=round(n_right / n_expected, 3),
    )


def fit(
    tagger: Tagger, texts: list[LabelledText], vectors: NDArray[np.float32]
) -> dict[str, float]:
    """Fit threshold, slope and alias bonus by logistic regression (Newton's method, ridge .01)."""
    rows: list[tuple[float, float, float]] = []
    labels: list[float] = []
    for text, vector in zip(texts, vectors, strict=True):
        for item in tagger.weigh(text.title, [text.text], vector[None]):
            if item.tag.id not in text.accepted:
                rows.append((1.0, item.z, float(item.is_named)))
                labels.append(float(item.tag.id in text.expected))
    features, target = np.array(rows), np.array(labels)
    weights = np.zeros(3)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (target - chance) - 0.01 * weights
        curvature = (features.T * (chance * (1 - chance))) @ features + 0.01 * np.eye(3)
        weights += np.linalg.solve(curvature, gradient)
    intercept, slope, bonus = weights.tolist()
    return {
        "encoder_threshold": round(-intercept / slope, 2),
        "slope": round(slope, 2),
        "alias_bonus": round(bonus, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--fit", action="store_true", help="fit the constants on the first half")
    parser.add_argument("--show", action="store_true", help="list the mistakes")
    options = parser.parse_args()
    settings = load_settings(os.environ, data_dir=options.data_dir)
    encoder = open_passage_encoder(settings, settings.models.encoder)
    tagger, texts = open_tagger(encoder), read_labelled()
    vectors = encode(encoder, texts)
    report: dict[str, object] = {"encoder": encoder.name}
    for split in ("choose", "held"):
        mask = np.array([text.split == split for text in texts])
        chosen = [text for text in texts if text.split == split]
        report[split] = score(tagger, chosen, vectors[mask], show=options.show)
        if options.fit and split == "choose":
            report["fitted"] = fit(tagger, chosen, vectors[mask])
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


if __name__ == "__main__":
    main()
