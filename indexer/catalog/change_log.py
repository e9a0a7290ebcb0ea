"""Writing to the change log, inside the transaction that makes the change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from indexer.catalog.records import ChangeKind
from indexer.catalog.tables import changes
from schemas.ids import DocumentId


def append_change(
    connection: Connection, kind: ChangeKind, document_id: DocumentId, at: datetime
) -> int:
    """Write one line and return its position; ``Database.publishing`` gives the connection."""
    position: int = connection.execute(
        insert(changes)
        .values(kind=kind, document_id=document_id, at=at)
        .returning(changes.c.position)
    ).scalar_one()
    return position


def last_change_of(connection: Connection, document_id: DocumentId) -> int:
    """Return the position of the document's latest change, 0 when it has none."""
    newest = select(func.max(changes.c.position)).where(changes.c.document_id == document_id)
    return connection.execute(newest).scalar_one() or 0
