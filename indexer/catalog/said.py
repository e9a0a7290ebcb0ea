"""What people say of one published revision: kept beside what was recognised, applied later.

Corrections and namings differ in what is said; when it may be said, what of it changes and how
long it waits are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, func, select, update

from indexer.catalog.database import Database
from indexer.catalog.tables import documents
from indexer.catalog.upsert import insert_new
from schemas.errors import ConflictError, NotFoundError
from schemas.ids import DocumentId


def say(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    *,
    same: ColumnElement[bool],
    kept: Collection[str],
) -> None:
    """Make a row what is in force; what of it was recognised stays as it was first kept.

    Args:
        connection: In whose transaction it is written.
        table: With the columns ``document_id`` and ``revision``.
        row: A full row.
        same: Which row of the table it is.
        kept: Columns that a row which is there keeps.

    Raises:
        NotFoundError: If there is no such document any more.
        ConflictError: If another revision is published meanwhile.
    """
    query = select(documents.c.revision).where(documents.c.id == row["document_id"])
    published = connection.execute(query).scalar_one_or_none()
    if published is None:
        raise NotFoundError("There is no such document.")
    if published != row["revision"]:
        raise ConflictError("The document was replaced meanwhile: read it again.")
    if not insert_new(connection, table, row):
        changed = {name: value for name, value in row.items() if name not in kept}
        connection.execute(update(table).where(same).values(changed))


def waiting(
    database: Database, table: Table, said_at: Column[datetime], limit: int
) -> list[tuple[DocumentId, datetime]]:
    """Return published documents with rows that are not applied, and when the latest was said.

    The document that has waited longest comes first, at most ``limit``.
    """
    latest = func.max(said_at)
    published = and_(
        documents.c.id == table.c.document_id, documents.c.revision == table.c.revision
    )
    query = (
        select(table.c.document_id, latest)
        .join(documents, published)
        .where(table.c.applied_at.is_(None))
        .group_by(table.c.document_id)
        .order_by(latest, table.c.document_id)
        .limit(limit)
    )
    with database.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]
