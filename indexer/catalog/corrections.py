"""What people say was said: one row per corrected turn, beside what the machine heard."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from indexer.catalog.database import Database
from indexer.catalog.said import say, waiting
from indexer.catalog.tables import corrections as c
from schemas.content import Speaker
from schemas.correction import Correction
from schemas.ids import DocumentId, Revision


class Corrections:
    """Corrections of the revisions of documents; a deleted document takes its own along."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document_id: DocumentId, revision: Revision) -> list[Correction]:
        """Return the corrections of one revision, in order of time."""
        query = (
            select(c)
            .where(c.c.document_id == document_id, c.c.revision == revision)
            .order_by(c.c.start_ms, c.c.end_ms, c.c.speaker_id)
        )
        with self._database.reading() as connection:
            return [_to_correction(row) for row in connection.execute(query)]

    def of_others(self, document_id: DocumentId, revision: Revision) -> list[Correction]:
        """Return the corrections of every other revision of a document, in order of time."""
        query = (
            select(c)
            .where(c.c.document_id == document_id, c.c.revision != revision)
            .order_by(c.c.start_ms, c.c.end_ms, c.c.speaker_id, c.c.corrected_at)
        )
        with self._database.reading() as connection:
            return [_to_correction(row) for row in connection.execute(query)]

    def save(self, correction: Correction) -> None:
        """Make this what is in force of its turn; what was heard stays as it was first kept.

        Raises:
            NotFoundError: If there is no such document any more.
            ConflictError: If another revision is published meanwhile.
        """
        kept = {"document_id", "revision", "start_ms", "end_ms", "speaker_id", "heard"}
        row = _from_correction(correction)
        with self._database.writing() as connection:
            say(connection, c, row, same=_is(correction), kept=kept)

    def waiting(self, limit: int) -> list[tuple[DocumentId, datetime]]:
        """Return published documents with corrections that are not applied, and their latest.

        The document that has waited longest comes first, at most ``limit``.
        """
        return waiting(self._database, c, c.c.corrected_at, limit)


def mark_applied(
    connection: Connection, corrections: Collection[Correction], now: datetime
) -> None:
    """Note that passages hold these texts; one that was changed meanwhile goes on waiting."""
    for correction in corrections:
        same = and_(_is(correction), c.c.corrected_at == correction.corrected_at)
        connection.execute(update(c).where(same).values(applied_at=now))


def _is(correction: Correction) -> ColumnElement[bool]:
    place = correction.place
    return and_(
        c.c.document_id == correction.document_id,
        c.c.revision == correction.revision,
        c.c.start_ms == place.start_ms,
        c.c.end_ms == place.end_ms,
        c.c.speaker_id == (place.speaker_id or ""),
    )


def _from_correction(correction: Correction) -> dict[str, Any]:
    place = correction.place
    return {
        "document_id": correction.document_id,
        "revision": correction.revision,
        "start_ms": place.start_ms,
        "end_ms": place.end_ms,
        "speaker_id": place.speaker_id or "",
        "heard": correction.heard,
        "text": correction.text,
        "person_id": correction.person_id,
        "person_name": correction.person_name,
        "corrected_at": correction.corrected_at,
        "applied_at": correction.applied_at,
        "said_by": correction.speaker.id if correction.speaker else None,
        "said_by_name": correction.speaker.name if correction.speaker else None,
    }


def _to_correction(row: Row[Any]) -> Correction:
    return Correction(
        document_id=row.document_id,
        revision=row.revision,
        heard=row.heard,
        text=row.text,
        person_id=row.person_id,
        person_name=row.person_name,
        corrected_at=row.corrected_at,
        applied_at=row.applied_at,
        speaker=Speaker(row.said_by, row.said_by_name) if row.said_by is not None else None,
    )
