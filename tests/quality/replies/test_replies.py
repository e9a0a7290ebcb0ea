"""Floors of the finder of replies on documents kept apart; lowering one is a decision."""

from __future__ import annotations

from benchmarks.replies import measure, read_labels


def test_questions_and_their_answers_are_found_in_documents_kept_apart() -> None:
    scores = measure("test")

    questions, pairs = scores["questions"], scores["pairs"]
    assert questions.wanted >= 30
    assert questions.precision >= 0.97
    assert questions.recall >= 0.95
    assert pairs.precision >= 0.93
    assert pairs.recall >= 0.93


def test_the_halves_share_no_document() -> None:
    dev, test = ({label["document"] for label in read_labels(half)} for half in ("dev", "test"))

    assert len(dev | test) == len(dev) + len(test) >= 40
