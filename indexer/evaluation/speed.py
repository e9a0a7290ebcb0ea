"""Measure the service's engine at any size: catalog, indexes and search as they are."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from indexer.bootstrap import EngineHandle, open_engine
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.engine import Engine
from indexer.evaluation.composed import ComposedSchool
from indexer.evaluation.judged import id_of
from indexer.evaluation.load import run_round
from indexer.evaluation.measures import measure, percentiles_ms
from indexer.evaluation.scenarios import STUDENT, Census, Scenario, scenarios, with_given_vectors
from indexer.evaluation.startup import OpenEncoder, measure_startup
from indexer.retrieval.search import rank_documents, search
from schemas.errors import TransientError
from schemas.query import MAX_QUERY_CHARS, Filter, Query
from schemas.settings import CatalogSettings, Settings

_DEPTH: Final = 100  # documents of a ranking that is judged
_START_QUERIES: Final = 50  # asked by the fresh process before its memory is read
_INDEX_TIMEOUT_S: Final = 3_600.0
_MIB: Final = 1024**2

Progress = Callable[[str, int, int], None]


class Plan(msgspec.Struct, frozen=True):
    """What is measured, and for how long."""

    clients: tuple[int, ...] = (1, 4, 16)
    """How many ask at once, one round each."""
    seconds: float = 2.0
    """Length of a round."""
    encode: tuple[bool, ...] = (False, True)
    """Whether searches encode their query: ``False`` is with vectors given."""


def measure_speed(
    school: ComposedSchool,
    settings: Settings,
    plan: Plan,
    *,
    open_encoder: OpenEncoder | None = None,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Publish a school in a fresh data directory, index it, search it, and report.

    Documents go through the catalog into the indexes as in the service, their vectors being
    given. Times are those of whole searches, from query to page, facets and snippets included.

    Args:
        school: What is indexed; its judged part also says how good the rankings are.
        settings: Of the service; only the data directory and the databases are replaced.
        plan: Rounds.
        open_encoder: Loads the query encoder; ``None`` for the one that the service uses.
        progress: Told about documents published and rounds done.

    Returns:
        The report that ``cordee bench --json`` prints.

    Raises:
        TransientError: If indexing did not finish in time.
    """
    texts = [query.text for query in school.judged.dataset.queries]
    with tempfile.TemporaryDirectory(prefix="cordee-bench-") as scratch:
        own = isolated(settings, Path(scratch))
        catalog = open_catalog(own.catalog_url)
        try:
            census, indexing = build(school, own, catalog, open_encoder, progress=progress)
            startup = measure_startup(
                own, texts[:_START_QUERIES], Filter(audiences=STUDENT), open_encoder
            )
            with open_engine(own, catalog, open_encoder=open_encoder) as handle:
                engine = handle.engine
                found = scenarios(engine, texts, census, encode=plan.encode)
                quality = judge(school, engine)
                rounds = list(_rounds(found, plan, progress))
                parts = _parts(engine, texts)
        finally:
            catalog.close()
        return {
            "passages": school.n_passages,
            "documents": school.n_documents,
            "dataset": school.judged.dataset.name,
            "judged_passages": school.judged.n_passages,
            "queries": len(texts),
            **indexing,
            "catalog_mib": _mib(Path(scratch).glob("catalog*")),
            "index_mib": _mib(own.index_dir.rglob("*")),
            **startup,
            "quality": quality,
            "scenarios": rounds,
            "ratios": ratios(rounds),
            "parts_ms": parts,
        }


def isolated(settings: Settings, directory: Path) -> Settings:
    """Return the same settings over databases of their own: a bench never touches data.

    No vector of a query is remembered: a round asks the same queries again and again.
    """
    replace = msgspec.structs.replace
    return replace(
        settings,
        data_dir=directory,
        catalog=CatalogSettings(),
        models=replace(settings.models, directory=str(settings.models_dir.absolute())),
        search=replace(settings.search, query_vectors=0),
        dense=replace(settings.dense, collection=f"{settings.dense.collection}-{directory.name}"),
    )


