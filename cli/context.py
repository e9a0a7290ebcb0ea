"""What every command shares: its options, its settings, the way it prints and fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import render
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.log import configure_logging
from schemas.settings import Settings, load_settings

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="CORDEE_DATA_DIR", help="Directory of everything stored."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def load(data_dir: Path | None) -> Settings:
    """Read the settings, set up the logs and make sure that the data directory exists.

    Raises:
        SettingsError: If a setting is unknown or does not fit.
    """
    settings = load_settings(os.environ, data_dir=data_dir)
    configure_logging(level=settings.log.level, as_json=settings.log.json)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings


@contextmanager
def catalog_of(settings: Settings) -> Iterator[Catalog]:
    """Open the catalog for the length of a command."""
    catalog = open_catalog(settings.catalog_url, pool_size=settings.catalog.pool_size)
    try:
        yield catalog
    finally:
        catalog.close()


def print_json(value: object) -> None:
    """Print one value as indented JSON on standard output; structs become objects."""
    render.plain(msgspec.json.format(msgspec.json.encode(value, order="deterministic")).decode())
