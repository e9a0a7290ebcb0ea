"""Cordée through its own search(): catalog, follower, both indexes, the whole page."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.peers.collection import Asked, Collection
from benchmarks.peers.harness import OURS
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import open_catalog
from indexer.evaluation.judged import id_of
from indexer.evaluation.scenarios import with_given_vectors
from indexer.evaluation.speed import build, isolated
from indexer.evaluation.startup import OpenEncoder
from indexer.retrieval.search import rank_documents, search
from schemas.identity import EVERYONE, MENTORS
from schemas.query import Filter, Query
from schemas.settings import Settings

_PAGE: Final = 10  # documents of a first page


class Cordee:
    """The product: its time holds facets, snippets, marks and the reading of the catalog too."""

    name = OURS
    is_hybrid = True
    set_up = "search() as served, 10 documents a page, its own depth; vectors given"

    def __init__(self, settings: Settings, open_encoder: OpenEncoder | None = None) -> None:
        """Work in a directory of its own with these settings."""
        self._held = ExitStack()
        directory = self._held.enter_context(TemporaryDirectory(prefix="cordee-peers-"))
        self._settings = isolated(settings, Path(directory))
        self._open_encoder = open_encoder
        # A mentor's keys: one composed document in ten is not for students, and the others'
        # engines search them all.
        self._where = Filter(audiences=frozenset({EVERYONE, MENTORS}))

    def load(self, collection: Collection) -> None:
        """Publish and index everything."""
        catalog = open_catalog(self._settings.catalog_url)
        self._held.callback(catalog.close)
        build(collection.school, self._settings, catalog, self._open_encoder)
        handle = open_engine(self._settings, catalog, open_encoder=self._open_encoder)
        self._held.callback(handle.close)
        self._engine = with_given_vectors(handle.engine)
        dataset = collection.school.judged.dataset
        self._names = {str(id_of(document.id)): document.id for document in dataset.documents}
        for asked in collection.queries:  # whatever the search encodes, it has encoded once
            self.search(asked, 0)

    def search(self, asked: Asked, depth: int) -> list[str]:  # noqa: ARG002 - its own setting
        """Return the ten documents of the first page."""
        page = search(Query(text=asked.text, filter=self._where), self._engine)
        return self._named(str(hit.document.id) for hit in page.hits)

    def rank(self, asked: Asked) -> list[str]:
        """Return the same ten documents without making a page of them."""
        ranking = rank_documents(Query(text=asked.text, filter=self._where), self._engine)
        return self._named(str(document_id) for document_id, _ in ranking[:_PAGE])

    def close(self) -> None:
        """Release indexes and catalog, and delete them."""
        self._held.close()

    def _named(self, found: Iterable[str]) -> list[str]:
        return [self._names.get(document_id, document_id) for document_id in found]


class CordeeRanking:
    """The same engine up to the ranking: what the others' times hold."""

    name = f"{OURS}, ranking alone"
    is_hybrid = True
    set_up = "rank_documents() over the same indexes; vectors given"

    def __init__(self, cordee: Cordee) -> None:
        """Ask what this one has loaded."""
        self._cordee = cordee

    def load(self, collection: Collection) -> None:
        """Do nothing: it is loaded."""

    def search(self, asked: Asked, depth: int) -> list[str]:  # noqa: ARG002 - its own setting
        """Return the ten best documents."""
        return self._cordee.rank(asked)

    def close(self) -> None:
        """Do nothing: what is asked closes itself."""
