"""Which mentor a question goes to."""

from __future__ import annotations

import math

import pytest

from fixtures.builders import a_document, a_mentor, a_student
from indexer.questions.routing import PER_WAITING, Near, first_free, suitors, worth
from schemas.ids import DocumentId, PersonId
from schemas.judgment import Verdict
from schemas.question import Evidence

CLAIRE, YOUSSEF = PersonId("m-claire"), PersonId("m-youssef")
USEFUL, NOT_USEFUL = Verdict.USEFUL, Verdict.NOT_USEFUL


def near(source: str, mentor: PersonId, score: float) -> Near:
    people = (a_student(), a_mentor(mentor, mentor))
    return Near(a_document(source, participants=people), score)


def votes(n_useful: int, n_not_useful: int = 0) -> dict[PersonId, Verdict]:
    said = [USEFUL] * n_useful + [NOT_USEFUL] * n_not_useful
    return {PersonId(f"s-{n}"): verdict for n, verdict in enumerate(said)}


def test_the_mentor_of_the_nearest_answers_comes_first() -> None:
    found = suitors([near("a", CLAIRE, 3.0), near("b", YOUSSEF, 2.0)], {}, {})

    assert [each.mentor_id for each in found] == [CLAIRE, YOUSSEF]
    assert found[0].score == pytest.approx(1.0)
    assert found[1].score == pytest.approx(math.exp(-1.0))


def test_two_answers_near_it_outweigh_one_that_is_nearer() -> None:
    found = suitors(
        [near("a", CLAIRE, 3.0), near("b", YOUSSEF, 2.8), near("c", YOUSSEF, 2.7)], {}, {}
    )

    assert found[0].mentor_id == YOUSSEF


def test_answers_that_helped_count_more_than_answers_that_did_not() -> None:
    those = [near("a", CLAIRE, 3.0), near("b", YOUSSEF, 2.8)]
    verdicts = {those[0].document.id: votes(0, 4), those[1].document.id: votes(6)}

    found = suitors(those, verdicts, {})

    assert [each.mentor_id for each in found] == [YOUSSEF, CLAIRE]
    assert (found[0].evidence[0].n_useful, found[1].evidence[0].n_not_useful) == (6, 4)


def test_worth_is_worked_by_hand() -> None:
    assert worth(Evidence(DocumentId("d"), 1.0, 0, 0)) == 1
    assert worth(Evidence(DocumentId("d"), 1.0, 6, 0)) == 2 * 8 / 10
    assert worth(Evidence(DocumentId("d"), 1.0, 0, 4)) == 2 * 2 / 8


def test_nobody_recommends_themselves() -> None:
    those = [near("a", CLAIRE, 3.0)]

    found = suitors(those, {those[0].document.id: {CLAIRE: USEFUL}}, {})

    assert found[0].evidence[0].n_useful == 0


def test_who_has_many_questions_waits_behind_who_has_few() -> None:
    those = [near("a", CLAIRE, 3.0), near("b", YOUSSEF, 2.8)]

    found = suitors(those, {}, {CLAIRE: 4})

    assert [each.mentor_id for each in found] == [YOUSSEF, CLAIRE]
    assert found[1].score == pytest.approx(1 / (1 + 4 * PER_WAITING))


def test_who_has_enough_is_given_no_more_and_nobody_is_left_when_all_have() -> None:
    found = suitors([near("a", CLAIRE, 3.0), near("b", YOUSSEF, 0.1)], {}, {CLAIRE: 5})

    assert first_free(found, most_waiting=5) == found[1]
    assert first_free(found, most_waiting=0) is None
    assert first_free([], most_waiting=5) is None


def test_what_is_no_nearer_than_anything_is_no_reason() -> None:
    assert suitors([near("a", CLAIRE, 0.0), near("b", YOUSSEF, -1.0)], {}, {}) == []


def test_the_asker_is_not_asked_and_equals_stand_in_order_of_id() -> None:
    those = [near("b", YOUSSEF, 1.0), near("a", CLAIRE, 1.0)]

    assert [each.mentor_id for each in suitors(those, {}, {})] == [CLAIRE, YOUSSEF]
    assert [each.mentor_id for each in suitors(those, {}, {}, never={CLAIRE})] == [YOUSSEF]
