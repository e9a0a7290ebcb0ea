"""The pair of indexes being served, and how a newer pair takes its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from indexer.ports import DenseIndex, PassageIndex, QueryEncoder


class IndexPair(msgspec.Struct, frozen=True):
    """Two indexes over the same passages, and the encoder whose vectors the dense one holds."""

    number: int
    """The generation's number in the catalog."""
    lexical: PassageIndex
    dense: DenseIndex
    encoder: QueryEncoder
    close: Callable[[], None]
    """Releases files and locks; called once, when no search reads the pair any more."""
    drop: Callable[[], None]
    """Closes the pair and deletes its files: for a pair that a newer one replaced."""


class LiveIndexes:
    """Hands the pair in service to searches, and swaps it without a failed search.

    A search holds a lease for as long as it reads; a pair that was replaced is dropped when its
    last lease ends.
    """

    def __init__(self, pair: IndexPair) -> None:
        """Serve this pair."""
        self._lock = threading.Lock()
        self._pair = pair
        self._n_leases: dict[int, int] = {}
        self._retired: dict[int, IndexPair] = {}

    @property
    def number(self) -> int:
        """The generation in service."""
        return self._pair.number

    @contextmanager
    def lease(self) -> Iterator[IndexPair]:
        """Give the pair in service; it stays open until the context ends."""
        with self._lock:
            pair = self._pair
            self._n_leases[id(pair)] = self._n_leases.get(id(pair), 0) + 1
        try:
            yield pair
        finally:
            self._give_back(pair)

    def swap(self, pair: IndexPair) -> None:
        """Serve this pair from the next lease on; the old one goes after its last lease."""
        with self._lock:
            old, self._pair = self._pair, pair
            in_use = self._n_leases.get(id(old), 0) > 0
            if in_use:
                self._retired[id(old)] = old
        if not in_use:
            old.drop()

    def close(self) -> None:
        """Close the pair in service; no search may be running or come after."""
        self._pair.close()

    def _give_back(self, pair: IndexPair) -> None:
        with self._lock:
            self._n_leases[id(pair)] -= 1
            is_last = not self._n_leases[id(pair)]
            if is_last:
                del self._n_leases[id(pair)]
            unused = self._retired.pop(id(pair), None) if is_last else None
        if unused is not None:
            unused.drop()
