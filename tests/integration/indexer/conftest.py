"""A school on a real catalog and real indexes, with an encoder that needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fixtures.builders import a_document, a_passage, a_revision
from fixtures.fakes import HashingEncoder
from indexer.analysis.normalize import titled
from indexer.bootstrap import EngineHandle, open_engine
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.retrieval.search import search
from schemas.document import Document
from schemas.hit import ResultPage
from schemas.query import Filter, Query
from schemas.settings import DenseSettings, ModelSettings, SearchSettings, Settings
from schemas.tag import TagAssignment

PATIENCE_S = 20.0  # one test holds the product to its two seconds; a busy machine may be slower


class School:
    """Publishes into a catalog and searches through the engine that follows it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.encoders = {name: HashingEncoder(name) for name in ("hashing", "newer")}
        self.catalog: Catalog = open_catalog(settings.catalog_url)
        self.handle: EngineHandle = self.open()

    def open(self) -> EngineHandle:
        return open_engine(self.settings, self.catalog, open_encoder=self.encoders.__getitem__)

    def restart(self) -> None:
        self.handle.close()
        self.handle = self.open()

    def publish(
        self,
        source: str,
        texts: Sequence[str],
        *,
        tags: Sequence[TagAssignment] = (),
        passage: Callable[[int], dict[str, Any]] = lambda _: {},
        is_awaited: bool = True,
        **changes: Any,
    ) -> Document:
        """Publish and, if awaited, wait until it is searchable."""
        changes.setdefault("revision", a_revision(repr(texts)))
        document = a_document(source, **changes)
        passages = [a_passage(document, n, text=text, **passage(n)) for n, text in enumerate(texts)]
        composed = [titled(document.title, text) for text in texts]
        vectors = {name: e.encode_passages(composed) for name, e in self.encoders.items()}
        position = self.catalog.publishing.publish(document, passages, vectors, tags)
        if is_awaited:
            self.wait(position)
        return document

    def wait(self, position: int | None = None, *, within_s: float = PATIENCE_S) -> None:
        reached = position or self.catalog.changes.last_position()
        assert self.handle.wait_for(reached, within_s)

    def search(self, text: str, *audiences: str, **options: Any) -> ResultPage:
        where = Filter(audiences=frozenset(audiences or {"everyone"}), **options.pop("where", {}))
        return search(Query(text=text, filter=where, **options), self.handle.engine)

    def titles(self, text: str, *audiences: str, **options: Any) -> list[str]:
        return [hit.document.title for hit in self.search(text, *audiences, **options).hits]

    def close(self) -> None:
        self.handle.close()
        self.catalog.close()


@pytest.fixture
def school_settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        models=ModelSettings(encoder="hashing"),
        search=SearchSettings(candidates=20),
    )


@pytest.fixture
def school(school_settings: Settings) -> Iterator[School]:
    opened = School(school_settings)
    yield opened
    opened.close()


@pytest.fixture
def server_school(tmp_path: Path) -> Iterator[School]:
    """The same school with its dense half behind qdrant-client."""
    opened = School(
        Settings(
            data_dir=tmp_path,
            models=ModelSettings(encoder="hashing"),
            dense=DenseSettings(url=":memory:"),
        )
    )
    yield opened
    opened.close()
