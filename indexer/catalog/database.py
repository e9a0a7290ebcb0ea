"""One connection pool, and the two kinds of transaction the catalog runs on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Final

from filelock import FileLock
from filelock import Timeout as LockTimeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from schemas.errors import InvalidInputError, SettingsError, TransientError

Clock = Callable[[], datetime]
"""Returns the present moment, in UTC."""

BUSY_TIMEOUT_S: Final = 10
"""How long a writer waits for another one. Publishing an hour of speech takes under a second."""
WRITE_LOCK: Final = 0x636F_7264
"""Key of PostgreSQL's advisory lock of publishing transactions ("cord" in ASCII)."""
RECEIVE_LOCK: Final = 0x636F_7265
"""Key of PostgreSQL's advisory lock of processes that look whether bytes are here already."""
_WRITES: Final = "cordee_writes"


def utc_now() -> datetime:
    """Return the present moment in UTC: the clock of everything that is not a test."""
    return datetime.now(UTC)


class Database:
    """Transactions on SQLite or PostgreSQL; errors of the driver come out as ours."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.is_sqlite = engine.dialect.name == "sqlite"
        # REPEATABLE READ: several selects of one read see one moment, as SQLite's always do.
        self._readers = (
            engine
            if self.is_sqlite
            else engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        )
        self._writers = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection whose reads all see the catalog at one moment."""
        with _our_errors(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that commits when the block ends and rolls back when it raises."""
        with _our_errors(), self._writers.begin() as connection:
            yield connection

    @contextmanager
    def publishing(self) -> Iterator[Connection]:
        """Give a writing transaction that no other publishing one runs beside.

        Positions of the change log are handed out inside, so they become visible in their order:
        a reader that has seen position n will never find a smaller one later. SQLite has one
        writer anyway; on PostgreSQL an advisory lock, held until the commit, makes it so.
        """
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other process be in such a block: for a look and a write in transactions apart.

        Processes of one machine wait at a file beside the SQLite database, those of many at a
        lock of PostgreSQL. Both are let go when their holder dies. Not to be nested.
        """
        if self.is_sqlite:
            try:
                with FileLock(f"{self.engine.url.database}.receive.lock", timeout=BUSY_TIMEOUT_S):
                    yield
            except LockTimeout as exc:
                raise TransientError("Too much is being received at once; try again.") from exc
            return
        with self.writing() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECEIVE_LOCK})
            yield


def open_database(url: str, *, pool_size: int, clock: Clock = utc_now) -> Database:
    """Open a pool of connections; nothing is connected yet.

    Args:
        url: ``sqlite:///path`` or ``postgresql://...`` (``postgresql+psycopg://`` is the same).
        pool_size: Connections kept open; as many again may be opened for a moment.
        clock: What the catalog calls "now" where its caller does not say.

    Raises:
        SettingsError: If the URL names another database, or SQLite in memory.
    """
    parsed = _supported(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=pool_size,
            connect_args={"timeout": BUSY_TIMEOUT_S},
            hide_parameters=True,  # parameters hold what people wrote: never in a traceback
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,  # a restarted server must not fail the next request
            hide_parameters=True,
        )
    return Database(engine, clock)


def compact(engine: Engine) -> None:
    """Rewrite a database without what deleted rows left in free pages and in its log.

    It needs nearly as much room again, and nobody else writes meanwhile.
    """
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:  # one of ours begins a transaction at once
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL"))


def _supported(url: str) -> URL:
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise SettingsError(
                f"The catalog cannot live in {other!r}: give sqlite:///path or postgresql://..."
            )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Off, because the driver's own transaction control begins no transaction for reads, begins
    # writes too late (a read then a write may fail with "locked") and commits before DDL.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # FULL, not NORMAL: after a power cut NORMAL may forget the last commits. The followers'
    # positions would then be ahead of the change log, and new changes would be skipped.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -32000")  # 32 MB a connection


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once and waits for it; a deferred transaction that reads
    # first and writes later fails without waiting when somebody wrote in between.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
        reason = exc.orig if isinstance(exc, DBAPIError) else exc
        raise TransientError(f"The catalog does not answer: {type(reason).__name__}.") from exc
    except DataError as exc:  # U+0000 in an id that somebody made up, on PostgreSQL
        raise InvalidInputError("This holds a value that no database keeps.") from exc
