"""What the steps of one search share: what is asked, of which indexes, and where time goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from indexer.engine import Engine
from indexer.generations import IndexPair
from indexer.retrieval.parser import ParsedQuery
from indexer.retrieval.understanding import Understanding
from schemas.hit import Reading
from schemas.query import Filter, Query


class Timer:
    """Adds up where the time of one search goes."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._parts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done inside under this name."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent_ms = (time.perf_counter() - started) * 1e3
            self._parts[name] = self._parts.get(name, 0.0) + spent_ms

    def total_ms(self) -> float:
        """Return the time since the beginning."""
        return round((time.perf_counter() - self._started) * 1e3, 3)

    def parts_ms(self) -> dict[str, float]:
        """Return what each part has taken."""
        return {name: round(ms, 3) for name, ms in self._parts.items()}


class Asked(msgspec.Struct, frozen=True):
    """What a query asks for, and within what."""

    wanted: Understanding
    where: Filter
    parsed: ParsedQuery
    is_browsing: bool
    """Whether nothing but conditions was typed."""
    is_wordless: bool
    """Whether what was typed has no letter and no digit: nothing is meant by it."""
    reading: Reading | None = None
    """Whose words plain words asked for; ``where`` and ``parsed`` are what that comes to."""


class Scene(msgspec.Struct, frozen=True):
    """One search, from its candidates on."""

    asked: Asked
    query: Query
    pair: IndexPair
    engine: Engine
    timer: Timer
