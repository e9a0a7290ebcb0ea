"""Published documents: reading them by audience, changing who sees them, deleting them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from indexer.catalog.among import among, among_given
from indexer.catalog.change_log import append_change, last_change_of
from indexer.catalog.database import Database
from indexer.catalog.hiding import write_hidden
from indexer.catalog.mapping import to_document
from indexer.catalog.records import ChangeKind
from indexer.catalog.sharing_tables import sharings
from indexer.catalog.tables import document_audiences, documents, participants, people
from indexer.catalog.tags import decide_tags, tags_in_force
from schemas.content import Speaker
from schemas.document import Document, DocumentKind, Participant, ParticipantRole, Visibility
from schemas.errors import NotFoundError
from schemas.hiding import as_seen
from schemas.identity import audiences_of
from schemas.ids import DocumentId, PersonId, Revision, TagId
from schemas.tag import TagAssignment

# Made once: what every search reads.
_MANY: Final = select(documents).where(among_given(documents.c.id, "ids"))
_PEOPLE: Final = select(people.c.id, people.c.name).where(among_given(people.c.id, "ids"))
_INVOLVED: Final = (
    select(
        participants.c.document_id,
        participants.c.person_id,
        participants.c.name,
        participants.c.role,
    )
    .where(among_given(participants.c.document_id, "ids"))
    .order_by(participants.c.document_id, participants.c.ordinal)
)


class Documents:
    """The documents that are published now; a deleted one is nowhere to be found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, document_id: DocumentId) -> Document | None:
        """Return the document, whoever may see it, or ``None``."""
        return self.get_many([document_id]).get(document_id)

    def get_many(self, ids: Iterable[DocumentId]) -> dict[DocumentId, Document]:
        """Return those of these documents that are published, whoever may see them."""
        with self._database.reading() as connection:
            return read_documents(connection, ids)

    def visible(self, document_id: DocumentId, audiences: Collection[str]) -> Document:
        """Return the document if one of these audience keys may see it.

        Raises:
            NotFoundError: If there is no such document, or none for these keys.
        """
        query = select(documents).where(
            documents.c.id == document_id, seen_by(documents.c.id, audiences)
        )
        with self._database.reading() as connection:
            found = _dress(connection, connection.execute(query).all())
        if not found:
            raise NotFoundError("There is no such document, or it is not shared with you.")
        return as_seen(found[0], audiences)

    def visible_among(
        self, ids: Collection[DocumentId], audiences: Collection[str]
    ) -> set[DocumentId]:
        """Return those of these documents that one of these audience keys may see."""
        query = select(documents.c.id).where(
            among(documents.c.id, ids), seen_by(documents.c.id, audiences)
        )
        with self._database.reading() as connection:
            return {DocumentId(found) for found in connection.execute(query).scalars()}

    def list_recent(
        self,
        audiences: Collection[str],
        *,
        kinds: Collection[DocumentKind] = (),
        page: int = 1,
        per_page: int = 20,
    ) -> tuple[list[Document], int]:
        """Return one page of what these keys may see, newest first, and how many there are.

        Args:
            audiences: Keys of the caller.
            kinds: Only these kinds; empty means all.
            page: From 1.
            per_page: Documents of a page.
        """
        conditions: list[ColumnElement[bool]] = [seen_by(documents.c.id, audiences)]
        if kinds:
            conditions.append(documents.c.kind.in_(list(kinds)))
        newest = (
            select(documents)
            .where(*conditions)
            .order_by(documents.c.created_at.desc(), documents.c.id)
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
        total = select(func.count()).select_from(documents).where(*conditions)
        with self._database.reading() as connection:
            found = _dress(connection, connection.execute(newest).all())
            n_found = connection.execute(total).scalar_one()
        return [as_seen(each, audiences) for each in found], n_found

    def find_by_revision(self, revision: Revision) -> DocumentId | None:
        """Return the published document with exactly these bytes; of several, the first one."""
        query = (
            select(documents.c.id)
            .where(documents.c.revision == revision)
            .order_by(documents.c.published_at, documents.c.id)
            .limit(1)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def all_ids(self) -> list[DocumentId]:
        """Return the ids of all published documents, sorted."""
        with self._database.reading() as connection:
            query = select(documents.c.id).order_by(documents.c.id)
            return list(connection.execute(query).scalars())

    def n_published(self) -> int:
        """Return how many documents are published."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(documents)).scalar_one()

    def counts(self) -> tuple[dict[DocumentKind, int], int]:
        """Return how many documents there are of each kind, none left out, and of passages."""
        by_kind = select(documents.c.kind, func.count(), func.sum(documents.c.n_passages))
        with self._database.reading() as connection:
            rows = connection.execute(by_kind.group_by(documents.c.kind)).all()
        found = {DocumentKind(kind): n for kind, n, _ in rows}
        return {kind: found.get(kind, 0) for kind in DocumentKind}, sum(int(n) for *_, n in rows)

    def delete(self, document_id: DocumentId) -> bool:
        """Forget the document with all that hangs on it; return whether it was there.

        It is gone from every read when this returns, and so is the copy in which it was shared;
        blobs and the jobs' history stay.
        """
        with self._database.publishing() as connection:
            now = self._database.clock()
            for copy_id in _unshared(connection, document_id):
                drop_document(connection, copy_id, now)
            return drop_document(connection, document_id, now)

    def set_visibility(self, document_id: DocumentId, visibility: Visibility) -> int:
        """Decide who may see the document, for this revision and later ones.

        Returns:
            Position of the change; of the document's last one when nothing is different.

        Raises:
            NotFoundError: If there is no such document.
        """
        with self._database.publishing() as connection:
            document = _must_have(connection, document_id)
            write_audiences(
                connection, document_id, audiences_of(visibility, document.participants)
            )
            connection.execute(
                update(documents)
                .where(documents.c.id == document_id)
                .values(visibility=visibility, visibility_chosen=True)
            )
            if document.visibility is visibility:
                return last_change_of(connection, document_id)
            return self._changed(connection, document_id)

    def audiences(self, document_id: DocumentId) -> frozenset[str]:
        """Return the audience keys that may see the document; empty when there is none."""
        with self._database.reading() as connection:
            query = select(documents.c.audiences).where(documents.c.id == document_id)
            return frozenset(connection.execute(query).scalar_one_or_none() or ())

    def tags(self, ids: Iterable[DocumentId]) -> dict[DocumentId, tuple[TagAssignment, ...]]:
        """Return the tags in force, a person's first, then the surest; every id has an entry."""
        with self._database.reading() as connection:
            return tags_in_force(connection, ids)

    def set_person_tags(
        self, document_id: DocumentId, tag_ids: Collection[TagId], person_id: PersonId
    ) -> int:
        """Make exactly these the tags of the document, for this revision and later ones.

        Tags in force that are kept keep the one who assigned them. What the person added or took
        away stays so, whatever the machine finds when the document is ingested again.

        Returns:
            Position of the change; of the document's last one when nothing is different.

        Raises:
            NotFoundError: If there is no such document.
        """
        with self._database.publishing() as connection:
            _must_have(connection, document_id)
            if not decide_tags(connection, document_id, tag_ids, person_id):
                return last_change_of(connection, document_id)
            return self._changed(connection, document_id)

    def with_participant(self, person_id: PersonId) -> frozenset[DocumentId]:
        """Return the published documents in which a person takes part."""
        t = participants
        query = select(t.c.document_id).where(t.c.person_id == person_id).distinct()
        with self._database.reading() as connection:
            return frozenset(map(DocumentId, connection.execute(query).scalars()))

    def all_names(self) -> frozenset[str]:
        """Return the names of everybody who takes part in a document, as each one writes them."""
        query = select(participants.c.name).union(select(people.c.name))
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def by_participant(
        self, person_id: PersonId, role: ParticipantRole, *, limit: int
    ) -> list[Document]:
        """Return the newest documents in which a person takes part as this."""
        t = participants
        query = (
            select(documents)
            .join(t, t.c.document_id == documents.c.id)
            .where(t.c.person_id == person_id, t.c.role == role)
            .order_by(documents.c.created_at.desc(), documents.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return _dress(connection, connection.execute(query).all())

    def people(self, ids: Iterable[PersonId]) -> dict[PersonId, Speaker]:
        """Return the people among these who take part in a published document, by name."""
        with self._database.reading() as connection:
            return read_people(connection, ids)

    def mentors(self, audiences: Collection[str]) -> dict[PersonId, Speaker]:
        """Return the mentors of every document that one of these keys may see, by name."""
        query = (
            select(people.c.id, people.c.name)
            .distinct()
            .join_from(people, participants, participants.c.person_id == people.c.id)
            .where(
                participants.c.role == ParticipantRole.MENTOR,
                seen_by(participants.c.document_id, audiences),
            )
        )
        with self._database.reading() as connection:
            return {id_: Speaker(id_, name) for id_, name in connection.execute(query).all()}

    def _changed(self, connection: Connection, document_id: DocumentId) -> int:
        now = self._database.clock()
        return append_change(connection, ChangeKind.PUBLISHED, document_id, now)


def read_documents(connection: Connection, ids: Iterable[DocumentId]) -> dict[DocumentId, Document]:
    """Return the published documents among these, read on an open connection."""
    rows = connection.execute(_MANY, {"ids": list(ids)}).all()
    return {document.id: document for document in _dress(connection, rows)}


def read_people(connection: Connection, ids: Iterable[PersonId]) -> dict[PersonId, Speaker]:
    """Return the people among these who take part in a document, read on an open connection."""
    rows = connection.execute(_PEOPLE, {"ids": list(ids)}).all()
    return {id_: Speaker(id_, name) for id_, name in rows}


def seen_by(document_id: ColumnElement[str], audiences: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that one of these audience keys may see the document of a row."""
    t = document_audiences
    return exists().where(t.c.document_id == document_id, among(t.c.audience, audiences))


def write_audiences(
    connection: Connection, document_id: DocumentId, audiences: Collection[str]
) -> None:
    """Make these the only audience keys of the document."""
    t = document_audiences
    keys = tuple(sorted(audiences))
    connection.execute(
        update(documents).where(documents.c.id == document_id).values(audiences=keys)
    )
    connection.execute(delete(t).where(t.c.document_id == document_id))
    rows = [{"document_id": document_id, "audience": key} for key in keys]
    if rows:
        connection.execute(insert(t), rows)
    write_hidden(connection, document_id)


def drop_document(connection: Connection, document_id: DocumentId, now: datetime) -> bool:
    """Take a document out of the catalog on an open connection; return whether it was there."""
    involved = select(participants.c.person_id).where(participants.c.document_id == document_id)
    persons = list(connection.execute(involved).scalars())
    gone = connection.execute(delete(documents).where(documents.c.id == document_id))
    if not gone.rowcount:
        return False
    forget_unmentioned(connection, persons)
    append_change(connection, ChangeKind.DELETED, document_id, now)
    return True


def _unshared(connection: Connection, document_id: DocumentId) -> list[DocumentId]:
    """Return the copy of a document that goes; a copy that goes is shared no longer."""
    connection.execute(delete(sharings).where(sharings.c.copy_id == document_id))
    own = select(sharings.c.copy_id).where(sharings.c.document_id == document_id)
    return list(connection.execute(own).scalars())


def _dress(connection: Connection, rows: Collection[Row[Any]]) -> list[Document]:
    involved: defaultdict[str, list[Participant]] = defaultdict(list)
    found = connection.execute(_INVOLVED, {"ids": [row.id for row in rows]}).all()
    for document_id, person_id, name, role in found:
        involved[document_id].append(Participant(person_id, name, ParticipantRole(role)))
    return [to_document(row, involved[row.id]) for row in rows]


def _must_have(connection: Connection, document_id: DocumentId) -> Document:
    document = read_documents(connection, [document_id]).get(document_id)
    if document is None:
        raise NotFoundError("There is no such document.")
    return document


def forget_unmentioned(connection: Connection, persons: Collection[PersonId]) -> None:
    """Drop the names of those of these people who take part in no document any more."""
    mentioned = exists().where(participants.c.person_id == people.c.id)
    connection.execute(delete(people).where(among(people.c.id, persons), ~mentioned))
