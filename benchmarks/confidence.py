"""How sure may a search be of its first page? Measures ``confidence``; ``--fit`` fits its weights.

    python -m benchmarks.confidence FOLDER [OTHER ...] [--fit] [--plot FILE.svg] [--retrievers R]

Each BEIR folder is indexed and searched as by users. To its judged queries come twins, the same
queries with all documents that answer them (grade 2 or more; where grades end at 1, that) out of
reach, and strangers, the queries of the other folders. A page answers when its ten documents hold
one that does. Queries of a split ``dev`` are for fitting and those of ``test`` kept apart; a folder
with one split is halved by a hash of the query's id. Weights make one case in five unanswered: 70 %
of these by judgment, 20 % twins, 10 % strangers. Folders after the first count a tenth in the fit.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.confidence_cases import Case, Kind, cases, read_folder
from cli.evaluate import open_tools
from indexer.evaluation.calibration import (
    Prediction,
    expected_calibration_error,
    reliability,
    separation,
)
from indexer.retrieval.confidence import Signs, Weights, confidence_of
from schemas.query import RetrieverChoice
from schemas.settings import load_settings

OTHERS: Final = 0.1  # what a folder after the first counts in the fit, next to the first
N_RESAMPLED: Final = 1_000
INTERVAL: Final = (2.5, 97.5)  # percentiles
ROWS: Final = {
    "BY_ALL": ("coverage", "lead", "log_words"),
    "BY_WORDS": ("coverage", "log_words"),
    "BY_LEAD": ("lead",),
}
"""Signs of each row of weights in ``indexer/retrieval/confidence.py``."""


def fit(found: Sequence[Case], signs: Sequence[str], first: str) -> Weights:
    """Return the weights of a logistic regression on the tuning part, by these signs."""
    from sklearn.linear_model import LogisticRegression

    chosen = [
        case
        for case in found
        if not case.is_apart and all(_value(case.signs, sign) is not None for sign in signs)
    ]
    rows = np.array([[_value(case.signs, sign) for sign in signs] for case in chosen])
    counts = [case.weight * (1.0 if case.folder == first else OTHERS) for case in chosen]
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1_000)
    model.fit(rows, [case.has_answer for case in chosen], sample_weight=np.array(counts) * 1_000)
    named = dict(zip(signs, model.coef_[0], strict=True))
    return Weights(
        intercept=round(float(model.intercept_[0]), 3),
        **{sign: round(float(weight), 3) for sign, weight in named.items()},
    )


def _value(signs: Signs, name: str) -> float | None:
    values = {
        "coverage": signs.coverage,
        "lead": signs.lead,
        "log_words": math.log1p(signs.n_words),
    }
    return values[name]


def predictions(found: Iterable[Case], *, by_weight: bool = True) -> list[Prediction]:
    """Return what the shipped weights say of the cases of which they say something."""
    return [
        Prediction(confidence, case.has_answer, case.weight if by_weight else 1.0)
        for case in found
        if (confidence := confidence_of(case.signs)) is not None
    ]


def measured(found: Sequence[Prediction]) -> dict[str, Any]:
    """Return how well probabilities tell cases apart and how far they are off, with intervals."""
    return {
        "n": len(found),
        "unanswered": sum(not each.is_true for each in found),
        "auc": round(separation(found), 3),
        "auc_95": _interval(found),
        "ece": round(expected_calibration_error(found), 3),
        "ece_if_right": _noise(found),
    }


def _interval(found: Sequence[Prediction]) -> list[float]:
    """Return where the AUC lies in 95 % of samples of the same size, drawn with replacement."""
    rng = np.random.default_rng(0)
    sides = [[each for each in found if each.is_true is side] for side in (True, False)]
    drawn = [
        separation([side[i] for side in sides for i in rng.integers(len(side), size=len(side))])
        for _ in range(N_RESAMPLED)
    ]
    return [round(float(x), 3) for x in np.percentile(drawn, INTERVAL)]


def _noise(found: Sequence[Prediction]) -> float:
    """Return the mean calibration error that so few cases show when every probability is right."""
    rng = np.random.default_rng(0)
    drawn = [
        expected_calibration_error([
            msgspec.structs.replace(each, is_true=bool(x < each.probability))
            for each, x in zip(found, rng.random(len(found)), strict=True)
        ])
        for _ in range(N_RESAMPLED // 10)
    ]
    return round(float(np.mean(drawn)), 3)


def report(found: Sequence[Case]) -> dict[str, Any]:
    """Return the measures of every folder and part: as judged, and with twins and strangers."""
    told: dict[str, Any] = {}
    for folder in dict.fromkeys(case.folder for case in found):
        for is_apart in (False, True):
            own = [c for c in found if c.folder == folder and c.is_apart is is_apart]
            judged = [case for case in own if case.kind is Kind.JUDGED]
            told[f"{folder}, {'kept apart' if is_apart else 'for fitting'}"] = {
                "judged": measured(predictions(judged, by_weight=False)),
                "with twins and strangers": measured(predictions(own)),
            }
    return told


def draw(found: Sequence[Case], first: str, file: Path) -> None:
    """Draw the reliability diagram of what is kept apart of the first folder."""
    import matplotlib as mpl

    mpl.use("agg")
    mpl.rcParams.update({"svg.hashsalt": "cordee", "svg.fonttype": "none", "font.size": 11})
    from matplotlib import pyplot as plt

    apart = [case for case in found if case.is_apart and case.folder == first]
    judged = [case for case in apart if case.kind is Kind.JUDGED]
    figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    axes.plot((0, 1), (0, 1), color="#767676", linestyle="--", linewidth=1, label="right")
    for label, colour, own in (
        ("judged queries", "#e08e1b", predictions(judged, by_weight=False)),
        ("with twins and strangers", "#1b6ca8", predictions(apart)),
    ):
        bins = reliability(own)
        axes.plot([b.probability for b in bins], [b.share_true for b in bins], color=colour)
        sizes = [20 + 400 * b.weight for b in bins]
        at = ([b.probability for b in bins], [b.share_true for b in bins])
        axes.scatter(*at, s=sizes, color=colour, label=label)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="first page answers")
    axes.set_title(f"{first}, kept apart (area: share of cases)")
    axes.legend(loc="upper left")
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Search, print one JSON object, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--data-dir", type=Path, help="where the models are")
    parser.add_argument("--fit", action="store_true", help="print new weights")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--retrievers", type=RetrieverChoice, default=RetrieverChoice.HYBRID)
    options = parser.parse_args()
    settings = load_settings(os.environ, data_dir=options.data_dir)
    folders = [read_folder(directory) for directory in options.folder]
    found = cases(folders, settings, open_tools(settings), options.retrievers)
    first = folders[0].whole.name
    told = report(found)
    if options.fit:
        told["weights"] = {
            name: msgspec.to_builtins(fit(found, signs, first)) for name, signs in ROWS.items()
        }
    if options.plot:
        draw(found, first, options.plot)
    print(json.dumps(told, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
