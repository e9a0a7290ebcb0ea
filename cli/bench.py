"""``cordee bench``: measure the speed of search and indexing on this machine."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import render
from cli.context import AsJson, DataDir, load, print_json
from cli.cutting import open_cut
from cli.evaluate import counted_progress
from schemas.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.evaluation.composed import ComposedSchool
    from indexer.evaluation.run import Progress
    from schemas.settings import Settings

MAX_PASSAGES: Final = 1_000_000  # composing more takes longer than measuring it
DEMO: Final = Path(__file__).parents[1] / "fixtures" / "judgments" / "demo"
CACHE: Final = "bench"
"""Folder of the data directory where encoded collections are kept."""


def bench(  # noqa: PLR0913 - one argument per option of the command
    context: typer.Context,
    *,
    passages: Annotated[
        int,
        typer.Option(
            min=10, max=MAX_PASSAGES, help="Passages to index; the judged ones at the least."
        ),
    ] = 10_000,
    dataset: Annotated[
        Path,
        typer.Option(
            help="Folder in BEIR layout: the judged documents among the composed ones.",
            exists=True,
            file_okay=False,
        ),
    ] = DEMO,
    split: Annotated[
        str, typer.Option(help="Which part of the queries: a file of qrels/, without .tsv.")
    ] = "test",
    clients: Annotated[
        str, typer.Option(help="How many search at once, one round each.")
    ] = "1,4,16",
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Length of a round.")] = 2.0,
    encode: Annotated[
        bool | None,
        typer.Option(
            "--encode/--given",
            help="Encode the queries of plain searches, or give their vectors; both if not said.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the figures here: .svg or .png.", dir_okay=False)
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Index a judged collection among composed French passages, search it, and time everything.

    The judged passages are encoded once and remembered in the data directory.
    """
    if context.invoked_subcommand:
        return
    from indexer.evaluation.speed import Plan, measure_speed

    settings = load(data_dir)
    plan = Plan(
        tuple(client_counts(clients)), seconds, (False, True) if encode is None else (encode,)
    )
    if plot is not None:
        from cli.bench_plot import require_plotting

        require_plotting(plot)
    with counted_progress(quiet=as_json) as progress:
        school = open_school(settings, dataset, split, passages, progress=progress)
        report = measure_speed(school, settings, plan, progress=progress)
    if plot is not None:
        from cli.bench_plot import draw

        draw(report, plot)
    if as_json:
        print_json(report)
    else:
        render.table(("measure", "value"), _rows(report), title="bench")


def open_school(
    settings: Settings, dataset: Path, split: str, n_passages: int, *, progress: Progress
) -> ComposedSchool:
    """Return a composed school around a judged collection, encoded or read from the cache.

    Raises:
        InvalidInputError: If the dataset cannot be read.
        NotFoundError: If the encoder was not pulled.
    """
    from indexer.dense.passage_encoder import open_passage_encoder
    from indexer.evaluation.composed import ComposedSchool
    from indexer.evaluation.dataset import read_dataset
    from indexer.evaluation.judged import encode_judged
    from indexer.taxonomy import load_taxonomy

    encoder = settings.models.encoder
    judged = encode_judged(
        read_dataset(dataset, split),
        open_cut(settings),
        partial(open_passage_encoder, settings, encoder),
        encoder=encoder,
        cache=settings.data_dir / CACHE,
        progress=progress,
    )
    taxonomy = load_taxonomy(Path(settings.tags.taxonomy) if settings.tags.taxonomy else None)
    return ComposedSchool(judged, n_passages, tags=[tag.id for tag in taxonomy.tags])


def client_counts(text: str) -> list[int]:
    """Read a list like ``1,4``.

    Raises:
        InvalidInputError: If it holds anything but numbers from 1 to 64.
    """
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError as exc:
        raise InvalidInputError(f"--clients takes numbers like 1,4 and not {text!r}.") from exc
    if not all(1 <= number <= 64 for number in found):  # noqa: PLR2004 - more is no client, but a queue
        raise InvalidInputError("--clients takes numbers from 1 to 64.")
    return found


def _rows(report: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in report.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", _shown(each)) for inner, each in value.items())
        elif name != "scenarios":
            yield name, value
    for each in report["scenarios"]:
        share = "" if each["share"] is None else f" ({each['share']:.1%} of the passages)"
        rate = f"{each['answers_per_s']}/s, {_shown(each['latency_ms'])}"
        yield f"{each['name']}{share}, {each['clients']} clients", rate


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{name} {ms} ms" for name, ms in value.items())
    return value
