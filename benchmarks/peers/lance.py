"""LanceDB: its hybrid search with its own reciprocal rank fusion."""

from __future__ import annotations

import os
from contextlib import ExitStack
from tempfile import TemporaryDirectory

import pyarrow as pa

from benchmarks.peers.collection import Asked, Collection

_ALL_ROWS_FROM = 10_000  # fewer rows make no useful partitions: the table is then searched whole


class Lance:
    """Native full text in French beside the default vector index."""

    name = "LanceDB hybrid"
    is_hybrid = True
    set_up = "IVF_PQ (cosine, defaults), full text: French, stems, stop words, folding; its RRF"

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held = ExitStack()

    def load(self, collection: Collection) -> None:
        """Create the table and both indexes."""
        # It would write a warning about coming versions at every search, in its own time.
        os.environ.setdefault("LANCEDB_LOG", "error")
        import lancedb
        from lancedb.index import FTS, IvfPq
        from lancedb.rerankers import RRFReranker

        self._collection = collection
        directory = self._held.enter_context(TemporaryDirectory(prefix="peer-"))
        size = collection.vectors.shape[1]
        flat = pa.array(collection.vectors.reshape(-1), pa.float32())
        rows = pa.table({
            "row": pa.array(range(len(collection.texts)), pa.int64()),
            "text": pa.array(collection.texts),
            "vector": pa.FixedSizeListArray.from_arrays(flat, size),
        })
        self._table = lancedb.connect(directory).create_table("passages", rows)
        if len(collection.texts) >= _ALL_ROWS_FROM:
            self._table.create_index("vector", config=IvfPq(distance_type="cosine"))
        self._table.create_index("text", config=FTS(language="French"))
        self._reranker = RRFReranker()

    def search(self, asked: Asked, depth: int) -> list[str]:
        """Return documents by their best passage."""
        found = (
            self._table
            .search(query_type="hybrid", vector_column_name="vector", fts_columns="text")
            .vector(asked.vector)
            .text(asked.text)
            .distance_type("cosine")
            .rerank(self._reranker)
            .select(["row"])
            .limit(depth)
            .to_arrow()
        )
        return self._collection.documents_of(found["row"].to_pylist())

    def close(self) -> None:
        """Delete the tables."""
        self._held.close()
