"""Brings a database to the present shape, also when several processes start at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, text

from indexer.catalog.database import Database

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x636F_7265
"""PostgreSQL's advisory lock of migrations: not the one of publishing."""
_LOCK_TIMEOUT_S: Final = 120


def migrate(database: Database) -> None:
    """Run the migrations that this database has not seen, each once, in one transaction.

    Raises:
        TransientError: If the database does not answer.
    """
    with _alone(database) as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration over an open transaction, which the caller commits."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    if not database.is_sqlite:
        with database.writing() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
        return
    path = Path(str(database.engine.url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file lock, because two processes that switch one new file to WAL get "locked" at once,
    # without the patience of busy_timeout.
    with FileLock(f"{path}.lock", timeout=_LOCK_TIMEOUT_S):
        _use_wal(database)
        with database.writing() as connection:
            yield connection


def _use_wal(database: Database) -> None:
    # Outside of any transaction (SQLite insists), so on the driver's own connection. Kept in the
    # file, so once is enough.
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()
