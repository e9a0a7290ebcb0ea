"""Questions, their history and the notices about them, on both databases."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from fixtures.builders import A_MOMENT, a_question
from indexer.catalog.catalog import Catalog
from indexer.catalog.notices import LEASE
from indexer.catalog.questions import ONCE_WITHIN, Change
from schemas.document import Visibility
from schemas.errors import ConflictError, NotFoundError
from schemas.ids import DocumentId, PersonId, QuestionId
from schemas.notice import DeliveryState, Notice, NoticeId, NoticeType
from schemas.question import (
    Evidence,
    Likeness,
    Question,
    QuestionState,
    Step,
    StepKind,
    Suitor,
)

MENTOR = PersonId("m-4")
NOTHING_LIKE = Likeness("test-encoder", b"\x00\x3c", ((DocumentId("d-1"), 1.5),))
SUITOR = Suitor(MENTOR, 0.5, (Evidence(DocumentId("d-1"), 1.0, 3, 0),), 2)


def asked(question: Question) -> Change:
    step = Step(question.id, StepKind.ASKED, question.asked_at, question.asker_id, "Camille")
    return Change(question, (step,))


def ask(catalog: Catalog, id_: str = "a-1", **changes: object) -> Question:
    changes = {"text": f"Une question {id_}", **changes}
    return catalog.questions.ask(asked(a_question(id_, **changes)), NOTHING_LIKE)[0]


def assigned(question: Question, _: Sequence[Step]) -> Change:
    taken = msgspec.structs.replace(
        question,
        state=QuestionState.ASSIGNED,
        mentor_id=MENTOR,
        mentor_name="Dominique",
        news_at=A_MOMENT + timedelta(hours=1),
    )
    step = Step(
        question.id,
        StepKind.ROUTED,
        A_MOMENT,
        None,
        mentor_id=MENTOR,
        mentor_name="Dominique",
        suitor=SUITOR,
    )
    return Change(taken, (step,), (a_notice(),))


def a_notice(id_: str = "n-1") -> Notice:
    return Notice(NoticeId(id_), NoticeType.ASSIGNED, "a-1", "s-17", A_MOMENT)


def test_a_question_comes_back_as_it_was_with_its_history(catalog: Catalog) -> None:
    question = a_question(details="Au marché de Colmar.\n\nDeux stands.")
    catalog.questions.ask(asked(question), NOTHING_LIKE)

    taken = catalog.questions.change(question.id, assigned)

    assert catalog.questions.get(question.id) == taken
    steps = catalog.questions.steps(question.id)
    assert [step.kind for step in steps] == [StepKind.ASKED, StepKind.ROUTED]
    assert steps[1].suitor == SUITOR
    assert catalog.questions.get(QuestionId("a-2")) is None


def test_the_same_words_within_a_minute_are_one_question(catalog: Catalog) -> None:
    first = ask(catalog, "a-1", text="Comment fixer mes prix ?")
    soon = A_MOMENT + ONCE_WITHIN - timedelta(seconds=1)
    later = A_MOMENT + ONCE_WITHIN

    again, is_new = catalog.questions.ask(
        asked(a_question("a-2", text="comment  fixer mes PRIX", asked_at=soon)), NOTHING_LIKE
    )
    another = ask(catalog, "a-3", text="Comment fixer mes prix ?", asked_at=later)
    of_another = ask(catalog, "a-4", text="Comment fixer mes prix ?", asker_id=PersonId("s-2"))

    assert (again, is_new) == (first, False)
    assert {another.id, of_another.id} == {"a-3", "a-4"}
    assert len(catalog.questions.steps(first.id)) == 1


def test_of_two_submits_at_once_one_is_a_question(catalog: Catalog) -> None:
    found: list[bool] = []

    def submit(id_: str) -> None:
        question = a_question(id_, text="Comment fixer mes prix ?")
        found.append(catalog.questions.ask(asked(question), NOTHING_LIKE)[1])

    threads = [threading.Thread(target=submit, args=(f"a-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, False, False, True]
    assert catalog.questions.page()[1] == 1


def test_what_cannot_be_changes_nothing(catalog: Catalog) -> None:
    question = ask(catalog)

    def refuse(_question: Question, _steps: Sequence[Step]) -> Change:
        raise ConflictError("No.")

    with pytest.raises(ConflictError):
        catalog.questions.change(question.id, refuse)
    with pytest.raises(NotFoundError):
        catalog.questions.change(QuestionId("a-9"), assigned)

    assert catalog.questions.get(question.id) == question
    assert len(catalog.questions.steps(question.id)) == 1


def test_what_waits_comes_first_the_longest_wait_before_all(catalog: Catalog) -> None:
    for n, state in enumerate(("answered", "open", "assigned", "closed")):
        moment = A_MOMENT + timedelta(hours=n)
        ask(catalog, f"a-{n}", state=QuestionState(state), asked_at=moment)

    first, total = catalog.questions.page(per_page=3)
    second, _ = catalog.questions.page(page=2, per_page=3)
    waiting, n_waiting = catalog.questions.page(states=[QuestionState.OPEN])

    assert [q.id for q in (*first, *second)] == ["a-1", "a-2", "a-3", "a-0"]
    assert (total, n_waiting, [q.id for q in waiting]) == (4, 1, ["a-1"])


def test_a_person_knows_of_their_own_and_of_shared_open_questions(catalog: Catalog) -> None:
    ask(catalog, "a-mine")
    ask(catalog, "a-theirs", asker_id=PersonId("s-2"))
    ask(catalog, "a-shared", asker_id=PersonId("s-2"), visibility=Visibility.STUDENTS)
    ask(catalog, "a-done", state=QuestionState.ANSWERED)

    mine = catalog.questions.waiting(PersonId("s-17"))
    everybody = catalog.questions.waiting(PersonId("m-4"), everybody=True)

    assert {q.id for q, _ in mine} == {"a-mine", "a-shared"}
    assert {q.id for q, _ in everybody} == {"a-mine", "a-shared", "a-theirs"}
    assert {likeness for _, likeness in mine} == {NOTHING_LIKE}


def test_news_are_news_until_the_asker_looks(catalog: Catalog) -> None:
    question = ask(catalog)
    catalog.questions.change(question.id, assigned)
    asker, now = question.asker_id, A_MOMENT + timedelta(hours=2)
    before = catalog.questions.n_news(asker)

    catalog.questions.see(question.id, PersonId("s-2"), now)
    unmoved = catalog.questions.n_news(asker)
    catalog.questions.see(question.id, asker, now)

    assert (before, unmoved, catalog.questions.n_news(asker)) == (1, 1, 0)
    assert catalog.questions.n_waiting() == {MENTOR: 1}


def test_a_notice_is_taken_by_one_until_it_is_settled(catalog: Catalog) -> None:
    question = ask(catalog)
    catalog.questions.change(question.id, assigned)

    (mine,) = catalog.notices.take_due(A_MOMENT)
    nobody = catalog.notices.take_due(A_MOMENT)
    (after_a_crash,) = catalog.notices.take_due(A_MOMENT + LEASE)
    again = A_MOMENT + timedelta(hours=1)
    catalog.notices.settle(mine, DeliveryState.PENDING, due_at=again, problem="503")
    early = catalog.notices.take_due(A_MOMENT + LEASE)
    (second,) = catalog.notices.take_due(again)
    catalog.notices.settle(second, DeliveryState.DELIVERED, due_at=again)

    assert mine.notice == after_a_crash.notice == a_notice()
    assert (nobody, early, second.n_tries) == ([], [], 1)
    assert catalog.notices.counts() == {DeliveryState.DELIVERED: 1}
    assert catalog.notices.take_due(again + LEASE) == []
