"""Vectors of queries that were asked before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fixtures.fakes import HashingEncoder
from indexer.dense.query_vectors import QueryVectors, VectorCounts

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Counting(HashingEncoder):
    """Notes what it is asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode_query(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        return super().encode_query(text)


def test_a_query_asked_again_is_not_encoded_again() -> None:
    encoder = Counting()
    vectors = QueryVectors(encoder, limit=10)
    first, again = vectors.encode_query("tva"), vectors.encode_query("tva")
    assert encoder.asked == ["tva"]
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, HashingEncoder().encode_query("tva"))


def test_other_letters_are_another_query() -> None:
    encoder = Counting()
    vectors = QueryVectors(encoder, limit=10)
    for text in ("tva", "TVA", "tva "):
        vectors.encode_query(text)
    assert encoder.asked == ["tva", "TVA", "tva "]


def test_the_query_that_was_not_asked_for_longest_goes_first() -> None:
    encoder = Counting()
    vectors = QueryVectors(encoder, limit=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        vectors.encode_query(text)
    assert encoder.asked == ["a", "b", "c", "b"]
    assert vectors.counts() == VectorCounts(hits=2, misses=4, kept=2)


def test_a_limit_of_0_remembers_nothing() -> None:
    encoder = Counting()
    vectors = QueryVectors(encoder, limit=0)
    vectors.encode_query("tva")
    vectors.encode_query("tva")
    assert encoder.asked == ["tva", "tva"]
    assert vectors.counts().kept == 0


def test_nobody_can_change_a_vector_that_others_hold() -> None:
    vector = QueryVectors(HashingEncoder(), limit=10).encode_query("tva")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1.0


def test_threads_get_the_vector_of_their_own_query() -> None:
    vectors, plain = QueryVectors(HashingEncoder(), limit=8), HashingEncoder()
    texts = [f"question {n % 20}" for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(vectors.encode_query, texts))
    np.testing.assert_array_equal(found, [plain.encode_query(text) for text in texts])
