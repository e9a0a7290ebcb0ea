"""`cordee feedback`: the log of what people do with answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from cli import context, render
from cli.server import find_server
from indexer.feedback.census import Census, count
from indexer.feedback.pseudonyms import open_pseudonyms
from schemas.errors import InvalidInputError
from schemas.settings import Settings

_IGNORED: Final = re.compile(
    r'^cordee_feedback_ignored_total\{part="(\w+)",reason="([\w-]+)"\} (\d+)', re.MULTILINE
)


class FeedbackStatus(msgspec.Struct, frozen=True):
    """What the log holds, and what the running server left out since its start."""

    log: Census
    ignored: dict[str, int] | None
    """By part and reason (``event repeated``); ``null`` while no server runs."""


def export(
    directory: Annotated[Path, typer.Argument(help="Where both files go.")],
    data_dir: context.DataDir = None,
    *,
    since: Annotated[str, typer.Option(help="Only from this date or time on; UTC.")] = "",
    as_json: context.AsJson = False,
) -> None:
    """Write the log as Parquet for tools that read User Behavior Insights 1.3.

    Persons stand there under pseudonyms, and remarks not at all; queries stand as typed.
    """
    # Imported here: its library is part of the worker's installation, which the API lacks.
    from indexer.feedback.export import export as write

    settings = context.load(data_dir)
    pseudonyms = open_pseudonyms(settings)
    with context.catalog_of(settings) as catalog:
        done = write(
            catalog.feedback,
            catalog.judgments,
            directory,
            pseudonym_of=pseudonyms.of,
            since=_time(since),
        )
    if as_json:
        context.print_json(done)
        return
    render.say(
        f"{done.queries} searches, {done.impressions} impressions, {done.events} events and "
        f"{done.votes} votes are in {directory}; {done.left_out} votes belong to no search."
    )


def status(data_dir: context.DataDir = None, *, as_json: context.AsJson = False) -> None:
    """Count the log: lines, people, and what was left out and why."""
    settings = context.load(data_dir)
    pseudonyms = open_pseudonyms(settings)
    with context.catalog_of(settings) as catalog:
        counted = count(catalog.feedback, catalog.judgments, pseudonym_of=pseudonyms.of)
    found = FeedbackStatus(counted, _ignored(settings))
    if as_json:
        context.print_json(found)
        return
    rows: list[tuple[str, object]] = [
        ("searches", counted.searches),
        ("people who searched", counted.people),
        ("first", counted.first_at or "-"),
        ("last", counted.last_at or "-"),
        *((f"events: {name}", n) for name, n in counted.events.items()),
        ("votes that count", counted.votes),
        *((f"votes left out: {reason}", n) for reason, n in counted.votes_ignored.items()),
        *((f"left out since the start: {what}", n) for what, n in (found.ignored or {}).items()),
    ]
    render.table(("", ""), rows)


def _ignored(settings: Settings) -> dict[str, int] | None:
    server = find_server(settings)
    if server is None:
        return None
    figures = server.get("/metrics", {}).decode()
    return {f"{part} {reason}": int(n) for part, reason, n in _IGNORED.findall(figures)}


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInputError(f"--since: {text!r} is no date (2026-03-01) and no time.") from exc
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
