"""The catalog as a search sees it: the ``PassageReader`` port."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable

from indexer.catalog.database import Database
from indexer.catalog.documents import Documents, read_documents, read_people
from indexer.catalog.judgments import Judgments
from indexer.catalog.passages import read_many
from indexer.catalog.replies import read_replies
from indexer.catalog.tags import tags_in_force
from indexer.ports import PageContent
from schemas.content import Speaker
from schemas.document import Document
from schemas.ids import DocumentId, PassageId, PersonId
from schemas.judgment import SharedQuery


class CatalogReader:
    """Reads what dresses a hit; see ``indexer.ports.PassageReader``."""

    def __init__(self, database: Database, documents: Documents, judgments: Judgments) -> None:
        self._database = database
        self._documents = documents
        self._judgments = judgments
        # Owned here while the catalog is open; made again once the log has grown. With the last
        # line and the number of people that it was made for.
        self._shared: tuple[tuple[int, int], tuple[SharedQuery, ...]] = ((-1, 0), ())
        self._sharing = threading.Lock()

    def get_page(
        self,
        documents: Iterable[DocumentId],
        passages: Iterable[PassageId],
        people: Iterable[PersonId] = (),
    ) -> PageContent:
        """Return what is there of these, read in one transaction."""
        wanted, persons = list(documents), list(people)
        with self._database.reading() as connection:
            return PageContent(
                documents=read_documents(connection, wanted),
                tags=tags_in_force(connection, wanted),
                passages=read_many(connection, passages),
                people=read_people(connection, persons) if persons else {},
                replies=read_replies(connection, wanted),
            )

    def get_documents(self, ids: Iterable[DocumentId]) -> dict[DocumentId, Document]:
        """Return the published documents among these."""
        return self._documents.get_many(ids)

    def get_people(self, ids: Iterable[PersonId]) -> dict[PersonId, Speaker]:
        """Return the known people among these, with their names."""
        return self._documents.people(ids)

    def get_mentors(self, audiences: Collection[str]) -> dict[PersonId, Speaker]:
        """Return the mentors of every document that one of these keys may see, with their names."""
        return self._documents.mentors(audiences)

    def get_shared_queries(self, at_least: int) -> tuple[SharedQuery, ...]:
        """Return the queries for which so many people found something useful, by key."""
        wanted = (self._judgments.last_line(), at_least)
        # One makes the list again; who asks meanwhile gets the one before.
        if self._shared[0] != wanted and self._sharing.acquire(blocking=False):
            try:
                self._shared = (wanted, self._judgments.shared(at_least))
            finally:
                self._sharing.release()
        made_for, found = self._shared
        return found if made_for[1] == at_least else ()
