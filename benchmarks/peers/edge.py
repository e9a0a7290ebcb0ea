"""Qdrant Edge alone: dense retrieval and nothing else, the limit below a hybrid search."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import qdrant_edge as qdrant

from benchmarks.peers.collection import Asked, Collection

_BATCH: Final = 500


class Edge:
    """HNSW with Edge's own defaults."""

    name = "Qdrant Edge alone"
    is_hybrid = False
    set_up = "HNSW, its defaults, dot product of unit vectors"

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held = ExitStack()

    def load(self, collection: Collection) -> None:
        """Write all points, then merge and build the graph."""
        self._collection = collection
        directory = Path(self._held.enter_context(TemporaryDirectory(prefix="peer-"))) / "shard"
        directory.mkdir()
        size = collection.vectors.shape[1]
        params = qdrant.EdgeVectorParams(size=size, distance=qdrant.Distance.Dot)
        self._shard = qdrant.EdgeShard.create(str(directory), qdrant.EdgeConfig(vectors=params))
        self._held.callback(self._shard.close)
        for start in range(0, len(collection.vectors), _BATCH):
            rows = collection.vectors[start : start + _BATCH]
            points = [qdrant.Point(start + n, v.tolist(), {}) for n, v in enumerate(rows)]
            self._shard.update(qdrant.UpdateOperation.upsert_points(points))
        self._shard.flush()
        self._shard.optimize()

    def search(self, asked: Asked, depth: int) -> list[str]:
        """Return documents by their nearest passage."""
        request = qdrant.QueryRequest(
            limit=depth,
            query=qdrant.Query.Nearest(asked.vector.tolist()),
            with_payload=False,
            with_vector=False,
        )
        return self._collection.documents_of(int(p.id) for p in self._shard.query(request))

    def close(self) -> None:
        """Close the shard and delete it."""
        self._held.close()
