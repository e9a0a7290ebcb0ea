"""How long a fresh process takes from its start to a first answer, and what it weighs then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from indexer.bootstrap import open_engine
from indexer.catalog.catalog import open_catalog
from indexer.ports import QueryEncoder
from indexer.retrieval.search import search
from schemas.query import Filter, Query
from schemas.settings import Settings

_MIB: Final = 1024**2
_STATUS: Final = Path("/proc/self/status")

OpenEncoder = Callable[[str], QueryEncoder]


def measure_startup(
    settings: Settings, texts: Sequence[str], where: Filter, open_encoder: OpenEncoder | None
) -> dict[str, Any]:
    """Open built indexes in a process of their own and search.

    The clock runs from before the process is started (Python itself and all imports count) to its
    first answer, encoded with the real encoder. Files are as warm as the system keeps them.

    Args:
        settings: Of the data directory, which no other process may hold.
        texts: Queries; memory is read after all of them.
        where: Their filter.
        open_encoder: As ``open_engine`` takes it; must be a function that other processes find.

    Returns:
        Seconds to the first answer, and the process's resident memory in MiB.
    """
    started = time.time()  # of all clocks the one that two processes share
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        answered_at, resident = executor.submit(
            _answer, settings, list(texts), where, open_encoder
        ).result()
    return {
        "first_answer_s": round(answered_at - started, 2),
        "memory_mib": round(resident / _MIB, 1),
    }


def _answer(
    settings: Settings, texts: Sequence[str], where: Filter, open_encoder: OpenEncoder | None
) -> tuple[float, int]:
    catalog = open_catalog(settings.catalog_url)
    try:
        with open_engine(settings, catalog, open_encoder=open_encoder) as handle:
            search(Query(text=texts[0], filter=where), handle.engine)
            answered_at = time.time()
            for text in texts[1:]:
                search(Query(text=text, filter=where), handle.engine)
            return answered_at, resident_bytes()
    finally:
        catalog.close()


def resident_bytes() -> int:
    """Return this process's resident memory; 0 where the system does not tell."""
    if not _STATUS.is_file():
        return 0
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    resident = next((line for line in lines if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(resident.split()[1]) * 1024
