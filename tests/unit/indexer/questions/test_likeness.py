"""Whether two questions ask the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.builders import a_question
from indexer.questions.likeness import FITTED_ENCODER, SAME_FROM, same, sides, signs, the_same
from schemas.ids import DocumentId
from schemas.question import Likeness

TEXT = "Comment fixer mes prix au marché ?"


def like(angle: float = 0.0, *near: str, encoder: str = FITTED_ENCODER) -> Likeness:
    vector = np.array([np.cos(angle), np.sin(angle)], dtype="<f2").tobytes()
    return Likeness(encoder, vector, tuple((DocumentId(i), 1.0) for i in near))


def test_the_same_words_are_the_same_question() -> None:
    one = sides(TEXT, like(0.0, "d-1"))

    assert signs(one, one) == pytest.approx((1.0, 1.0, 1.0), abs=1e-3)
    assert same(one, one) > 0.99


def test_other_words_about_something_else_are_another_question() -> None:
    one = sides(TEXT, like(0.0, "d-1"))
    other = sides("Un associé veut partir", like(0.6, "d-2"))

    assert same(one, other) < SAME_FROM


def test_what_two_questions_find_counts_by_how_near_it_is() -> None:
    one = Likeness("e", b"", ((DocumentId("d-1"), 2.0), (DocumentId("d-2"), 1.5)))
    other = Likeness("e", b"", ((DocumentId("d-1"), 5.0),))

    found = signs(sides("a", one), sides("b", other))[2]

    assert found == pytest.approx(1 / np.sqrt(1 + np.exp(-2.0)))


def test_with_vectors_of_two_encoders_letters_tell_alone() -> None:
    one, other = sides(TEXT, like()), sides(TEXT, like(encoder="another"))

    assert signs(one, other)[0] is None
    assert same(one, other) >= SAME_FROM
    assert same(one, sides("Un associé veut partir", like(encoder="another"))) == 0


def test_the_surest_come_first_and_only_those_that_ask_the_same() -> None:
    others = [
        (a_question("a-1", text="Un associé veut partir"), like(0.6)),
        (a_question("a-2", text="Comment fixer ses prix au marché"), like(0.05, "d-1")),
        (a_question("a-3", text=TEXT), like(0.0, "d-1")),
    ]

    found = the_same(TEXT, like(0.0, "d-1"), others, limit=3)

    assert [each.id for each in found] == ["a-3", "a-2"]


@given(st.text(max_size=40), st.text(max_size=40), st.floats(0, 3))
def test_two_questions_are_as_like_from_either_side(one: str, other: str, angle: float) -> None:
    left, right = sides(one, like(0.0, "d-1")), sides(other, like(angle, "d-1", "d-2"))

    assert same(left, right) == same(right, left)
    assert 0 <= same(left, right) <= 1
