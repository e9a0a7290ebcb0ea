"""EdgeIndex: Qdrant Edge, the real engine inside this process; the embedded default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import qdrant_edge as qdrant

from indexer.dense import payload
from schemas.errors import TransientError
from schemas.ids import DocumentId, PassageId
from schemas.passage import Held, IndexEntry, Ranking, ScoredPassage
from schemas.query import Filter
from schemas.settings import DenseSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from schemas.passage import Vectors

UNKNOWN_SCORE: Final = -1.0
_BATCH: Final = 500  # points of one write: 2 MB of JSON-like Python objects
_QUANTILE: Final = 0.99  # of the components: the rest is cut off where bytes end
_OPTIMIZE_FROM: Final = 5_000  # points written since the last merge and graph build, at least
_OPTIMIZE_SHARE: Final = 0.2  # of all points: a graph is built from scratch, so not too often


class EdgeIndex:
    """Vector index on one Edge directory. One process may hold it at a time.

    Safe for many searching threads beside one writing thread. Points survive SIGKILL once
    ``replace`` has returned: Edge keeps its own write-ahead log.
    """

    def __init__(self, directory: Path, *, dimensions: int, settings: DenseSettings) -> None:
        """Open the shard, or create it when the directory holds none.

        Raises:
            TransientError: If the directory is held by another process or is damaged.
        """
        self._exact_below = settings.exact_below
        self._ef = settings.ef
        self._n_written = 0
        with _translated("open"):
            if (directory / "segments").is_dir():
                self._shard = qdrant.EdgeShard.load(str(directory))
            else:
                self._shard = _create(directory, dimensions)

    def replace(
        self, document_id: DocumentId, entries: Sequence[IndexEntry], vectors: Vectors
    ) -> None:
        """Add these passages, then drop the document's others; none means delete it."""
        points = [
            qdrant.Point(int(entry.passage.id), vector.tolist(), payload.payload_of(entry))
            for entry, vector in zip(entries, vectors, strict=True)
        ]
        kept: set[int | UUID | str] = {int(entry.passage.id) for entry in entries}
        with _translated("write"):
            for start in range(0, len(points), _BATCH):
                batch = points[start : start + _BATCH]
                self._shard.update(qdrant.UpdateOperation.upsert_points(batch))
            stale = qdrant.Filter(
                must=[_any_of(payload.DOCUMENT, [document_id])],
                must_not=[qdrant.HasIdCondition(kept)] if kept else None,
            )
            self._shard.update(qdrant.UpdateOperation.delete_points_by_filter(stale))
        self._n_written += len(points)

    def held(self, after: int, limit: int) -> list[Held]:
        """Return the next passages that are held beyond this id, in order of id."""
        beyond = qdrant.ScrollRequest(
            offset=max(0, after + 1), limit=limit, with_payload=[payload.DOCUMENT]
        )
        with _translated("list"):
            points, _ = self._shard.scroll(beyond)
        return [payload.held(point.id, point.payload) for point in points]

    def flush(self) -> None:
        """Make every write durable; after many of them also merge and index the segments."""
        with _translated("flush"):
            self._shard.flush()
            if self._n_written >= max(_OPTIMIZE_FROM, self.n_points() * _OPTIMIZE_SHARE):
                self._shard.optimize()
                self._n_written = 0

    def search(self, vector: NDArray[np.float32], where: Filter, *, limit: int) -> Ranking:
        """Return the nearest passages by cosine, at most ``limit``."""
        if not where.audiences:
            return []
        with _translated("search"):
            is_exact = self._shard.info().points_count < self._exact_below
            return self._query(vector, _to_filter(where), limit, is_exact=is_exact)

    def score(self, vector: NDArray[np.float32], passage_ids: Sequence[PassageId]) -> list[float]:
        """Return exact cosines of just these passages in the order given; -1 for an unknown id."""
        if not passage_ids:
            return []
        chosen = qdrant.Filter(must=[qdrant.HasIdCondition({int(i) for i in passage_ids})])
        with _translated("score"):
            found = dict(self._query(vector, chosen, len(passage_ids), is_exact=True))
        return [found.get(i, UNKNOWN_SCORE) for i in passage_ids]

    def optimize(self) -> None:
        """Merge segments and build the graph now: after a bulk load, before serving it."""
        with _translated("optimize"):
            self._shard.flush()
            self._shard.optimize()
        self._n_written = 0

    def serve(self) -> None:
        """Do nothing: nobody outside this process reads the shard."""

    def n_points(self) -> int:
        """Return how many passages the shard holds."""
        return int(self._shard.info().points_count)

    def close(self) -> None:
        """Release the directory; no search may be running."""
        with _translated("close"):
            self._shard.close()

    def drop(self) -> None:
        """Do nothing: the files go with the generation's directory."""

    def _query(
        self, vector: NDArray[np.float32], chosen: qdrant.Filter, limit: int, *, is_exact: bool
    ) -> Ranking:
        request = qdrant.QueryRequest(
            limit=limit,
            query=qdrant.Query.Nearest(vector.tolist()),
            filter=chosen,
            params=qdrant.SearchParams(
                hnsw_ef=self._ef,
                exact=is_exact,
                quantization=qdrant.QuantizationSearchParams(ignore=is_exact, rescore=True),
            ),
            with_payload=False,
            with_vector=False,
        )
        found = [
            ScoredPassage(PassageId(int(p.id)), float(p.score)) for p in self._shard.query(request)
        ]
        return sorted(found, key=lambda scored: (-scored.score, scored.passage_id))


def _create(directory: Path, dimensions: int) -> qdrant.EdgeShard:
    directory.mkdir(parents=True, exist_ok=True)
    # Dot on unit vectors is the cosine, without normalising them a second time.
    # The graph is walked over bytes, which takes two thirds of the time; what it finds is scored
    # by the vectors themselves. At 100 000 passages .76 of the true first 100 are found, for .78.
    bytes_ = qdrant.ScalarQuantizationConfig(
        qdrant.ScalarType.Int8, quantile=_QUANTILE, memory=qdrant.Memory.Pinned
    )
    vectors = qdrant.EdgeVectorParams(
        size=dimensions, distance=qdrant.Distance.Dot, quantization_config=bytes_
    )
    shard = qdrant.EdgeShard.create(str(directory), qdrant.EdgeConfig(vectors=vectors))
    index = qdrant.UpdateOperation.create_field_index
    for field in payload.KEYWORDS:
        shard.update(index(field, qdrant.PayloadSchemaType.Keyword))
    shard.update(index(payload.CREATED_AT, qdrant.IntegerIndexParams(lookup=False, range=True)))
    shard.flush()
    return shard


def _to_filter(where: Filter) -> qdrant.Filter:
    conditions = payload.keyword_conditions(where)
    must: list[qdrant.FieldCondition] = [_any_of(field, values) for field, values in conditions]
    since, until = payload.created_bounds(where)
    if since is not None or until is not None:
        span = qdrant.RangeFloat(gte=since, lt=until)
        must.append(qdrant.FieldCondition(payload.CREATED_AT, range=span))
    return qdrant.Filter(must=[*must])


def _any_of(field: str, values: list[str]) -> qdrant.FieldCondition:
    return qdrant.FieldCondition(field, match=qdrant.MatchAny(values))


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except Exception as exc:
        # The library has no class of its own for its failures: it raises the bare ``Exception``,
        # which nothing narrower catches. Anything more precise is a mistake in how we call it,
        # which no second try would mend, and goes on as it is.
        if type(exc) is not Exception:
            raise
        raise TransientError(f"The dense index could not {doing}: {exc}") from exc
