"""Migrations, on both databases."""

import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from fixtures.builders import AN_ENCODER
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.migrate import alembic_config
from indexer.catalog.tables import METADATA

ROOT = Path(__file__).resolve().parents[4]
OPEN = "import sys; from indexer.catalog.catalog import open_catalog; open_catalog(sys.argv[1])"


def test_migrations_make_exactly_the_tables_of_the_code(catalog: Catalog) -> None:
    with catalog.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, METADATA) == []


def test_migrations_can_be_undone_and_done_again(catalog: Catalog) -> None:
    with catalog.database.writing() as connection:
        command.downgrade(alembic_config(connection), "base")
        left = inspect(connection).get_table_names()
        command.upgrade(alembic_config(connection), "head")

    assert left == ["alembic_version"]
    assert catalog.documents.n_published() == 0


def test_processes_that_start_at_once_all_succeed(empty_url: str) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, empty_url], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in starting]

    assert ended == [("", 0)] * 3


def test_opening_again_keeps_what_is_there(catalog_url: str) -> None:
    first = open_catalog(catalog_url)
    first.generations.ensure(AN_ENCODER)
    first.close()

    second = open_catalog(catalog_url)

    assert second.generations.current().encoder == AN_ENCODER
    second.close()
