"""Restrictions of documents: set and lifted by mentors, in force with the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from indexer.catalog.change_log import append_change
from indexer.catalog.database import Database
from indexer.catalog.documents import read_documents
from indexer.catalog.hiding import write_hidden
from indexer.catalog.records import ChangeKind
from indexer.catalog.restriction_tables import restrictions as r
from indexer.catalog.sharings import withdraw_stale
from indexer.catalog.tables import documents as d
from schemas.document import Document, MediaFiles, Visibility
from schemas.errors import NotFoundError
from schemas.hiding import Restriction, cut_of, mask_of
from schemas.ids import DocumentId


class Restrictions:
    """What is hidden of documents; a deleted document takes its own along."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document_id: DocumentId) -> tuple[Restriction, ...]:
        """Return the restrictions of a document, oldest first."""
        query = select(r).where(r.c.document_id == document_id).order_by(r.c.created_at, r.c.id)
        with self._database.reading() as connection:
            return tuple(_to_restriction(row) for row in connection.execute(query))

    def add(self, restriction: Restriction) -> int:
        """Hide a stretch; every read obeys when this returns. Return the position of the change.

        Raises:
            NotFoundError: If there is no such document any more.
        """
        document_id = restriction.document_id
        with self._database.publishing() as connection:
            _must_be_there(connection, document_id)
            connection.execute(insert(r).values(msgspec.structs.asdict(restriction)))
            write_hidden(connection, document_id)
            withdraw_stale(connection, document_id, restriction.created_at)
            return append_change(
                connection, ChangeKind.PUBLISHED, document_id, restriction.created_at
            )

    def lift(self, document_id: DocumentId, restriction_id: str) -> int:
        """Show a stretch again. Return the position of the change.

        Raises:
            NotFoundError: If the document has no such restriction.
        """
        gone = delete(r).where(r.c.document_id == document_id, r.c.id == restriction_id)
        with self._database.publishing() as connection:
            if not connection.execute(gone).rowcount:
                raise NotFoundError("The document has no such restriction (any more).")
            write_hidden(connection, document_id)
            now = self._database.clock()
            return append_change(connection, ChangeKind.PUBLISHED, document_id, now)

    def waiting(self) -> list[DocumentId]:
        """Return documents whose passages or recording do not fit what is hidden, sorted."""
        concerned = select(d.c.id).where((d.c.cut_as != "") | (d.c.hidden != ()))
        with self._database.reading() as connection:
            ids = list(connection.execute(concerned.order_by(d.c.id)).scalars())
            found = read_documents(connection, ids)
            cuts = _cuts(connection, ids)
        return [
            id_
            for id_, document in found.items()
            if cuts[id_] != cut_of(document.hidden) or needs_mask(document)
        ]

    def is_cut(self, document: Document) -> bool:
        """Tell whether the document's passages are cut at its hidden places."""
        with self._database.reading() as connection:
            return _cuts(connection, [document.id]).get(document.id) == cut_of(document.hidden)

    def set_mask(self, document: Document, media: MediaFiles) -> bool:
        """Keep a copy without the hidden minutes; return whether it is still the one needed."""
        here = (d.c.id == document.id, d.c.revision == document.revision)
        with self._database.writing() as connection:
            now_there = read_documents(connection, [document.id]).get(document.id)
            if now_there is None or mask_of(now_there) != media.masked_as:
                return False
            return bool(connection.execute(update(d).where(*here).values(media=media)).rowcount)

    def n_of(self) -> int:
        """Return how many restrictions are in force."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(r)).scalar_one()


def needs_mask(document: Document) -> bool:
    """Tell whether the copy without hidden minutes is to be made, or to be dropped."""
    return document.media.masked_as != mask_of(document)


def _cuts(connection: Connection, ids: Iterable[DocumentId]) -> dict[DocumentId, str]:
    query = select(d.c.id, d.c.cut_as).where(d.c.id.in_(list(ids)))
    return dict(connection.execute(query).all())


def _must_be_there(connection: Connection, document_id: DocumentId) -> None:
    there = connection.execute(select(d.c.id).where(d.c.id == document_id)).scalar_one_or_none()
    if there is None:
        raise NotFoundError("There is no such document.")


def _to_restriction(row: Row[Any]) -> Restriction:
    return Restriction(
        id=row.id,
        document_id=row.document_id,
        place=row.place,
        visibility=Visibility(row.visibility),
        revision=row.revision,
        person_id=row.person_id,
        person_name=row.person_name,
        reason=row.reason,
        created_at=row.created_at,
    )
