"""The change log as the follower reads it, and what an index needs to know about a document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from indexer.catalog.change_log import append_change
from indexer.catalog.database import Database
from indexer.catalog.documents import read_documents
from indexer.catalog.mapping import seconds, to_vectors
from indexer.catalog.passages import read_passages, read_vectors
from indexer.catalog.records import Change, ChangeKind
from indexer.catalog.tables import changes
from indexer.catalog.tags import tags_in_force
from schemas.document import ParticipantRole
from schemas.errors import ConflictError
from schemas.ids import DocumentId
from schemas.passage import IndexEntry

if TYPE_CHECKING:
    from schemas.passage import Vectors


class Changes:
    """What happened to documents, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, position: int, limit: int = 1_000) -> list[Change]:
        """Return the changes after this position, oldest first, at most ``limit``.

        Once a position has been seen, no smaller one ever appears: positions are handed out under
        a lock that is held until the commit (see ``Database.publishing``).
        """
        query = (
            select(changes)
            .where(changes.c.position > position)
            .order_by(changes.c.position)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [
                Change(row.position, ChangeKind(row.kind), row.document_id, row.at)
                for row in connection.execute(query)
            ]

    def last_position(self) -> int:
        """Return the position of the last change, 0 when nothing has happened yet."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(changes.c.position))).scalar_one() or 0

    def waiting_since(self, position: int) -> datetime | None:
        """Return when the first change after this position was made; ``None`` without one."""
        following = self.after(position, 1)
        return following[0].at if following else None

    def ask_again(self, document_ids: Iterable[DocumentId]) -> None:
        """Have every follower look at these documents again, whether they are published or not."""
        with self._database.publishing() as connection:
            now = self._database.clock()
            for document_id in document_ids:
                append_change(connection, ChangeKind.PUBLISHED, document_id, now)

    def entries(self, document_id: DocumentId, encoder: str) -> tuple[list[IndexEntry], Vectors]:
        """Return what the indexes should hold of a document as it is published now.

        Returns:
            Its passages in order and an array of shape (n, d), float32, row by row theirs; an
            empty list and an array of shape (0, 0) when the document is not published.

        Raises:
            ConflictError: If a passage has no vector of this encoder.
        """
        with self._database.reading() as connection:
            document = read_documents(connection, [document_id]).get(document_id)
            if document is None:
                return [], to_vectors([])
            found = read_passages(connection, document_id)
            packed = read_vectors(connection, document_id, encoder)
            tags = tags_in_force(connection, [document_id])[document_id]
        lacking = sum(passage.id not in packed for passage in found)
        if lacking:
            raise ConflictError(
                f"Document {document_id}: {lacking} passages have no vector of encoder"
                f" {encoder!r}; encode them first (cordee reindex)."
            )
        tag_ids = tuple(sorted(tag.tag_id for tag in tags))
        mentors = tuple(p.id for p in document.participants if p.role is ParticipantRole.MENTOR)
        created_at_s = seconds(document.created_at)
        entries = [
            IndexEntry(p, document.title, document.kind, tag_ids, mentors, created_at_s)
            for p in found
        ]
        return entries, to_vectors([packed[passage.id] for passage in found])
