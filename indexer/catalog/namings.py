"""Who people say that heard speakers are: one row per heard speaker of a revision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select, update

from indexer.catalog.database import Database
from indexer.catalog.naming_tables import namings as n
from indexer.catalog.said import say, waiting
from schemas.content import Speaker
from schemas.document import Participant, ParticipantRole
from schemas.ids import DocumentId, Revision
from schemas.naming import Naming


class Namings:
    """Namings of the revisions of documents; a deleted document takes its own along."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document_id: DocumentId, revision: Revision) -> list[Naming]:
        """Return the namings of one revision, those taken back too, by heard speaker."""
        query = (
            select(n)
            .where(n.c.document_id == document_id, n.c.revision == revision)
            .order_by(n.c.heard_id)
        )
        with self._database.reading() as connection:
            return [_to_naming(row) for row in connection.execute(query)]

    def save(self, naming: Naming) -> None:
        """Make this the naming in force; what was heard stays as it was first kept.

        Raises:
            NotFoundError: If there is no such document any more.
            ConflictError: If another revision is published meanwhile.
        """
        kept = {"document_id", "revision", "heard_id", "heard_name", "heard_role"}
        row = _from_naming(naming)
        with self._database.writing() as connection:
            say(connection, n, row, same=_is(naming), kept=kept)

    def waiting(self, limit: int) -> list[tuple[DocumentId, datetime]]:
        """Return published documents with namings that are not applied, and their latest.

        The document that has waited longest comes first, at most ``limit``.
        """
        return waiting(self._database, n, n.c.named_at, limit)


def mark_named(connection: Connection, namings: Collection[Naming], now: datetime) -> None:
    """Note that the document took these over; one that was changed meanwhile goes on waiting."""
    for naming in namings:
        same = and_(_is(naming), n.c.named_at == naming.named_at)
        connection.execute(update(n).where(same).values(applied_at=now))


def _is(naming: Naming) -> ColumnElement[bool]:
    return and_(
        n.c.document_id == naming.document_id,
        n.c.revision == naming.revision,
        n.c.heard_id == naming.heard.id,
    )


def _from_naming(naming: Naming) -> dict[str, Any]:
    person = naming.person
    return {
        "document_id": naming.document_id,
        "revision": naming.revision,
        "heard_id": naming.heard.id,
        "heard_name": naming.heard.name,
        "heard_role": naming.heard_role,
        "person_id": person.id if person else None,
        "person_name": person.name if person else None,
        "role": person.role if person else None,
        "named_by": naming.named_by,
        "named_by_name": naming.named_by_name,
        "named_at": naming.named_at,
        "applied_at": naming.applied_at,
    }


def _to_naming(row: Row[Any]) -> Naming:
    is_named = row.person_id is not None
    return Naming(
        document_id=row.document_id,
        revision=row.revision,
        heard=Speaker(row.heard_id, row.heard_name),
        heard_role=ParticipantRole(row.heard_role) if row.heard_role else None,
        person=Participant(row.person_id, row.person_name, ParticipantRole(row.role))
        if is_named
        else None,
        named_by=row.named_by,
        named_by_name=row.named_by_name,
        named_at=row.named_at,
        applied_at=row.applied_at,
    )
