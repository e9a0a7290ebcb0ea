"""The catalog as a search sees it: the ``PassageReader`` port."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from indexer.catalog.documents import Documents
from indexer.catalog.passages import Passages
from schemas.content import Speaker
from schemas.document import Document
from schemas.ids import DocumentId, PassageId, PersonId
from schemas.passage import Passage
from schemas.tag import TagAssignment


class CatalogReader:
    """Reads what dresses a hit; see ``indexer.ports.PassageReader``."""

    def __init__(self, documents: Documents, passages: Passages) -> None:
        self._documents = documents
        self._passages = passages

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
