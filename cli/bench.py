"""``cordee bench``: measure the speed of search and indexing on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import render
from cli.context import AsJson, DataDir, load, print_json
from cli.evaluate import counted_progress
from schemas.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PASSAGES: Final = 1_000_000  # composing more takes longer than measuring it


def bench(
    context: typer.Context,
    *,
    passages: Annotated[
        int, typer.Option(min=10, max=MAX_PASSAGES, help="Passages to index.")
    ] = 10_000,
    clients: Annotated[str, typer.Option(help="How many search at once, one round each.")] = "1,4",
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Length of a round.")] = 5.0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Index composed French passages and search them; vectors are given, so no model is needed."""
    if context.invoked_subcommand:
        return
    from indexer.evaluation.speed import measure_speed

    settings = load(data_dir)
    with counted_progress(quiet=as_json) as progress:
        report = measure_speed(
            passages,
            settings,
            clients=client_counts(clients),
            seconds=seconds,
            progress=progress,
        )
    if as_json:
        print_json(report)
    else:
        render.table(("measure", "value"), _rows(report), title="bench")


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
    yield from ((name, value) for name, value in report.items() if name != "rounds")
    for each in report["rounds"]:
        latency = each["latency_ms"]
        shown = ", ".join(f"{name} {ms} ms" for name, ms in latency.items())
        yield f"{each['clients']} clients", f"{each['searches_per_s']}/s, {shown}"
