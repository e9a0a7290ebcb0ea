"""A composed school: the same every time, around judged passages, with what filters need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fixtures.fakes import HashingEncoder
from indexer.evaluation.composed import PER_DOCUMENT, ComposedSchool
from indexer.evaluation.judged import JudgedPart, encode_judged
from indexer.evaluation.scenarios import Census, filters_of, prefixes
from schemas.ids import TagId
from tests.integration.evaluation.test_evaluate import cut_in_two
from tests.integration.evaluation.test_speed import DATASET

TAGS = [TagId("topic.pricing"), TagId("stage.idea"), TagId("sector.craft")]


def refuse() -> HashingEncoder:
    raise AssertionError("encoded again")


@pytest.fixture
def judged(tmp_path: Path) -> JudgedPart:
    return encode_judged(DATASET, cut_in_two, HashingEncoder, encoder="hashing", cache=tmp_path)


def test_a_school_is_the_same_every_time(judged: JudgedPart) -> None:
    first, second = (list(ComposedSchool(judged, 50, tags=TAGS).documents()) for _ in range(2))

    assert [one.passages for one in first] == [other.passages for other in second]
    assert all(np.array_equal(a.vectors, b.vectors) for a, b in zip(first, second, strict=True))


def test_all_judged_passages_are_inside_however_few_are_asked_for(judged: JudgedPart) -> None:
    school = ComposedSchool(judged, 5, tags=TAGS)

    assert (
        school.n_passages == judged.n_passages == sum(len(d.passages) for d in school.documents())
    )


def test_there_are_at_least_as_many_passages_as_were_asked_for(judged: JudgedPart) -> None:
    school = ComposedSchool(judged, 50, tags=TAGS)

    assert 50 <= school.n_passages < 50 + PER_DOCUMENT
    assert school.n_passages == sum(len(d.passages) for d in school.documents())


def test_composed_vectors_have_length_one_and_copy_no_judged_one(judged: JudgedPart) -> None:
    *_, last = ComposedSchool(judged, 50, tags=TAGS).documents()

    assert np.linalg.norm(last.vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (last.vectors @ judged.vectors.T).max() < 0.999


def test_half_of_a_composed_text_is_judged_words(judged: JudgedPart) -> None:
    *_, last = ComposedSchool(judged, 50, tags=TAGS).documents()
    known = {w.strip(".").lower() for own in judged.passages for p in own for w in p.text.split()}
    words = [word.strip(".").lower() for p in last.passages for word in p.text.split()]

    assert 0.4 < sum(word in known for word in words) / len(words) < 0.6


def test_what_was_encoded_once_is_not_encoded_again(judged: JudgedPart, tmp_path: Path) -> None:
    again = encode_judged(DATASET, cut_in_two, refuse, encoder="hashing", cache=tmp_path)

    assert np.array_equal(again.vectors, judged.vectors)


def test_another_encoder_never_meets_old_vectors(judged: JudgedPart, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="encoded again"):
        encode_judged(DATASET, cut_in_two, refuse, encoder="other", cache=tmp_path)


def test_filters_go_from_wide_to_narrow(judged: JudgedPart) -> None:
    census = Census()
    for one in ComposedSchool(judged, 3_000, tags=TAGS).documents():
        census.count(one)
    found = filters_of(census.tags, census.mentors)
    shares = {name: census.share(where) for name, where in found.items()}

    assert shares["kind"] == pytest.approx(1 / 6, abs=0.01)
    assert shares["tag"] > shares["rare tag"]
    assert shares["mentor"] > shares["rare mentor"] > 0
    assert shares["kind, tag and mentor"] < shares["mentor"]


def test_prefixes_are_what_stands_in_the_box_while_typing() -> None:
    assert prefixes(["fixer mes"]) == ["fix", "fixer ", "fixer mes"]
