"""Replies of published documents: written with them, gone with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select

from indexer.catalog.among import among_given
from indexer.catalog.database import Database
from indexer.catalog.reply_tables import replies as r
from schemas.ids import DocumentId
from schemas.reply import Reply

_MANY: Final = (
    select(r).where(among_given(r.c.document_id, "ids")).order_by(r.c.document_id, r.c.ordinal)
)


class Replies:
    """The questions of conversations with their answers, as the latest publication found them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document_id: DocumentId) -> tuple[Reply, ...]:
        """Return the replies of a document in order; none where it holds no conversation."""
        with self._database.reading() as connection:
            return read_replies(connection, [document_id]).get(document_id, ())


def read_replies(
    connection: Connection, ids: Iterable[DocumentId]
) -> dict[DocumentId, tuple[Reply, ...]]:
    """Return the replies of those of these documents that have any, in order."""
    found: dict[DocumentId, tuple[Reply, ...]] = {}
    for document_id, *row in connection.execute(_MANY, {"ids": list(ids)}):
        found[document_id] = (*found.get(document_id, ()), Reply(*row))
    return found


def replace_replies(
    connection: Connection, document_id: DocumentId, found: Sequence[Reply]
) -> None:
    """Make these the replies of a document."""
    connection.execute(delete(r).where(r.c.document_id == document_id))
    rows = [{"document_id": document_id, **msgspec.structs.asdict(reply)} for reply in found]
    if rows:
        connection.execute(insert(r), rows)
