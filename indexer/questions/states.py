"""What may become of a question: each function takes it as it stands and says what changes.

::

    asked -> open  -- a mentor takes it, or the routing gives it --> assigned
             open <-- given back ---------------------------------- assigned
             open, assigned -- answered --> answered
             open, assigned, answered -- closed --> closed
             answered, closed -- reopened --> open, or assigned to the mentor who had it

Doing again what was done changes nothing; what the state does not allow is a ``ConflictError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from indexer.catalog.questions import Change
from schemas.content import Speaker
from schemas.errors import ConflictError, ForbiddenError
from schemas.identity import Caller
from schemas.ids import DocumentId
from schemas.notice import Notice, NoticeId, NoticeType
from schemas.question import Question, QuestionState, Step, StepKind, Suitor


class Act(msgspec.Struct, frozen=True):
    """Who does something, and when."""

    by: Caller
    at: datetime
    tells: bool = False
    """Whether the school's software wants to hear of it."""


def asked(question: Question) -> Change:
    """Begin the history of a new question."""
    step = Step(
        question.id, StepKind.ASKED, question.asked_at, question.asker_id, question.asker_name
    )
    return Change(question, (step,))


def routed(began: Change, suitor: Suitor, mentor: Speaker) -> Change:
    """Give a new question to the mentor that was found for it."""
    question = began.question
    step = Step(
        question.id,
        StepKind.ROUTED,
        question.asked_at,
        None,
        mentor_id=mentor.id,
        mentor_name=mentor.name,
        suitor=suitor,
    )
    given = msgspec.structs.replace(
        question, state=QuestionState.ASSIGNED, mentor_id=mentor.id, mentor_name=mentor.name
    )
    return Change(given, (*began.steps, step))


def taken(question: Question, steps: Sequence[Step], act: Act, mentor: Speaker) -> Change:
    """Give a question to a mentor.

    Raises:
        ConflictError: If nobody waits for an answer any more.
        ForbiddenError: If the mentor is who asks.
    """
    if not question.is_waiting:
        raise ConflictError(f"This question is {question.state}: it waits for nobody.")
    if mentor.id == question.asker_id:
        raise ForbiddenError("Nobody answers their own question.")
    if question.mentor_id == mentor.id and question.state is QuestionState.ASSIGNED:
        return Change(question)
    given = msgspec.structs.replace(
        question, state=QuestionState.ASSIGNED, mentor_id=mentor.id, mentor_name=mentor.name
    )
    step = _step(question, StepKind.TAKEN, act, mentor=mentor)
    return _told(given, steps, step, act=act, type_=NoticeType.ASSIGNED)


def released(question: Question, act: Act) -> Change:
    """Give a question back to all mentors.

    Raises:
        ConflictError: If nobody waits for an answer any more.
    """
    if not question.is_waiting:
        raise ConflictError(f"This question is {question.state}: it waits for nobody.")
    if question.state is QuestionState.OPEN:
        return Change(question)
    free = msgspec.structs.replace(
        question, state=QuestionState.OPEN, mentor_id=None, mentor_name=""
    )
    return Change(free, (_step(question, StepKind.RELEASED, act),))


def answered(
    question: Question,
    steps: Sequence[Step],
    act: Act,
    *,
    text: str,
    document_id: DocumentId,
    linked_id: DocumentId | None = None,
) -> Change:
    """Answer a question; whoever answers has it from then on.

    Args:
        question: As it stands.
        steps: What happened to it.
        act: Who answers.
        text: The answer; empty where the document says everything.
        document_id: The exchange that the answer becomes, or the document that is the answer.
        linked_id: A document that the answer points to.

    Raises:
        ConflictError: If it was answered otherwise, or is closed.
        ForbiddenError: If the caller is who asks.
    """
    if act.by.person_id == question.asker_id:
        raise ForbiddenError("Nobody answers their own question.")
    now = (question.mentor_id, question.answer, question.document_id, question.linked_id)
    if question.state is QuestionState.ANSWERED and now == (
        act.by.person_id,
        text,
        document_id,
        linked_id,
    ):
        return Change(question)
    if not question.is_waiting:
        raise ConflictError(f"This question is {question.state}: reopen it to answer again.")
    done = msgspec.structs.replace(
        question,
        state=QuestionState.ANSWERED,
        mentor_id=act.by.person_id,
        mentor_name=act.by.name,
        answer=text,
        document_id=document_id,
        linked_id=linked_id,
        answered_at=act.at,
    )
    step = _step(question, StepKind.ANSWERED, act, text=text)
    return _told(done, steps, step, act=act, type_=NoticeType.ANSWERED)


def closed(question: Question, steps: Sequence[Step], act: Act) -> Change:
    """Wait for an answer no longer, or be content with the one there is."""
    if question.state is QuestionState.CLOSED:
        return Change(question)
    done = msgspec.structs.replace(question, state=QuestionState.CLOSED)
    return _told(
        done, steps, _step(question, StepKind.CLOSED, act), act=act, type_=NoticeType.CLOSED
    )


def reopened(question: Question, act: Act, text: str = "") -> Change:
    """Wait for an answer again; with the mentor who had it, where there is one.

    Args:
        question: As it stands.
        act: Who asks again.
        text: What the asker adds.

    Raises:
        ForbiddenError: If somebody else than the asker adds something.
    """
    if text and act.by.person_id != question.asker_id:
        raise ForbiddenError("Only the asker adds to a question.")
    if question.is_waiting:
        return Change(question)
    state = QuestionState.OPEN if question.mentor_id is None else QuestionState.ASSIGNED
    again = msgspec.structs.replace(question, state=state)
    return Change(again, (_step(question, StepKind.REOPENED, act, text=text),))


def _step(
    question: Question, kind: StepKind, act: Act, *, mentor: Speaker | None = None, text: str = ""
) -> Step:
    return Step(
        question.id,
        kind,
        act.at,
        act.by.person_id,
        act.by.name,
        mentor_id=mentor.id if mentor else None,
        mentor_name=mentor.name if mentor else "",
        text=text,
    )


def _told(
    question: Question, steps: Sequence[Step], step: Step, *, act: Act, type_: NoticeType
) -> Change:
    """Tell the asker, unless they did it themselves."""
    if act.by.person_id == question.asker_id:
        return Change(question, (step,))
    news = msgspec.structs.replace(question, news_at=act.at)
    # Steps only grow, so their number makes an id that no other notice of this question has.
    id_ = NoticeId(f"msg_{question.id.removeprefix('a-')}_{len(steps) + 1}")
    notice = Notice(id_, type_, question.id, question.asker_id, act.at)
    return Change(news, (step,), (notice,) if act.tells else ())
