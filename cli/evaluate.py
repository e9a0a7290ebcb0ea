"""``cordee eval``: measure the search on a judged collection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from cli import render
from cli.context import AsJson, DataDir, load, print_json
from cli.cutting import open_cut
from schemas.query import RetrieverChoice
from schemas.settings import Settings

# What ingestion needs is imported when a command runs: an API image has no torch, and every
# other command should start at once.
if TYPE_CHECKING:
    from indexer.evaluation.run import Progress, Tools


def evaluate_command(  # noqa: PLR0913 - one argument per option of the command
    dataset_dir: Annotated[
        Path, typer.Argument(help="Folder in BEIR layout.", exists=True, file_okay=False)
    ],
    *,
    split: Annotated[
        str, typer.Option(help="Which part of the queries: a file of qrels/, without .tsv.")
    ] = "test",
    retrievers: Annotated[
        RetrieverChoice, typer.Option(help="Which retrievers answer.")
    ] = RetrieverChoice.HYBRID,
    limit_queries: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many judged queries.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Write the rankings here, in TREC format.")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(help="Another ranking profile, to see which is better and how surely."),
    ] = None,
    encoder: Annotated[
        str, typer.Option(help="Encoder of the manifest; that of the settings if not said.")
    ] = "",
    reranker: Annotated[
        str, typer.Option(help="Reranker of the manifest; that of the settings if not said.")
    ] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Index a judged collection in a fresh data directory, search it, and print the measures."""
    from indexer.evaluation.run import evaluate

    settings = _with_models(load(data_dir), encoder=encoder, reranker=reranker)
    with counted_progress(quiet=as_json) as progress:
        report = evaluate(
            dataset_dir,
            settings,
            open_tools(settings),
            split=split,
            retrievers=retrievers,
            limit_queries=limit_queries,
            run_file=run,
            compare=compare,
            progress=progress,
        )
    if as_json:
        print_json(report)
    else:
        render.table(("measure", "value"), _rows(report), title=str(report["dataset"]))


def _with_models(settings: Settings, *, encoder: str, reranker: str) -> Settings:
    """Return the settings with other models, where they are named."""
    replace = msgspec.structs.replace
    return replace(
        settings,
        models=replace(settings.models, encoder=encoder or settings.models.encoder),
        search=replace(settings.search, reranker=reranker or settings.search.reranker),
    )


def open_tools(settings: Settings) -> Tools:
    """Return segmentation and encoder exactly as ingestion uses them.

    Raises:
        NotFoundError: If the encoder was not pulled.
    """
    from indexer.dense.passage_encoder import open_passage_encoder
    from indexer.evaluation.run import Tools

    return Tools(open_cut(settings), open_passage_encoder(settings, settings.models.encoder))


@contextmanager
def counted_progress(*, quiet: bool) -> Iterator[Progress]:
    """Show how far each part has come, or nothing at all."""
    if quiet:
        yield lambda *_: None
        return
    with render.progress(counted=True) as display:
        tasks: dict[str, Any] = {}

        def advance(what: str, n_done: int, n_all: int) -> None:
            if what not in tasks:
                tasks[what] = display.add_task(what, total=n_all)
            display.update(tasks[what], completed=n_done)

        yield advance


def _rows(report: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in report.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            yield name, value
