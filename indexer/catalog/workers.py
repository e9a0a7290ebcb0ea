"""Which worker processes are alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from indexer.catalog.database import Database
from indexer.catalog.tables import workers
from indexer.catalog.upsert import upsert


class Workers:
    """Heartbeats of the worker processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, name: str, now: datetime) -> None:
        """Say that this worker is alive."""
        with self._database.writing() as connection:
            upsert(connection, workers, [{"name": name, "beat_at": now}])

    def alive(self, now: datetime, within_s: float = 15) -> list[str]:
        """Return the names of workers that gave a sign within this time, sorted."""
        since = now - timedelta(seconds=within_s)
        query = select(workers.c.name).where(workers.c.beat_at >= since)
        with self._database.reading() as connection:
            return sorted(connection.execute(query).scalars())
