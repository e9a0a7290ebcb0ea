"""Measures against numbers worked by hand."""

from __future__ import annotations

import math

import pytest

from indexer.evaluation.measures import measure, percentiles_ms


def test_ndcg_of_the_only_answer_at_rank_two() -> None:
    found = measure({"q": {"b": 1}}, {"q": [("a", 9.0), ("b", 8.0)]})

    assert found["ndcg@10"] == pytest.approx(1 / math.log2(3), abs=1e-4)
    assert found["mrr@10"] == 0.5
    assert found["recall@10"] == 1.0


def test_a_query_without_hits_counts_as_zero() -> None:
    found = measure({"q": {"b": 1}, "p": {"c": 1}}, {"q": [("b", 1.0)], "p": []})

    assert found["ndcg@10"] == 0.5


def test_grades_weigh_the_gain() -> None:
    found = measure({"q": {"a": 1, "b": 3}}, {"q": [("a", 2.0), ("b", 1.0)]})

    gained, ideal = 1 + 3 / math.log2(3), 3 + 1 / math.log2(3)
    assert found["ndcg@10"] == pytest.approx(gained / ideal, abs=1e-4)


def test_equal_scores_keep_the_order_given() -> None:
    first = measure({"q": {"z": 1}}, {"q": [("z", 1.0), ("a", 1.0)]})
    second = measure({"q": {"z": 1}}, {"q": [("a", 1.0), ("z", 1.0)]})

    assert (first["mrr@10"], second["mrr@10"]) == (1.0, 0.5)


def test_the_eleventh_does_not_count_at_ten() -> None:
    run = {"q": [(f"d{n}", 1.0) for n in range(10)] + [("answer", 0.5)]}

    found = measure({"q": {"answer": 1}}, run)

    assert (found["ndcg@10"], found["recall@10"], found["recall@100"]) == (0.0, 0.0, 1.0)


def test_percentiles_are_times_that_were_taken() -> None:
    assert percentiles_ms([float(n) for n in range(1, 101)]) == {
        "p50": 50.0,
        "p95": 95.0,
        "p99": 99.0,
    }
    assert percentiles_ms([7.0]) == {"p50": 7.0, "p95": 7.0, "p99": 7.0}
