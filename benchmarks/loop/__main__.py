"""Let simulated students use a school, and see whether the usefulness loop makes it better.

    python -m benchmarks.loop FOLDER [FOLDER ...] [--searches 3000] [--noise .2] [--seed 1]
        [--clicks cascade|position] [--hostile .05] [--ablate] [--json FILE] [--plot FILE.svg]

FOLDER is a collection in BEIR layout. Half of its queries are searched, by students who open what a
click model of the literature lets them open, a fifth of the time just anything, and of whom few
vote. All of it goes through the engine, the log, the judgments and the learning that a school has.
Printed is nDCG@10 of what was voted on, of new wordings of it and of unrelated questions, over
time. ``--hostile`` lets so many people push one document; ``--ablate`` counts clicks as they come
instead of learning.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.loop.clicks import MODELS
from benchmarks.loop.plot import draw
from benchmarks.loop.questions import ALL, read_collection, read_intents, split_queries
from benchmarks.loop.run import Options, Simulation
from benchmarks.loop.school import LearnerOpener, counting_clicks, learning, open_school
from cli.context import load
from cli.evaluate import open_tools
from indexer.evaluation.run import Tools
from schemas.settings import Settings

_TICKS: Final = 100  # searches between two words about progress


def simulate(
    folder: Path,
    settings: Settings,
    tools: Tools,
    options: Options,
    *,
    split: str = ALL,
    opener: LearnerOpener = learning,
) -> dict[str, Any]:
    """Run one simulation over a collection and return its report."""
    dataset = read_collection(folder, split)
    parts = split_queries(dataset, read_intents(folder), seed=options.seed)
    with open_school(dataset, settings, tools, opener=opener, progress=_tell) as school:
        started = time.perf_counter()
        report = Simulation(school, dataset, parts, options).run(_tell)
        return {**report, "split": split, "seconds": round(time.perf_counter() - started, 1)}


def main() -> None:
    """Simulate, print, draw."""
    arguments = _arguments()
    settings = load(arguments.data_dir)
    tools = open_tools(settings)
    options = Options(
        searches=arguments.searches,
        noise=arguments.noise,
        hostile=arguments.hostile,
        seed=arguments.seed,
        clicks=arguments.clicks,
        keen=arguments.keen,
    )
    opener = counting_clicks if arguments.ablate else learning
    reports = []
    for folder in arguments.folders:
        report = simulate(folder, settings, tools, options, split=arguments.split, opener=opener)
        report["learns"] = "raw clicks" if arguments.ablate else "usefulness"
        reports.append(report)
        _show(report)
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(reports)))
    if arguments.plot:
        draw(reports, arguments.plot)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--searches", type=int, default=3_000)
    parser.add_argument("--noise", type=float, default=0.2)
    parser.add_argument("--hostile", type=float, default=0.0)
    parser.add_argument("--keen", type=float, default=0.3, help="share of people who vote often")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", default=ALL, help="a file of qrels/ without .tsv, or all")
    parser.add_argument("--clicks", choices=sorted(MODELS), default="cascade")
    parser.add_argument("--ablate", action="store_true", help="count clicks instead of learning")
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None, metavar="FILE")
    parser.add_argument("--plot", type=Path, default=None, metavar="FILE")
    return parser.parse_args()


def _show(report: dict[str, Any]) -> None:
    console = Console()
    over_time = Table(title=f"{report['dataset']}, {report['learns']}: nDCG@10 over time")
    parts = list(report["parts"])
    for column in ("searches", *parts):
        over_time.add_column(column, justify="right")
    for point in report["over_time"]:
        over_time.add_row(str(point["searches"]), *(f"{point[part]:.4f}" for part in parts))
    console.print(over_time)
    columns = ("wordings", "before", "after", "delta", "better", "worse", "p_value")
    change = Table(title="before and after")
    change.add_column("part")
    for column in columns:
        change.add_column(column, justify="right")
    for part, found in report["parts"].items():
        signed = {**found, "delta": f"{found['delta']:+.4f}"}
        change.add_row(part, *(str(signed[column]) for column in columns))
    console.print(change)
    console.print({key: report[key] for key in ("counts", "ignored", "seconds")})
    if "hostile" in report:
        console.print({"hostile": report["hostile"]})


def _tell(what: str, n_done: int, n_all: int) -> None:
    if n_done % _TICKS == 0 or n_done == n_all:
        print(f"\r{what} {n_done} / {n_all} ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
