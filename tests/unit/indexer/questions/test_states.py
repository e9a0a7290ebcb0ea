"""What may become of a question, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fixtures.builders import A_MOMENT, a_question
from indexer.catalog.questions import Change
from indexer.questions.states import Act, answered, asked, closed, released, reopened, routed, taken
from schemas.content import Speaker
from schemas.errors import ConflictError, ForbiddenError
from schemas.identity import Caller, Role
from schemas.ids import DocumentId, PersonId
from schemas.notice import NoticeType
from schemas.question import Question, QuestionState, StepKind, Suitor

CLAIRE = Speaker(PersonId("m-claire"), "Claire")
YOUSSEF = Speaker(PersonId("m-youssef"), "Youssef")
EXCHANGE = DocumentId("d-1")


def by(person: Speaker, *, tells: bool = True) -> Act:
    caller = Caller(person.id, Role.MENTOR, person.name)
    return Act(caller, A_MOMENT + timedelta(hours=1), tells=tells)


def by_asker() -> Act:
    return by(Speaker(PersonId("s-17"), "Camille"))


def give_answer(question: Question, text: str = "Partez du coût.") -> Change:
    return answered(question, [], by(CLAIRE), text=text, document_id=EXCHANGE)


def test_a_question_goes_to_the_mentor_found_for_it_and_the_reason_stays() -> None:
    suitor = Suitor(CLAIRE.id, 1.0, (), 0)

    change = routed(asked(a_question()), suitor, CLAIRE)

    assert (change.question.state, change.question.mentor_name) == ("assigned", "Claire")
    assert [step.kind for step in change.steps] == [StepKind.ASKED, StepKind.ROUTED]
    assert change.steps[1].suitor == suitor
    assert not change.question.has_news


def test_a_mentor_takes_it_and_the_asker_is_told() -> None:
    change = taken(a_question(), [], by(CLAIRE), CLAIRE)

    assert change.question.state is QuestionState.ASSIGNED
    assert change.question.has_news
    assert [(n.type, n.person_id) for n in change.notices] == [(NoticeType.ASSIGNED, "s-17")]
    assert taken(change.question, change.steps, by(CLAIRE), CLAIRE).steps == ()


def test_it_is_handed_over_and_given_back() -> None:
    mine = taken(a_question(), [], by(CLAIRE), CLAIRE).question

    theirs = taken(mine, [], by(CLAIRE), YOUSSEF).question
    free = released(theirs, by(YOUSSEF)).question

    assert theirs.mentor_id == YOUSSEF.id
    assert (free.state, free.mentor_id) == (QuestionState.OPEN, None)
    assert released(free, by(CLAIRE)).steps == ()


def test_answering_again_with_the_same_words_is_answering_once() -> None:
    first = give_answer(a_question())

    again = give_answer(first.question)

    assert first.question.state is QuestionState.ANSWERED
    assert first.question.answered_at == A_MOMENT + timedelta(hours=1)
    assert (again.question, again.steps, again.notices) == (first.question, (), ())
    with pytest.raises(ConflictError):
        give_answer(first.question, "Autre chose.")


def test_nobody_answers_their_own_question() -> None:
    mine = a_question(asker_id=CLAIRE.id)

    with pytest.raises(ForbiddenError):
        give_answer(mine)
    with pytest.raises(ForbiddenError):
        taken(mine, [], by(YOUSSEF), CLAIRE)


def test_what_waits_for_nobody_is_neither_taken_nor_given_back() -> None:
    done = closed(a_question(), [], by_asker()).question

    with pytest.raises(ConflictError):
        taken(done, [], by(CLAIRE), CLAIRE)
    with pytest.raises(ConflictError):
        released(done, by(CLAIRE))
    with pytest.raises(ConflictError):
        give_answer(done)


def test_who_does_it_themselves_is_not_told() -> None:
    own = closed(a_question(), [], by_asker())
    others = closed(a_question(), [], by(CLAIRE))
    silent = closed(a_question(), [], by(CLAIRE, tells=False))

    assert (own.notices, own.question.has_news) == ((), False)
    assert [n.type for n in others.notices] == [NoticeType.CLOSED]
    assert (silent.notices, silent.question.has_news) == ((), True)
    assert closed(own.question, [], by(CLAIRE)).steps == ()


def test_what_did_not_help_goes_back_to_the_mentor_who_answered() -> None:
    done = give_answer(a_question()).question

    again = reopened(done, by_asker(), "Et pour un salon ?")

    assert (again.question.state, again.question.mentor_id) == ("assigned", CLAIRE.id)
    assert again.steps[0].text == "Et pour un salon ?"
    assert reopened(again.question, by_asker()).steps == ()
    with pytest.raises(ForbiddenError):
        reopened(done, by(CLAIRE), "Je complète.")


def test_each_notice_has_an_id_of_its_own() -> None:
    first = taken(a_question(), [], by(CLAIRE), CLAIRE)
    second = answered(
        first.question, first.steps, by(CLAIRE), text="Partez du coût.", document_id=EXCHANGE
    )

    ids = {notice.id for change in (first, second) for notice in change.notices}
    assert ids == {"msg_1_1", "msg_1_2"}
