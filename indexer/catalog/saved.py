"""Documents that a person keeps at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from indexer.catalog.among import among
from indexer.catalog.database import Database
from indexer.catalog.documents import read_documents, seen_by
from indexer.catalog.tables import saved_documents as s
from indexer.catalog.upsert import insert_new
from schemas.document import Document
from schemas.errors import NotFoundError
from schemas.hiding import as_seen
from schemas.ids import DocumentId, PersonId


class SavedDocuments:
    """Each person's own list; a document that is deleted leaves every list."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person_id: PersonId, document_id: DocumentId, now: datetime) -> datetime:
        """Keep a document; return since when it is kept, which keeping it again leaves as it was.

        Raises:
            NotFoundError: If there is no such document any more.
        """
        row = {"person_id": person_id, "document_id": document_id, "saved_at": now}
        since = select(s.c.saved_at).where(
            s.c.person_id == person_id, s.c.document_id == document_id
        )
        try:
            with self._database.writing() as connection:
                if insert_new(connection, s, row):
                    return now
                kept: datetime = connection.execute(since).scalar_one()
                return kept
        except IntegrityError as exc:
            raise NotFoundError("There is no such document.") from exc

    def remove(self, person_id: PersonId, document_id: DocumentId) -> None:
        """Keep a document no longer; one that was not kept changes nothing."""
        with self._database.writing() as connection:
            connection.execute(
                delete(s).where(s.c.person_id == person_id, s.c.document_id == document_id)
            )

    def those_of(self, person_id: PersonId, ids: Iterable[DocumentId]) -> frozenset[DocumentId]:
        """Return which of these documents a person keeps."""
        query = select(s.c.document_id).where(
            s.c.person_id == person_id, among(s.c.document_id, ids)
        )
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def all_of(self, person_id: PersonId) -> frozenset[DocumentId]:
        """Return everything that a person keeps."""
        query = select(s.c.document_id).where(s.c.person_id == person_id)
        with self._database.reading() as connection:
            return frozenset(map(DocumentId, connection.execute(query).scalars()))

    def current(
        self,
        person_id: PersonId,
        audiences: Collection[str],
        *,
        page: int = 1,
        per_page: int = 20,
    ) -> tuple[list[tuple[Document, datetime]], int]:
        """Return one page of what a person keeps and may see now, and how much there is.

        Args:
            person_id: Whose list.
            audiences: Keys of this person.
            page: From 1; the document kept last comes first.
            per_page: Documents of a page.

        Returns:
            Each document with the moment it was kept, and the total.
        """
        shown = (s.c.person_id == person_id, seen_by(s.c.document_id, audiences))
        newest = (
            select(s.c.document_id, s.c.saved_at)
            .where(*shown)
            .order_by(s.c.saved_at.desc(), s.c.document_id)
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
        total = select(func.count()).select_from(s).where(*shown)
        with self._database.reading() as connection:
            rows = connection.execute(newest).all()
            documents = read_documents(connection, [row.document_id for row in rows])
            found = [(as_seen(documents[row.document_id], audiences), row.saved_at) for row in rows]
            return found, connection.execute(total).scalar_one()
