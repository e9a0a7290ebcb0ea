"""The benchmark of learning runs, and measures what it says."""

from __future__ import annotations

from benchmarks.usefulness import measure


def test_a_small_log_is_learned_and_timed() -> None:
    found = measure(n_searches=60, n_intents=5, n_documents=300, n_queries=3)

    assert found["lines_and_impressions"] == 60 * 11 + 30 + 6
    assert found["intents"] == 5
    assert set(found["query_known_ms"]) == {"p50", "p95", "p99"}
