"""ServerIndex: the dense index on a Qdrant server or cluster, through qdrant-client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

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
_BATCH: Final = 256  # points of one request: about 2 MB of JSON
_TIMEOUT_S: Final = 10


def open_client(settings: DenseSettings) -> QdrantClient:
    """Return a client of the server in the settings; ``:memory:`` is the client's own engine."""
    if settings.url == ":memory:":
        return QdrantClient(location=":memory:")
    return QdrantClient(
        url=settings.url,
        api_key=settings.api_key or None,
        timeout=_TIMEOUT_S,
        # It asks for the server's version from a thread of its own and warns there.
        check_compatibility=False,
    )


class ServerIndex:
    """Vector index in one collection of a server; an alias names the collection in service.

    Every generation has a collection of its own, ``<name>-<number>``; building twice, or by two
    processes at once, writes the same points.
    """

    def __init__(
        self, client: QdrantClient, *, number: int, dimensions: int, settings: DenseSettings
    ) -> None:
        """Open the generation's collection, creating it when the server has none.

        Raises:
            TransientError: If the server cannot be reached.
        """
        self._client = client
        self._alias = settings.collection
        self._name = f"{settings.collection}-{number}"
        self._exact_below = settings.exact_below
        self._ef = settings.ef
        with _translated("open"):
            if not client.collection_exists(self._name):
                self._create(dimensions)

    def replace(
        self, document_id: DocumentId, entries: Sequence[IndexEntry], vectors: Vectors
    ) -> None:
        """Add these passages, then drop the document's others; none means delete it."""
        points = [
            models.PointStruct(
                id=int(entry.passage.id),
                vector=vector.tolist(),
                payload=dict(payload.payload_of(entry)),
            )
            for entry, vector in zip(entries, vectors, strict=True)
        ]
        kept = [int(entry.passage.id) for entry in entries]
        stale = models.Filter(
            must=[_any_of(payload.DOCUMENT, [document_id])],
            must_not=[models.HasIdCondition(has_id=list(kept))] if kept else None,
        )
        with _translated("write"):
            for start in range(0, len(points), _BATCH):
                self._client.upsert(self._name, points[start : start + _BATCH], wait=True)
            self._client.delete(self._name, models.FilterSelector(filter=stale), wait=True)

    def held(self, after: int, limit: int) -> list[Held]:
        """Return the next passages that are held beyond this id, in order of id."""
        with _translated("list"):
            points, _ = self._client.scroll(
                self._name,
                offset=max(0, after + 1),
                limit=limit,
                with_payload=[payload.DOCUMENT],
                with_vectors=False,
            )
        return [payload.held(point.id, point.payload) for point in points]

    def flush(self) -> None:
        """Do nothing: the server had every write in its log before it answered."""

    def search(self, vector: NDArray[np.float32], where: Filter, *, limit: int) -> Ranking:
        """Return the nearest passages by cosine, at most ``limit``."""
        if not where.audiences:
            return []
        is_exact = self.n_points() < self._exact_below
        return self._query(vector, _to_filter(where), limit, is_exact=is_exact)

    def score(self, vector: NDArray[np.float32], passage_ids: Sequence[PassageId]) -> list[float]:
        """Return exact cosines of just these passages in the order given; -1 for an unknown id."""
        if not passage_ids:
            return []
        chosen = models.Filter(must=[models.HasIdCondition(has_id=[int(i) for i in passage_ids])])
        found = dict(self._query(vector, chosen, len(passage_ids), is_exact=True))
        return [found.get(i, UNKNOWN_SCORE) for i in passage_ids]

    def optimize(self) -> None:
        """Do nothing: a server optimises by itself."""

    def n_points(self) -> int:
        """Return about how many passages the collection holds."""
        with _translated("count"):
            return int(self._client.get_collection(self._name).points_count or 0)

    def serve(self) -> None:
        """Point the alias at this generation, in one step: other readers see old or new."""
        target = models.CreateAlias(collection_name=self._name, alias_name=self._alias)
        drop = models.DeleteAlias(alias_name=self._alias)
        with _translated("swap"):
            known = {alias.alias_name for alias in self._client.get_aliases().aliases}
            self._client.update_collection_aliases([
                *([models.DeleteAliasOperation(delete_alias=drop)] * (self._alias in known)),
                models.CreateAliasOperation(create_alias=target),
            ])

    def drop(self) -> None:
        """Delete the generation's collection and every point in it."""
        with _translated("drop"):
            self._client.delete_collection(self._name)

    def close(self) -> None:
        """Do nothing: the client is shared by all generations and closed by its owner."""

    def _create(self, dimensions: int) -> None:
        # Dot on unit vectors is the cosine, without normalising them a second time.
        self._client.create_collection(
            self._name,
            vectors_config=models.VectorParams(size=dimensions, distance=models.Distance.DOT),
        )
        for field in payload.KEYWORDS:
            self._client.create_payload_index(
                self._name, field, field_schema=models.PayloadSchemaType.KEYWORD
            )
        self._client.create_payload_index(
            self._name,
            payload.CREATED_AT,
            field_schema=models.IntegerIndexParams(
                type=models.IntegerIndexType.INTEGER, lookup=False, range=True
            ),
        )

    def _query(
        self, vector: NDArray[np.float32], chosen: models.Filter, limit: int, *, is_exact: bool
    ) -> Ranking:
        with _translated("search"):
            answer = self._client.query_points(
                self._name,
                query=vector.tolist(),
                query_filter=chosen,
                limit=limit,
                search_params=models.SearchParams(hnsw_ef=self._ef, exact=is_exact),
                with_payload=False,
                with_vectors=False,
            )
        found = [ScoredPassage(PassageId(int(p.id)), float(p.score)) for p in answer.points]
        return sorted(found, key=lambda scored: (-scored.score, scored.passage_id))


def _to_filter(where: Filter) -> models.Filter:
    must: list[models.Condition] = [
        _any_of(field, values) for field, values in payload.keyword_conditions(where)
    ]
    since, until = payload.created_bounds(where)
    if since is not None or until is not None:
        span = models.Range(gte=since, lt=until)
        must.append(models.FieldCondition(key=payload.CREATED_AT, range=span))
    return models.Filter(must=must)


def _any_of(field: str, values: list[str]) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchAny(any=values))


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except (ApiException, ResponseHandlingException, httpx.HTTPError, ValueError) as exc:
        raise TransientError(f"The Qdrant server could not {doing}: {exc}") from exc
