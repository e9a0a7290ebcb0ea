"""Precision and recall of pairs are what they say."""

from __future__ import annotations

from benchmarks.intents import measured


def test_pairs_above_a_resemblance_are_counted_right() -> None:
    rows = {row["from"]: row for row in measured([(5.3, True), (5.2, False), (4.0, True)])}

    assert (rows[5.1]["pairs"], rows[5.1]["precision"], rows[5.1]["recall"]) == (2, 0.5, 0.5)
    assert (rows[5.25]["precision"], rows[5.4]["precision"]) == (1.0, None)
