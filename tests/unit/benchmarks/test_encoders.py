"""What the benchmark of encoders makes of vectors and times."""

from __future__ import annotations

import numpy as np

from benchmarks.encoders import in_turns, ndcg
from fixtures.fakes import HashingEncoder
from indexer.evaluation.dataset import CorpusDocument, Dataset, JudgedQuery


def test_every_encoder_is_asked_every_text_in_order() -> None:
    one, other = HashingEncoder("one"), HashingEncoder("other")
    texts = ["tva", "bail", "marge"]
    vectors, spent = in_turns(texts, {"a": one.encode_query, "b": other.encode_query})
    np.testing.assert_array_equal(vectors["a"], [one.encode_query(text) for text in texts])
    np.testing.assert_array_equal(vectors["b"], [other.encode_query(text) for text in texts])
    assert set(spent) == {"a", "b"}
    assert all(0 <= each["p50"] <= each["p95"] for each in spent.values())


def test_a_document_is_as_near_as_its_nearest_passage_and_unanswerable_queries_are_left_out() -> (
    None
):
    dataset = Dataset(
        name="two",
        documents=(CorpusDocument("d1", ""), CorpusDocument("d2", "")),
        queries=(JudgedQuery("q1", ""), JudgedQuery("q2", "")),
        qrels={"q1": {"d1": 1}, "q2": {"d2": 0}},
    )
    queries = np.array([[1, 0], [0, 1]], np.float32)
    passages = np.array([[0, 1], [0.8, 0.6], [1, 0]], np.float32)
    assert ndcg(dataset, queries, passages, ["d2", "d2", "d1"]) == [1.0]
    # Now d2's nearest passage is nearer than d1's: 1 / log2(3).
    (farther,) = ndcg(dataset, queries, passages, ["d1", "d1", "d2"])
    assert round(farther, 4) == 0.6309
