"""Sharings of documents: from the wish to the copy that students see, and back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, delete, select, update

from indexer.catalog.among import among
from indexer.catalog.database import Database
from indexer.catalog.documents import drop_document, seen_by
from indexer.catalog.sharing_tables import sharings as s
from indexer.catalog.tables import documents as d
from indexer.catalog.upsert import insert_new
from schemas.document import Document
from schemas.errors import ConflictError, NotFoundError
from schemas.ids import BlobKey, DocumentId, PersonId, Revision, document_id_for
from schemas.sharing import Decisions, Sharing, SharingState, shared_source

_MAKING = (SharingState.CONFIRMED, SharingState.PUBLISHED)


class Confirmed(NamedTuple):
    """What a mentor confirmed."""

    by: PersonId
    at: datetime
    content: BlobKey
    """Of the original, as the mentor read it."""
    plan: BlobKey
    copy_revision: Revision


class Sharings:
    """At most one sharing for each document; a deleted document takes its own along."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, document_id: DocumentId) -> Sharing | None:
        """Return the sharing of an original."""
        return self._first(s.c.document_id == document_id)

    def of_copy(self, copy_id: DocumentId) -> Sharing | None:
        """Return the sharing whose copy this document is, or is about to be."""
        return self._first(s.c.copy_id == copy_id)

    def states(self, ids: Collection[DocumentId]) -> dict[DocumentId, SharingState]:
        """Return how far the sharing of those of these documents has come that have one."""
        query = select(s.c.document_id, s.c.state).where(among(s.c.document_id, ids))
        with self._database.reading() as connection:
            return {id_: SharingState(state) for id_, state in connection.execute(query)}

    def waiting(self, audiences: Collection[str], *, limit: int) -> list[Sharing]:
        """Return what a mentor has to look at, of what these keys may see; oldest wish first."""
        states = (SharingState.REQUESTED, SharingState.STALE)
        query = (
            select(s)
            .where(s.c.state.in_(states), seen_by(s.c.document_id, audiences))
            .order_by(s.c.requested_at, s.c.document_id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_to_sharing(row) for row in connection.execute(query)]

    def request(self, document_id: DocumentId, by: PersonId | None, now: datetime) -> Sharing:
        """Note the wish to share a document; a wish that is there already stays as it is.

        Raises:
            NotFoundError: If there is no such document.
        """
        with self._database.writing() as connection:
            there = select(d.c.id).where(d.c.id == document_id)
            if connection.execute(there).first() is None:
                raise NotFoundError("There is no such document.")
            open_request(connection, document_id, by, now)
            return _must_have(connection, document_id)

    def decide(self, document_id: DocumentId, decisions: Decisions) -> Sharing:
        """Keep what a mentor decides; a copy that is published stays until it is confirmed again.

        Raises:
            NotFoundError: If nobody asked to share the document.
        """
        with self._database.writing() as connection:
            here = s.c.document_id == document_id
            connection.execute(update(s).where(here).values(decisions=decisions))
            return _must_have(connection, document_id)

    def confirm(
        self, document_id: DocumentId, decisions: Decisions, confirmed: Confirmed
    ) -> Sharing:
        """Note that the copy is to be made as a mentor has seen it.

        Raises:
            NotFoundError: If nobody asked to share the document.
            ConflictError: If the document, or what is decided of it, changed meanwhile, or a part
                of it is hidden from students.
        """
        with self._database.publishing() as connection:
            sharing = _must_have(connection, document_id)
            original = select(d.c.content, d.c.hidden).where(d.c.id == document_id)
            content, hidden = connection.execute(original).one()
            if content != confirmed.content or sharing.decisions != decisions:
                raise ConflictError("What is shared has changed meanwhile: look at it again.")
            if hidden:
                # Students are not to see that part, and a copy would hold it.
                raise ConflictError(
                    "A part of this document is hidden from students: show it again first."
                )
            is_done = sharing.state in _MAKING and sharing.copy_revision == confirmed.copy_revision
            if not is_done:
                connection.execute(
                    update(s)
                    .where(s.c.document_id == document_id)
                    .values(
                        state=SharingState.CONFIRMED,
                        confirmed_by=confirmed.by,
                        confirmed_at=confirmed.at,
                        content=confirmed.content,
                        plan=confirmed.plan,
                        copy_revision=confirmed.copy_revision,
                    )
                )
            return _must_have(connection, document_id)

    def withdraw(self, document_id: DocumentId) -> bool:
        """Forget a sharing, its copy too; return whether there was one."""
        with self._database.publishing() as connection:
            here = s.c.document_id == document_id
            copy_id = connection.execute(select(s.c.copy_id).where(here)).scalar_one_or_none()
            if copy_id is None:
                return False
            drop_document(connection, copy_id, self._database.clock())
            connection.execute(delete(s).where(here))
            return True

    def _first(self, condition: Any) -> Sharing | None:
        with self._database.reading() as connection:
            row = connection.execute(select(s).where(condition)).first()
            return _to_sharing(row) if row is not None else None


def open_request(
    connection: Connection, document_id: DocumentId, by: PersonId | None, now: datetime
) -> None:
    """Note the wish to share a document, unless it is known."""
    insert_new(
        connection,
        s,
        {
            "document_id": document_id,
            "copy_id": document_id_for(shared_source(document_id)),
            "state": SharingState.REQUESTED,
            "requested_by": by,
            "requested_at": now,
            "decisions": Decisions(),
        },
    )


def withdraw_stale(connection: Connection, document_id: DocumentId, now: datetime) -> None:
    """Take back the copy of a document whose text has changed: a mentor looks at it again."""
    here = s.c.document_id == document_id
    row = connection.execute(select(s.c.copy_id).where(here, s.c.state.in_(_MAKING))).first()
    if row is not None:
        drop_document(connection, row.copy_id, now)
        connection.execute(update(s).where(here).values(state=SharingState.STALE))


def admit_copy(connection: Connection, document: Document) -> None:
    """Let a copy be published that is still the one that was confirmed.

    Raises:
        ConflictError: If it was taken back, or the original changed, while it was made.
    """
    here = s.c.copy_id == document.id
    row = connection.execute(select(s.c.state, s.c.copy_revision).where(here)).first()
    if row is None or row.state not in _MAKING or row.copy_revision != document.revision:
        raise ConflictError("The original has changed or is shared no longer: nothing is shared.")
    connection.execute(update(s).where(here).values(state=SharingState.PUBLISHED))


def _must_have(connection: Connection, document_id: DocumentId) -> Sharing:
    row = connection.execute(select(s).where(s.c.document_id == document_id)).first()
    if row is None:
        raise NotFoundError("Nobody has asked to share this document.")
    return _to_sharing(row)


def _to_sharing(row: Row[Any]) -> Sharing:
    known = {name: getattr(row, name) for name in Sharing.__struct_fields__}
    return msgspec.structs.replace(Sharing(**known), state=SharingState(row.state))
