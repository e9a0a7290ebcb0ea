"""What every peer gets: the same passages, vectors and queries."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import msgspec
import numpy as np

from indexer.analysis.normalize import as_typed, titled
from indexer.evaluation.composed import ComposedSchool
from indexer.evaluation.judged import id_of
from indexer.ports import QueryEncoder
from schemas.query import MAX_QUERY_CHARS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schemas.passage import Vectors


class Asked(msgspec.Struct, frozen=True):
    """One query, with the vector that stands for it."""

    id: str
    text: str
    vector: NDArray[np.float32]


class Collection(msgspec.Struct, frozen=True):
    """Passages by row, and queries."""

    school: ComposedSchool
    texts: tuple[str, ...]
    """``title : text`` of each passage, which is also what its vector was made from."""
    documents: tuple[str, ...]
    """The document of each passage: a judged one's own id, or a composed one's."""
    vectors: Vectors
    queries: tuple[Asked, ...]
    """Those that some document answers."""

    def documents_of(self, rows: Iterable[int], limit: int = 10) -> list[str]:
        """Return the documents of these passages in order, each by its best one."""
        return list(islice(dict.fromkeys(self.documents[row] for row in rows), limit))


class Peer(Protocol):
    """A search engine, set up as its documentation recommends."""

    name: str
    set_up: str
    """In a line: index, language, fusion."""
    is_hybrid: bool

    def load(self, collection: Collection) -> None:
        """Index everything."""

    def search(self, asked: Asked, depth: int) -> list[str]:
        """Return ten documents, best first, from ``depth`` passages of each retriever."""

    def close(self) -> None:
        """Release everything."""


def collect(school: ComposedSchool, encoder: QueryEncoder) -> Collection:
    """Return a school as one collection, its judged queries encoded."""
    names = {id_of(document.id): document.id for document in school.judged.dataset.documents}
    texts: list[str] = []
    documents: list[str] = []
    rows: list[Vectors] = []
    for one in school.documents():
        texts += [titled(one.document.title, passage.text) for passage in one.passages]
        own: str = one.document.id
        documents += [names.get(one.document.id, own)] * len(one.passages)
        rows.append(one.vectors)
    dataset = school.judged.dataset
    answerable = (query for query in dataset.queries if query.id not in dataset.unanswerable)
    queries = (
        Asked(query.id, text, encoder.encode_query(as_typed(text)))
        for query in answerable
        for text in [query.text[:MAX_QUERY_CHARS]]
    )
    return Collection(school, tuple(texts), tuple(documents), np.concatenate(rows), tuple(queries))
