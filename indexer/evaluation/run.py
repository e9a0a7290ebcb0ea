"""Measure the search on a judged collection, through the path that the service takes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
import numpy as np

from indexer.analysis.normalize import titled
from indexer.bootstrap import EngineHandle, open_engine
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.database import Clock, utc_now
from indexer.engine import Engine
from indexer.evaluation.dataset import (
    DEFAULT_SPLIT,
    CorpusDocument,
    Dataset,
    Run,
    read_dataset,
    write_run,
)
from indexer.evaluation.measures import measure, measure_each, percentiles_ms
from indexer.evaluation.significance import p_value
from indexer.ports import PassageEncoder, QueryEncoder
from indexer.retrieval.contest import FixedRanking
from indexer.retrieval.profiles import profile_named
from indexer.retrieval.search import rank_documents, search
from schemas.document import Document, DocumentKind, MediaFiles, MediaKind, Visibility
from schemas.errors import InvalidInputError, TransientError
from schemas.identity import EVERYONE
from schemas.ids import BlobKey, DocumentId, Revision, document_id_for
from schemas.passage import Passage
from schemas.query import MAX_QUERY_CHARS, Filter, Query, RetrieverChoice
from schemas.settings import CatalogSettings, Settings

if TYPE_CHECKING:
    from schemas.passage import Vectors

DEPTH: Final = 100  # documents of a run: what recall@100 looks at
_BATCH: Final = 128  # passages encoded at once
_WARM_UP: Final = 5  # searches before the clock counts: first touches of files and caches
_INDEX_TIMEOUT_S: Final = 3_600.0
_FEWEST_COMPARED: Final = 2
_COMPARED: Final = "ndcg@10"  # what two profiles are compared by
_A_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)

Progress = Callable[[str, int, int], None]
"""Receives what is being done, how many are done and how many there are."""


class Cut(Protocol):
    """Cuts a text into passages as ingestion does."""

    def __call__(self, document_id: DocumentId, title: str, text: str) -> list[Passage]:
        """Return the passages of one document, in order."""


class Tools(msgspec.Struct, frozen=True):
    """What evaluation takes from the ingestion side."""

    cut: Cut
    passage_encoder: PassageEncoder
    open_encoder: Callable[[str], QueryEncoder] | None = None
    """Loads the query encoder; ``None`` for the one that the service uses."""


def evaluate(  # noqa: PLR0913 - one for each option of the command
    dataset_dir: Path,
    settings: Settings,
    tools: Tools,
    *,
    split: str = DEFAULT_SPLIT,
    retrievers: RetrieverChoice = RetrieverChoice.HYBRID,
    limit_queries: int | None = None,
    run_file: Path | None = None,
    compare: str | None = None,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Index a judged collection in a fresh data directory and search it as users would.

    Documents go through the catalog, the change log and the follower into the indexes; queries
    go through ``search``. The ranking measured is the one that ``search`` cuts its pages from.

    Args:
        dataset_dir: A BEIR folder.
        settings: Of the service; only the data directory and the databases are replaced.
        tools: Segmentation and encoders.
        split: Which part of the queries.
        retrievers: Which retrievers answer.
        limit_queries: Only the first so many judged queries.
        run_file: Where to write the run in TREC format.
        compare: Name of another ranking profile, asked the same queries of the same indexes.
        progress: Told about documents and queries.

    Returns:
        The report that ``cordee eval --json`` prints. Measures are means over the queries that
        some document answers.

    Raises:
        InvalidInputError: If the dataset cannot be read, or is too small to compare.
        SettingsError: If there is no such profile to compare with.
        TransientError: If indexing did not finish in time.
    """
    dataset = read_dataset(dataset_dir, split)
    other = profile_named(compare) if compare else None
    other_run: Run = {}
    n_answerable = sum(q.id not in dataset.unanswerable for q in dataset.queries[:limit_queries])
    if other and n_answerable < _FEWEST_COMPARED:
        raise InvalidInputError("Comparing profiles needs two answerable queries at least.")
    with open_collection(dataset, settings, tools, progress=progress) as (engine, times):
        run, samples = _ask(
            dataset, engine, choice=retrievers, limit=limit_queries, progress=progress
        )
        if other:
            against = msgspec.structs.replace(engine, ranking=FixedRanking(other))
            other_run = _rank_all(dataset, against, retrievers, limit_queries)
        reranks = engine.reranker.counts() if engine.reranker else {}
    if run_file is not None:
        write_run(run_file, run)
    answerable = {q: ranking for q, ranking in run.items() if q not in dataset.unanswerable}
    return {
        "dataset": dataset.name,
        "split": split,
        "documents": len(dataset.documents),
        "queries": len(run),
        "unanswerable": len(run) - len(answerable),
        **measure(dataset.qrels, answerable),
        **({"compared": _compared(dataset, answerable, other_run, other.name)} if other else {}),
        "latency_ms": percentiles_ms(samples),
        **times,
        **({"reranked": dict(reranks)} if reranks else {}),
        "settings": _described(settings, retrievers),
    }


