"""Passages and their vectors. Superseded ones stay readable until they are swept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, delete, insert, select

from indexer.catalog.among import among, among_given
from indexer.catalog.database import Database
from indexer.catalog.mapping import PASSAGE_COLUMNS, from_vectors, to_passage, to_vectors
from indexer.catalog.tables import documents, passages, vectors
from schemas.errors import NotFoundError
from schemas.ids import DocumentId, PassageId
from schemas.passage import Held, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from schemas.passage import Vectors

    Vector = NDArray[np.float32]

_WITH_AUDIENCES: Final = select(*PASSAGE_COLUMNS).join(
    documents, documents.c.id == passages.c.document_id
)

_MANY: Final = _WITH_AUDIENCES.where(among_given(passages.c.id, "ids"))


class Passages:
    """Passages of published documents, with one vector per encoder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, ids: Iterable[PassageId]) -> dict[PassageId, Passage]:
        """Return those of these passages that exist, superseded ones included.

        An index may still point at a superseded passage for a moment; none points at nothing.
        Audiences are the document's of now, whatever they were when it was indexed.
        """
        with self._database.reading() as connection:
            return read_many(connection, ids)

    def of_document(self, document_id: DocumentId) -> list[Passage]:
        """Return the passages of the document's present revision, in order."""
        with self._database.reading() as connection:
            return read_passages(connection, document_id)

    def held(self, after: int, limit: int) -> list[Held]:
        """Return the next passages in force beyond this id, in order of id: what indexes hold."""
        query = (
            select(passages.c.id, passages.c.document_id)
            .where(passages.c.superseded_at.is_(None), passages.c.id > after)
            .order_by(passages.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [Held(row.id, row.document_id) for row in connection.execute(query)]

    def superseded_among(self, ids: Collection[PassageId]) -> set[PassageId]:
        """Return those of these passages that a newer revision replaced."""
        query = select(passages.c.id).where(
            among(passages.c.id, ids), passages.c.superseded_at.is_not(None)
        )
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def without_vector(self, encoder: str, limit: int) -> list[tuple[PassageId, str, str]]:
        """Return id, document title and text of passages in force that lack this encoder's vector.

        In order of id, at most ``limit``: ask again after adding vectors until none is left.
        """
        lacking = (
            select(passages.c.id, documents.c.title, passages.c.text)
            .join(documents, documents.c.id == passages.c.document_id)
            .outerjoin(
                vectors, (vectors.c.passage_id == passages.c.id) & (vectors.c.encoder == encoder)
            )
            .where(passages.c.superseded_at.is_(None), vectors.c.passage_id.is_(None))
            .order_by(passages.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [(row.id, row.title, row.text) for row in connection.execute(lacking)]

    def add_vectors(self, encoder: str, ids: Sequence[PassageId], rows: Vectors) -> None:
        """Keep vectors of passages, one row per id; a passage gone meanwhile is passed over.

        Vectors that are there already are replaced.
        """
        with self._database.writing() as connection:
            alive = _hold(connection, ids)
            connection.execute(
                delete(vectors).where(
                    among(vectors.c.passage_id, ids), vectors.c.encoder == encoder
                )
            )
            packed = from_vectors(encoder, ids, rows)
            kept = [row for row in packed if row["passage_id"] in alive]
            if kept:
                connection.execute(insert(vectors), kept)

    def vectors(self, ids: Sequence[PassageId], encoder: str) -> Vectors:
        """Return an array of shape (len(ids), d), float32, in the order given.

        Raises:
            NotFoundError: If a passage has no vector of this encoder.
        """
        query = select(vectors.c.passage_id, vectors.c.vector).where(
            among(vectors.c.passage_id, ids), vectors.c.encoder == encoder
        )
        with self._database.reading() as connection:
            found = dict(connection.execute(query).all())
        missing = [id_ for id_ in ids if id_ not in found]
        if missing:
            raise NotFoundError(
                f"{len(missing)} of {len(ids)} passages have no vector of encoder {encoder!r}."
            )
        return to_vectors([found[id_] for id_ in ids])

    def vectors_of(self, document_id: DocumentId, encoder: str) -> dict[PassageId, Vector]:
        """Return the vectors that the document's present passages have, each of shape (d,)."""
        with self._database.reading() as connection:
            packed = read_vectors(connection, document_id, encoder)
        return {id_: to_vectors([row])[0] for id_, row in packed.items()}

    def vectors_among(self, ids: Collection[PassageId], encoder: str) -> dict[PassageId, Vector]:
        """Return the vectors that there are of these passages, each of shape (d,)."""
        query = select(vectors.c.passage_id, vectors.c.vector).where(
            among(vectors.c.passage_id, ids), vectors.c.encoder == encoder
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {PassageId(id_): to_vectors([row])[0] for id_, row in rows}

    def sweep_superseded(self, older_than: datetime) -> int:
        """Drop passages superseded before this moment, with their vectors; return how many."""
        with self._database.writing() as connection:
            old = delete(passages).where(passages.c.superseded_at < older_than)
            return connection.execute(old).rowcount


def read_many(connection: Connection, ids: Iterable[PassageId]) -> dict[PassageId, Passage]:
    """Return those of these passages that exist, read on an open connection."""
    rows = connection.execute(_MANY, {"ids": list(ids)}).all()
    return {row[0]: to_passage(row) for row in rows}


def read_passages(connection: Connection, document_id: DocumentId) -> list[Passage]:
    """Return the passages of the document's present revision, in order."""
    query = _WITH_AUDIENCES.where(
        passages.c.document_id == document_id, passages.c.superseded_at.is_(None)
    ).order_by(passages.c.ordinal)
    return [to_passage(row) for row in connection.execute(query).all()]


def read_vectors(
    connection: Connection, document_id: DocumentId, encoder: str
) -> dict[PassageId, bytes]:
    """Return the packed vectors of the document's present revision."""
    query = (
        select(vectors.c.passage_id, vectors.c.vector)
        .join(passages, passages.c.id == vectors.c.passage_id)
        .where(
            passages.c.document_id == document_id,
            passages.c.superseded_at.is_(None),
            vectors.c.encoder == encoder,
        )
    )
    return dict(connection.execute(query).all())


def _hold(connection: Connection, ids: Sequence[PassageId]) -> set[PassageId]:
    # Locked until the commit (where the database has row locks), so that none is deleted between
    # this look and the insert that refers to it.
    query = select(passages.c.id).where(among(passages.c.id, ids))
    return set(connection.execute(query.with_for_update(key_share=True)).scalars())
