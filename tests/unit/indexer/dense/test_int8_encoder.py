"""Which passages are encoded together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dense.int8 import ALONE_BELOW
from indexer.dense.int8_encoder import batches


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([200, 300, 40], [[1], [0, 2]]),
        ([250, 250, 250], [[0, 1], [2]]),
        ([20] * 30, [list(range(25)), list(range(25, 30))]),
        ([5, 20, 5, 20], [[1, 3], [0], [2]]),
    ],
)
def test_passages_of_about_one_length_go_together_and_the_shortest_alone(
    lengths: list[int], expected: list[list[int]]
) -> None:
    assert list(batches(lengths)) == expected


@given(st.lists(st.integers(1, 512)))
def test_every_passage_goes_once(lengths: list[int]) -> None:
    found = list(batches(lengths))

    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or lengths[batch[-1]] >= ALONE_BELOW for batch in found)
