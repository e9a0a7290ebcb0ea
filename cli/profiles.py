"""`cordee profiles`: what the school knows of its students' projects."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import context, render
from indexer.people import read_profiles
from indexer.taxonomy import load_taxonomy


def import_profiles(
    file: Annotated[Path, typer.Argument(help="TOML with a [[students]] table for each.")],
    data_dir: context.DataDir = None,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also profiles that a person has written since.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Take over the profiles of students; one that its person has written stays as it is.

    A mistake anywhere in the file imports nothing.
    """
    settings = context.load(data_dir)
    path = settings.tags.taxonomy
    taxonomy = load_taxonomy(Path(path) if path else None)
    found = read_profiles(file, taxonomy, now=datetime.now(UTC))
    with context.catalog_of(settings) as catalog:
        kept = catalog.profiles.import_many(found, replace=replace)
    n_imported = len(found) - len(kept)
    if as_json:
        context.print_json({"imported": n_imported, "kept": kept})
        return
    render.say(f"{n_imported} profiles imported.")
    if kept:
        render.say(f"Left as their people have written them: {', '.join(kept)}.")