class Indexed(msgspec.Struct, frozen=True):
    """A collection in a data directory of its own, catalog and engine open."""

    catalog: Catalog
    handle: EngineHandle
    settings: Settings
    times: dict[str, float]
    """Seconds that indexing took."""


@contextmanager
def open_collection(
    dataset: Dataset, settings: Settings, tools: Tools, *, progress: Progress = lambda *_: None
) -> Iterator[tuple[Engine, dict[str, float]]]:
    """Give an engine over the documents of a collection, and the seconds that indexing took.

    Raises:
        TransientError: If indexing did not finish in time.
    """
    with open_indexed(dataset, settings, tools, progress=progress) as indexed:
        yield indexed.handle.engine, indexed.times


@contextmanager
def open_indexed(
    dataset: Dataset,
    settings: Settings,
    tools: Tools,
    *,
    progress: Progress = lambda *_: None,
    query_vectors: int = 0,
    clock: Clock = utc_now,
) -> Iterator[Indexed]:
    """Index the documents of a collection in a fresh data directory.

    Args:
        dataset: The collection.
        settings: Of the service; only the data directory and the databases are replaced.
        tools: Segmentation and encoders.
        progress: Told about documents.
        query_vectors: How many vectors of queries are remembered: none, so that times are those
            of queries never asked before.
        clock: The time, UTC, for the catalog and the engine.

    Raises:
        TransientError: If indexing did not finish in time.
    """
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="cordee-eval-"))
        own = _isolated(settings, Path(scratch), query_vectors)
        catalog = stack.enter_context(closing(open_catalog(own.catalog_url, clock=clock)))
        handle = stack.enter_context(
            open_engine(own, catalog, open_encoder=tools.open_encoder, clock=clock)
        )
        times = _index(dataset, catalog, handle, tools=tools, progress=progress)
        yield Indexed(catalog, handle, own, times)


def _isolated(settings: Settings, directory: Path, query_vectors: int) -> Settings:
    """Return the same settings over databases of their own: an evaluation never touches data."""
    structs = msgspec.structs
    return structs.replace(
        settings,
        data_dir=directory,
        catalog=CatalogSettings(),
        models=structs.replace(settings.models, directory=str(settings.models_dir.absolute())),
        search=structs.replace(settings.search, query_vectors=query_vectors),
        dense=structs.replace(
            settings.dense, collection=f"{settings.dense.collection}-{directory.name}"
        ),
    )


def _index(
    dataset: Dataset, catalog: Catalog, handle: EngineHandle, *, tools: Tools, progress: Progress
) -> dict[str, float]:
    started = time.perf_counter()
    encoding, position, n_done = 0.0, 0, 0
    for batch in _batches(dataset.documents, tools.cut):
        before = time.perf_counter()
        texts = [titled(document.title, p.text) for document, ps in batch for p in ps]
        vectors = tools.passage_encoder.encode_passages(texts)
        encoding += time.perf_counter() - before
        position = _publish(batch, vectors, catalog, tools.passage_encoder.name)
        n_done += len(batch)
        progress("index", n_done, len(dataset.documents))
    if not handle.wait_for(position, _INDEX_TIMEOUT_S):
        raise TransientError("Indexing the collection did not finish in time.")
    total = time.perf_counter() - started
    return {"index_seconds": round(total - encoding, 2), "encode_seconds": round(encoding, 2)}


