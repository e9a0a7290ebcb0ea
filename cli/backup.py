"""`cordee backup` and `cordee restore`: a copy while the service runs, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cli import context, render
from cli.evaluate import counted_progress
from cli.intake import intake_of
from indexer.backup import backup, restore, snapshots
from indexer.erasing.pending import erase_pending
from schemas.errors import NotFoundError


def make_backup(
    destination: Annotated[Path, typer.Argument(help="Directory of all backups of this data.")],
    data_dir: context.DataDir = None,
    *,
    as_json: context.AsJson = False,
) -> None:
    """Copy catalog, files and keys; what earlier backups brought is not copied again."""
    settings = context.load(data_dir)
    with counted_progress(quiet=False) as progress:
        snapshot, manifest = backup(
            settings,
            destination,
            now=datetime.now(UTC),
            version=version("cordee"),
            progress=progress,
        )
    if as_json:
        context.print_json({"snapshot": str(snapshot), "files": len(manifest.blobs)})
        return
    render.say(f"{len(manifest.blobs)} files and the catalog are safe in {snapshot}")


def restore_backup(
    source: Annotated[Path, typer.Argument(help="A snapshot, or a directory of them: the latest.")],
    data_dir: context.DataDir = None,
    erasures: Annotated[
        Path | None,
        typer.Option("--erasures", help="A later erasures.jsonl than that of the backup."),
    ] = None,
) -> None:
    """Put a backup into an empty data directory, and do again every erasure made since."""
    settings = context.load(data_dir)
    found = snapshots(source)
    snapshot = found[-1] if found else source
    if erasures is not None and not erasures.exists():
        raise NotFoundError(f"There is no {erasures}.")
    with counted_progress(quiet=False) as progress:
        manifest = restore(settings, snapshot, ledger=erasures, progress=progress)
    with intake_of(settings) as intake:
        receipts = erase_pending(intake, version=version("cordee"))
    render.say(
        f"Restored the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC with {len(manifest.blobs)} "
        f"files; {len(receipts)} erasures made since were done again."
    )
