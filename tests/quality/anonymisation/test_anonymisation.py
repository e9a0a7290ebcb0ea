"""Floors of the finder of what tells who somebody is; lowering one is a decision."""

from __future__ import annotations

import pytest

from benchmarks.anonymisation import PARTICIPANTS, measure, mistakes, read_labels, together
from schemas.sharing import FindingKind

NEVER_MISSED = (FindingKind.EMAIL, FindingKind.PHONE, FindingKind.SIRET)


@pytest.mark.parametrize("split", ["dev", "test", "fresh"])
def test_names_of_participants_and_what_reaches_them_are_found(split: str) -> None:
    texts = [text for text in read_labels() if text.split == split]

    scores = measure(texts)

    said = [line for text in texts for line in mistakes(text)]
    people = together(scores, PARTICIPANTS)
    assert people.recall >= 0.98, said
    assert people.precision >= 0.9, said
    assert [scores[kind].recall for kind in NEVER_MISSED] == [1.0, 1.0, 1.0], said
    everything = together(scores, tuple(scores))
    assert everything.recall >= 0.97, said
    assert everything.precision >= 0.9, said


def test_there_is_enough_to_measure_of_every_kind() -> None:
    scores = measure(read_labels())

    assert together(scores, PARTICIPANTS).wanted >= 100
    assert min(scores[kind].wanted for kind in FindingKind if kind != FindingKind.MARKED) >= 2
