"""A list is spread: the best comes first, and next what adds most to what stands there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.diversity import diverse

EAST = np.array([1.0, 0.0, 0.0], dtype=np.float32)
NORTH = np.array([0.0, 1.0, 0.0], dtype=np.float32)
UP = np.array([0.0, 0.0, 1.0], dtype=np.float32)


def test_of_two_that_are_alike_the_second_waits() -> None:
    order = diverse([1.0, 0.9, 0.8, 0.0], [EAST, EAST, NORTH, UP], limit=4, weight=0.7)

    assert order == [0, 2, 1, 3]


def test_with_the_whole_weight_on_relevance_the_order_is_its_own() -> None:
    assert diverse([0.2, 0.9, 0.5], [EAST, EAST, EAST], limit=3, weight=1.0) == [1, 2, 0]


def test_entries_without_a_vector_are_like_nothing() -> None:
    assert diverse([1.0, 0.9, 0.8], [None, None, None], limit=2) == [0, 1]
    assert diverse([], [], limit=3) == []


@given(st.lists(st.integers(-50, 50), max_size=12), st.integers(1, 12), st.floats(0.1, 1))
def test_every_place_is_chosen_once_and_the_best_first(
    relevance: list[int], limit: int, weight: float
) -> None:
    vectors = [(EAST, NORTH, UP, None)[n % 4] for n in range(len(relevance))]

    order = diverse(relevance, vectors, limit=limit, weight=weight)

    assert len(order) == len(set(order)) == min(limit, len(relevance))
    if order:
        assert relevance[order[0]] == max(relevance)