def build(
    school: ComposedSchool,
    settings: Settings,
    catalog: Catalog,
    open_encoder: OpenEncoder | None = None,
    *,
    progress: Progress = lambda *_: None,
) -> tuple[Census, dict[str, float]]:
    """Publish every document, then build both indexes from the catalog, and time both.

    Raises:
        TransientError: If indexing did not finish in time.
    """
    census, spent, position = Census(), 0.0, 0
    for n_done, one in enumerate(school.documents(), 1):
        started = time.perf_counter()  # composing is not what is measured
        vectors = {settings.models.encoder: one.vectors}
        position = catalog.publishing.publish(one.document, one.passages, vectors, one.tags)
        spent += time.perf_counter() - started
        census.count(one)
        if n_done % 100 == 0 or n_done == school.n_documents:
            progress("publish", n_done, school.n_documents)
    started = time.perf_counter()
    with open_engine(settings, catalog, open_encoder=open_encoder) as handle:
        _wait(handle, position)
    indexing = time.perf_counter() - started
    return census, {
        "publish_seconds": round(spent, 2),
        "index_seconds": round(indexing, 2),
        "index_passages_per_s": round(school.n_passages / indexing, 1),
    }


def judge(school: ComposedSchool, engine: Engine) -> dict[str, float]:
    """Return the measures of the judged queries among all passages, answerable ones only."""
    dataset = school.judged.dataset
    names = {id_of(document.id): document.id for document in dataset.documents}
    where = Filter(audiences=STUDENT)
    run = {}
    for query in dataset.queries:
        if query.id not in dataset.unanswerable:
            asked = Query(text=query.text[:MAX_QUERY_CHARS], filter=where)
            ranking = rank_documents(asked, engine)[:_DEPTH]
            run[query.id] = [(names.get(i, i), score) for i, score in ranking]
    return measure(dataset.qrels, run)


def ratios(rounds: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return what the figures say about each other: filters at p50, clients at throughput."""
    by_name = {(each["name"], each["clients"]): each for each in rounds}
    found = {}
    for (name, clients), each in by_name.items():
        plain = by_name.get(("search", clients))
        if name.startswith("search by ") and plain and clients == min(c for _, c in by_name):
            found[f"{name} : search, p50"] = _ratio(each, plain, "latency_ms", "p50")
        alone = by_name.get((name, 1))
        if name.startswith("search") and " by " not in name and alone and clients > 1:
            quotient = each["answers_per_s"] / max(alone["answers_per_s"], 1e-9)
            found[f"{name}, {clients} clients : 1, answers per s"] = round(quotient, 2)
    return found


def _ratio(each: dict[str, Any], other: dict[str, Any], *path: str) -> float:
    for name in path:
        each, other = each[name], other[name]
    return round(float(each) / max(float(other), 1e-9), 2)  # type: ignore[arg-type]


def _rounds(found: Sequence[Scenario], plan: Plan, progress: Progress) -> Iterable[dict[str, Any]]:
    n_all, n_done = len(found) * len(plan.clients), 0
    for scenario in found:
        for text in dict.fromkeys(scenario.texts):  # first touches of files, caches and vectors
            scenario.ask(text)
        for n_clients in plan.clients:
            figures = run_round(
                scenario.ask, scenario.texts, n_clients=n_clients, seconds=plan.seconds
            )
            n_done += 1
            progress("search", n_done, n_all)
            yield {"name": scenario.name, "share": scenario.share, **figures}


def _parts(engine: Engine, texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return where the time of searches goes, vectors given, by one client."""
    given = with_given_vectors(engine)
    queries = [Query(text=t[:MAX_QUERY_CHARS], filter=Filter(audiences=STUDENT)) for t in texts]
    for query in queries:
        search(query, given)
    pages = [search(query, given) for query in queries]
    names = dict.fromkeys(name for page in pages for name in page.timings_ms)
    parts = {name: [page.timings_ms.get(name, 0.0) for page in pages] for name in names}
    return {
        name: {**percentiles_ms(spent), "mean": round(float(np.mean(spent)), 2)}
        for name, spent in (*parts.items(), ("all", [page.took_ms for page in pages]))
    }


def _wait(handle: EngineHandle, position: int) -> None:
    if not handle.wait_for(position, _INDEX_TIMEOUT_S):
        raise TransientError("Indexing the composed school did not finish in time.")


def _mib(paths: Iterable[Path]) -> float:
    """Return what the files take on disk; sparse and preallocated parts count as they are."""
    used = sum(path.stat().st_blocks * 512 for path in paths if path.is_file())
    return round(used / _MIB, 1)
