"""Generations of the indexes: which one is to be served, and how far each follower is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select

from indexer.catalog.database import Database
from indexer.catalog.records import FollowerReport, Generation
from indexer.catalog.tables import followers, generations, passages, vectors
from indexer.catalog.upsert import upsert
from schemas.errors import ConflictError


class Generations:
    """Builds of both indexes, by rising number; the last one is to be served."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ensure(self, encoder: str) -> Generation:
        """Return the current generation, after making number 1 of this encoder if there is none."""
        with self._database.publishing() as connection:
            found = _newest(connection)
            return found or self._add(connection, encoder)

    def current(self) -> Generation:
        """Return the generation that is to be served.

        Raises:
            ConflictError: If ``ensure`` has never been called.
        """
        with self._database.reading() as connection:
            found = _newest(connection)
        if found is None:
            raise ConflictError("There is no index yet: start the service once (cordee up).")
        return found

    def request(self, encoder: str) -> int:
        """Ask for a new generation, and return its number.

        Raises:
            ConflictError: If a published passage has no vector of this encoder yet.
        """
        with self._database.publishing() as connection:
            lacking = _n_lacking(connection, encoder)
            if lacking:
                raise ConflictError(
                    f"{lacking} published passages have no vector of encoder {encoder!r} yet."
                )
            return self._add(connection, encoder).number

    def report(self, follower: str, generation: int, position: int, now: datetime) -> None:
        """Say which generation a process serves, and the last change it has applied."""
        row = {
            "name": follower,
            "generation": generation,
            "position": position,
            "reported_at": now,
        }
        with self._database.writing() as connection:
            upsert(connection, followers, [row])

    def followers(self) -> list[FollowerReport]:
        """Return the last report of every follower that ever reported, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(followers).order_by(followers.c.name)).all()
        return [FollowerReport(r.name, r.generation, r.position, r.reported_at) for r in rows]

    def forget_followers(self, older_than: datetime) -> int:
        """Drop the reports made before this moment; return how many."""
        with self._database.writing() as connection:
            old = delete(followers).where(followers.c.reported_at < older_than)
            return connection.execute(old).rowcount

    def _add(self, connection: Connection, encoder: str) -> Generation:
        now = self._database.clock()
        number: int = connection.execute(
            insert(generations)
            .values(encoder=encoder, requested_at=now)
            .returning(generations.c.number)
        ).scalar_one()
        return Generation(number=number, encoder=encoder)


def newest_encoder(connection: Connection) -> str | None:
    """Return the encoder of the generation to be served; ``None`` before the first one."""
    found = _newest(connection)
    return None if found is None else found.encoder


def _newest(connection: Connection) -> Generation | None:
    query = select(generations).order_by(generations.c.number.desc()).limit(1)
    row: Row[tuple[object, ...]] | None = connection.execute(query).first()
    return None if row is None else Generation(number=row.number, encoder=row.encoder)


def _n_lacking(connection: Connection, encoder: str) -> int:
    here = (vectors.c.passage_id == passages.c.id) & (vectors.c.encoder == encoder)
    query = (
        select(func.count())
        .select_from(passages.outerjoin(vectors, here))
        .where(passages.c.superseded_at.is_(None), vectors.c.passage_id.is_(None))
    )
    return connection.execute(query).scalar_one()
