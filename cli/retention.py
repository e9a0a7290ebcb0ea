"""`cordee retention` and `cordee hold`: which documents go when, and keeping some of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cli import context, render
from indexer.retention import TOLD_DAYS, expire, expiring, hold
from schemas.ids import DocumentId


def retention(
    data_dir: context.DataDir = None,
    days: Annotated[
        int, typer.Option("--within", min=0, help="What goes within this many days.")
    ] = TOLD_DAYS,
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Delete what is past its time; workers do it daily.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what --now would delete, and stop.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Show the documents whose kind's time (`retention.*_days`) is over soon, or delete them."""
    settings, moment = context.load(data_dir), datetime.now(UTC)
    with context.catalog_of(settings) as catalog:
        if now and not dry_run:
            found = expire(catalog, settings.retention, now=moment)
        else:
            ahead = timedelta(days=0 if dry_run else days)
            found = expiring(catalog, settings.retention, until=moment + ahead)
            if dry_run:
                found = tuple(each for each in found if not each.is_held)
    if as_json:
        context.print_json(found)
        return
    if not found:
        render.say("No document's time is over.")
        return
    render.table(
        ["document", "title", "kind", "goes on", ""],
        [
            (
                each.document_id,
                each.title,
                each.kind.value,
                each.expires_at.date().isoformat(),
                "held" if each.is_held else "",
            )
            for each in found
        ],
        title="Deleted" if now and not dry_run else "Time is over",
    )


def hold_document(
    document_id: Annotated[str, typer.Argument(help="Id of a document.")],
    data_dir: context.DataDir = None,
    *,
    release: Annotated[bool, typer.Option("--release", help="Hold it no longer.")] = False,
) -> None:
    """Keep a document beyond the time that its kind is kept for."""
    with context.catalog_of(context.load(data_dir)) as catalog:
        hold(catalog, DocumentId(document_id), is_held=not release)
    render.say(f"{document_id} is {'released' if release else 'held'}.")
