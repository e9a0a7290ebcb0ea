"""Measure the speed of the engine on a composed school: real indexes, no model, no catalog."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import msgspec

from indexer.catalog.records import Generation
from indexer.engine import Engine
from indexer.evaluation.composed import ComposedSchool
from indexer.evaluation.measures import percentiles_ms
from indexer.generations import LiveIndexes
from indexer.pairs import OpenPair, PairOpener
from indexer.retrieval.profiles import profile_named
from indexer.retrieval.search import search
from indexer.taxonomy import Taxonomy
from schemas.identity import EVERYONE
from schemas.ids import QueryId
from schemas.query import Filter, Query
from schemas.settings import Settings

_QUERIES: Final = 500  # different ones, asked in turn
_COMMIT_DOCUMENTS: Final = 500
_MIB: Final = 1024**2
_STATUS: Final = Path("/proc/self/status")

Progress = Callable[[str, int, int], None]


def measure_speed(
    n_passages: int,
    settings: Settings,
    *,
    clients: Sequence[int],
    seconds: float,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Index a composed school, search it with so many clients at once, and report.

    Encoding is left out on both sides: vectors are given. Times are those of whole searches,
    from query to page, facets and snippets included.

    Args:
        n_passages: Passages to index; every document has ten.
        settings: Of the service; the indexes go to a directory of their own.
        clients: Numbers of threads that search at once, one round for each.
        seconds: Length of a round.
        progress: Told about documents indexed and rounds done.

    Returns:
        The report that ``cordee bench --json`` prints.
    """
    school = ComposedSchool(n_passages)
    with (
        tempfile.TemporaryDirectory(prefix="cordee-bench-") as scratch,
        _opened(school, settings, Path(scratch)) as (opened, engine),
    ):
        indexing = _index(school, opened, progress)
        queries = list(school.queries(_QUERIES))
        rounds = []
        for n_done, n_clients in enumerate(clients, 1):
            rounds.append(_search_for(seconds, n_clients, queries, engine))
            progress("search", n_done, len(clients))
        return {
            "passages": school.n_passages,
            "documents": school.n_documents,
            **indexing,
            "disk_mib": round(_size_bytes(opened.directory) / _MIB, 1),
            "memory_mib": round(_resident_bytes() / _MIB, 1),
            "rounds": rounds,
        }


@contextmanager
def _opened(
    school: ComposedSchool, settings: Settings, directory: Path
) -> Iterator[tuple[OpenPair, Engine]]:
    own = msgspec.structs.replace(settings, data_dir=directory)
    opener = PairOpener(own, lambda _: school)
    opened = opener.open(Generation(number=1, encoder=school.name))
    live = LiveIndexes(opened.pair)
    with ThreadPoolExecutor(8) as executor:
        yield (
            opened,
            Engine(
                reader=school,
                indexes=live,
                taxonomy=Taxonomy(tags=(), encoder_threshold=0.0),
                profile=profile_named(settings.search.profile),
                settings=settings.search,
                clock=lambda: datetime.now(UTC),
                mint_query_id=lambda: QueryId("q-bench"),
                executor=executor,
            ),
        )
    live.close()
    opener.close()


def _index(school: ComposedSchool, opened: OpenPair, progress: Progress) -> dict[str, float]:
    spent = 0.0
    for number in range(school.n_documents):
        entries, vectors = school.entries(number)  # composing is not what is measured
        started = time.perf_counter()
        document_id = entries[0].passage.document_id
        opened.pair.dense.replace(document_id, entries, vectors)
        opened.pair.lexical.replace(document_id, entries)
        if (number + 1) % _COMMIT_DOCUMENTS == 0:
            opened.pair.lexical.commit()
            progress("index", number + 1, school.n_documents)
        spent += time.perf_counter() - started
    started = time.perf_counter()
    opened.pair.lexical.commit()
    opened.pair.dense.flush()
    opened.dense.optimize()
    optimizing = time.perf_counter() - started
    progress("index", school.n_documents, school.n_documents)
    return {
        "index_passages_per_s": round(school.n_passages / (spent + optimizing), 1),
        "index_seconds": round(spent, 2),
        "optimize_seconds": round(optimizing, 2),
    }


def _search_for(
    seconds: float, n_clients: int, queries: Sequence[str], engine: Engine
) -> dict[str, Any]:
    samples: list[float] = []
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def client(first: int) -> None:
        own: list[float] = []
        for text in islice(cycle(queries), first, None):
            if time.perf_counter() >= end:
                break
            where = Filter(audiences=frozenset({EVERYONE}))
            own.append(search(Query(text=text, filter=where), engine).took_ms)
        with lock:
            samples.extend(own)

    threads = [threading.Thread(target=client, args=(97 * n,)) for n in range(n_clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "clients": n_clients,
        "searches": len(samples),
        "searches_per_s": round(len(samples) / (time.perf_counter() - started), 1),
        "latency_ms": percentiles_ms(samples),
    }


def _size_bytes(directory: Path) -> int:
    """Return what the files take on disk; sparse and preallocated parts count as they are."""
    return sum(path.stat().st_blocks * 512 for path in directory.rglob("*") if path.is_file())


def _resident_bytes() -> int:
    """Return this process's resident memory; 0 where the system does not tell."""
    if not _STATUS.is_file():
        return 0
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    resident = next((line for line in lines if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(resident.split()[1]) * 1024
