"""The catalog as a search sees it: the ``PassageReader`` port."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable

from indexer.catalog.documents import Documents
from indexer.catalog.judgments import Judgments
from indexer.catalog.passages import Passages
from schemas.content import Speaker
from schemas.document import Document
from schemas.ids import DocumentId, PassageId, PersonId
from schemas.judgment import SharedQuery
from schemas.passage import Passage
from schemas.tag import TagAssignment


class CatalogReader:
    """Reads what dresses a hit; see ``indexer.ports.PassageReader``."""

    def __init__(self, documents: Documents, passages: Passages, judgments: Judgments) -> None:
        self._documents = documents
        self._passages = passages
        self._judgments = judgments
        # Owned here while the catalog is open; made again once the log has grown. With the last
        # line and the number of people that it was made for.
        self._shared: tuple[tuple[int, int], tuple[SharedQuery, ...]] = ((-1, 0), ())
        self._sharing = threading.Lock()

    def get_passages(self, ids: Iterable[PassageId]) -> dict[PassageId, Passage]:
        """Return the passages that exist, of documents that are published."""
        return self._passages.get_many(ids)

    def get_documents(self, ids: Iterable[DocumentId]) -> dict[DocumentId, Document]:
        """Return the published documents among these."""
        return self._documents.get_many(ids)

    def get_tags(self, ids: Iterable[DocumentId]) -> dict[DocumentId, tuple[TagAssignment, ...]]:
        """Return the tags in force; every asked document has an entry."""
        return self._documents.tags(ids)

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
