"""Vectors of queries that were asked before, so that asking again costs nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indexer.ports import QueryEncoder


class VectorCounts(msgspec.Struct, frozen=True):
    """How often a vector was there, and how often it had to be made."""

    hits: int
    misses: int
    kept: int


class QueryVectors:
    """A query encoder that remembers the vectors of the texts asked last.

    Belongs to one index pair and ends with it: a new generation starts with none. What is kept is
    the text that the encoder read and its vector, of ``limit`` texts at most, the one that was
    not asked for longest going first; nothing of it is logged or written. Safe in several threads.
    """

    def __init__(self, encoder: QueryEncoder, *, limit: int) -> None:
        """Remember what this encoder makes; a limit of 0 remembers nothing."""
        self._encoder = encoder
        self._remembered = lru_cache(maxsize=max(0, limit))(self._make)

    @property
    def name(self) -> str:
        """Name of the encoder."""
        return self._encoder.name

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1; it cannot be written to."""
        return self._remembered(text)

    def counts(self) -> VectorCounts:
        """Return the counts since this pair was opened."""
        counts = self._remembered.cache_info()
        return VectorCounts(counts.hits, counts.misses, counts.currsize)

    def _make(self, text: str) -> NDArray[np.float32]:
        vector = np.array(self._encoder.encode_query(text))
        vector.flags.writeable = False  # many searches hold the same one
        return vector