_Cut = tuple[CorpusDocument, list[Passage]]


def _batches(documents: Sequence[CorpusDocument], cut: Cut) -> Iterator[list[_Cut]]:
    batch: list[_Cut] = []
    n_passages = 0
    for document in documents:
        batch.append((document, cut(_id_of(document.id), document.title, document.text)))
        n_passages += len(batch[-1][1])
        if n_passages >= _BATCH:
            yield batch
            batch, n_passages = [], 0
    if batch:
        yield batch


def _publish(batch: Sequence[_Cut], vectors: Vectors, catalog: Catalog, encoder: str) -> int:
    position, row = 0, 0
    for document, passages in batch:
        own = np.asarray(vectors[row : row + len(passages)])
        row += len(passages)
        position = catalog.publishing.publish(
            _to_document(document, passages), passages, {encoder: own}, ()
        )
    return position


def _ask(
    dataset: Dataset,
    engine: Engine,
    *,
    choice: RetrieverChoice,
    limit: int | None,
    progress: Progress,
) -> tuple[Run, list[float]]:
    queries = [_to_query(query.text, choice) for query in dataset.queries[:limit]]
    for query in queries[:_WARM_UP]:
        search(query, engine)
    samples: list[float] = []
    for n_done, query in enumerate(queries, 1):
        samples.append(search(query, engine).took_ms)
        progress("search", n_done, len(queries))
    return _rank_all(dataset, engine, choice, limit), samples


def _rank_all(
    dataset: Dataset, engine: Engine, choice: RetrieverChoice, limit: int | None
) -> dict[str, list[tuple[str, float]]]:
    names = {_id_of(document.id): document.id for document in dataset.documents}
    run = {}
    for known in dataset.queries[:limit]:
        ranking = rank_documents(_to_query(known.text, choice), engine)[:DEPTH]
        run[known.id] = [(names[document_id], score) for document_id, score in ranking]
    return run


def _compared(dataset: Dataset, run: Run, other: Run, name: str) -> dict[str, Any]:
    """Return the other profile's nDCG@10, how far the run is above it, and by what chance."""
    after = measure_each(dataset.qrels, run, _COMPARED)
    before = measure_each(dataset.qrels, {q: other[q] for q in run}, _COMPARED)
    pairs = [(before[q], after[q]) for q in run]
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return {
        "profile": name,
        _COMPARED: round(sum(first) / len(first), 4),
        "difference": round((sum(second) - sum(first)) / len(first), 4),
        "better": sum(x < y for x, y in pairs),
        "worse": sum(x > y for x, y in pairs),
        "p_value": round(p_value(first, second), 4),
    }


def _to_query(text: str, choice: RetrieverChoice) -> Query:
    where = Filter(audiences=frozenset({EVERYONE}))
    return Query(text=text[:MAX_QUERY_CHARS], filter=where, retrievers=choice)


def _id_of(name: str) -> DocumentId:
    return document_id_for(f"beir:{name}")


def _to_document(document: CorpusDocument, passages: Sequence[Passage]) -> Document:
    nothing = BlobKey("0" * 64)  # evaluation shows no original
    return Document(
        id=_id_of(document.id),
        source=f"beir:{document.id}",
        revision=Revision("1"),
        kind=DocumentKind.SHEET,
        media_kind=MediaKind.TEXT,
        title=document.title,
        language=passages[0].language if passages else "fr",
        visibility=Visibility.STUDENTS,
        filename=f"{document.id}.txt",
        original=nothing,
        media=MediaFiles(),
        content=nothing,
        participants=(),
        created_at=_A_DAY,
        published_at=_A_DAY,
        n_passages=len(passages),
    )


def _described(settings: Settings, choice: RetrieverChoice) -> dict[str, Any]:
    return {
        "retrievers": choice.value,
        "encoder": settings.models.encoder,
        "dense": "server" if settings.dense.url else "edge",
        "profile": settings.search.profile,
        "reranker": settings.search.reranker,
        "candidates": settings.search.candidates,
        "passage_tokens": settings.ingestion.passage_tokens,
        "passage_overlap_tokens": settings.ingestion.passage_overlap_tokens,
    }
