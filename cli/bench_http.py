"""``cordee bench http``: measure a running server as its clients see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.identity import mint_token
from cli import render
from cli.bench import client_counts
from cli.clients import connect, measure_http
from cli.context import AsJson, DataDir, load, print_json
from cli.evaluate import counted_progress
from cli.server import caller_named, find_server
from indexer.evaluation.dataset import DEFAULT_SPLIT, read_dataset
from schemas.errors import InvalidInputError, NotFoundError
from schemas.query import MAX_QUERY_CHARS
from schemas.settings import Settings

_TOKEN_TTL_S: Final = 3600


def bench_http(  # noqa: PLR0913 - one argument per option of the command
    dataset_dir: Annotated[
        Path,
        typer.Argument(
            help="Folder in BEIR layout, whose queries are asked.", exists=True, file_okay=False
        ),
    ],
    *,
    url: Annotated[str, typer.Option(help="A server elsewhere; needs --token.")] = "",
    token: Annotated[str, typer.Option(help="Bearer token, instead of one made here.")] = "",
    as_caller: Annotated[
        str, typer.Option("--as", metavar="ROLE:PERSON", help="Search as student:s-lea, say.")
    ] = "",
    split: Annotated[
        str, typer.Option(help="Which part of the queries: a file of qrels/, without .tsv.")
    ] = DEFAULT_SPLIT,
    searches: Annotated[int, typer.Option(min=1, help="Timed searches of a round.")] = 500,
    warm_up: Annotated[int, typer.Option(min=1, help="Searches before a round.")] = 50,
    clients: Annotated[str, typer.Option(help="How many search at once, one round each.")] = "1,4",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Send judged queries to a running server and time whole answers, from request to last byte.

    Exit status 1 when a search fails.
    """
    settings = load(data_dir)
    if url and not token:
        raise InvalidInputError("--url needs --token: a token of this installation stays here.")
    numbers = client_counts(clients)
    address = url or _address_of(settings)
    bearer = token or mint_token(settings, caller_named(as_caller), ttl_s=_TOKEN_TTL_S)
    texts = [query.text[:MAX_QUERY_CHARS] for query in read_dataset(dataset_dir, split).queries]
    with (
        connect(address, bearer, max(numbers)) as client,
        counted_progress(quiet=as_json) as progress,
    ):
        report = measure_http(
            client, texts, searches=searches, warm_up=warm_up, clients=numbers, progress=progress
        )
    if as_json:
        print_json(report)
    else:
        render.table(("measure", "value"), _rows(report), title=f"bench http, {address}")
    if any(each["failed"] for each in report["rounds"]):
        raise typer.Exit(1)


def _address_of(settings: Settings) -> str:
    server = find_server(settings)
    if server is None:
        raise NotFoundError(
            f"No server runs on {settings.data_dir}: start one with `cordee serve`, or name one "
            "with --url."
        )
    return server.url


def _rows(report: dict[str, Any]) -> Iterator[tuple[str, object]]:
    yield "queries", report["queries"]
    for each in report["rounds"]:
        name = f"{each['clients']} clients"
        yield name, f"{each['searches_per_s']}/s, {each['searches']} done, {each['failed']} failed"
        yield f"{name}, request to response", _shown(each["latency_ms"])
        yield f"{name}, search in the server", _shown(each["server_ms"])
        for part, times in each["server_parts_ms"].items():
            yield f"{name}, {part}", _shown(times)


def _shown(times: dict[str, float]) -> str:
    return ", ".join(f"{name} {ms} ms" for name, ms in times.items())
