"""Questions that people ask of the mentors, with their history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, update

from indexer.analysis.normalize import query_key
from indexer.catalog.among import among
from indexer.catalog.database import Database
from indexer.catalog.notices import add_notices
from indexer.catalog.question_tables import question_steps
from indexer.catalog.question_tables import questions as q
from schemas.document import Visibility
from schemas.errors import NotFoundError
from schemas.identity import Role
from schemas.ids import DocumentId, PersonId, QueryId, QuestionId
from schemas.notice import Notice
from schemas.question import WAITING, Likeness, Question, QuestionState, Step, StepKind

ONCE_WITHIN: Final = timedelta(minutes=1)
"""The same words of the same person again: a button pressed twice, not another question."""


class Change(msgspec.Struct, frozen=True):
    """What becomes of a question, and who is to be told."""

    question: Question
    steps: tuple[Step, ...] = ()
    notices: tuple[Notice, ...] = ()


Decide = Callable[[Question, Sequence[Step]], Change]
"""Says what becomes of a question with this history; raises where it cannot be."""


class Questions:
    """Questions as they stand, each with steps that are added and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, asked: Change, likeness: Likeness) -> tuple[Question, bool]:
        """Keep a new question; return it, and whether it is new.

        The same words of the same person within ``ONCE_WITHIN`` are the question that is there.
        """
        question = asked.question
        key = query_key(question.text)
        same = (
            select(q)
            .where(
                q.c.asker_id == question.asker_id,
                q.c.text_key == key,
                q.c.asked_at > question.asked_at - ONCE_WITHIN,
            )
            .order_by(q.c.asked_at)
            .limit(1)
        )
        # One at a time: of two equal ones at the same moment the second finds the first.
        with self._database.publishing() as connection:
            known = connection.execute(same).first()
            if known is not None:
                return _to_question(known), False
            row = _to_row(question) | _likeness_row(likeness) | {"text_key": key}
            connection.execute(insert(q), row)
            _add(connection, asked)
            return question, True

    def change(self, question_id: QuestionId, decide: Decide) -> Question:
        """Make of a question what ``decide`` says, in one transaction; return it.

        Raises:
            NotFoundError: If there is no such question.
        """
        with self._database.publishing() as connection:
            row = connection.execute(select(q).where(q.c.id == question_id)).first()
            if row is None:
                raise NotFoundError("There is no such question.")
            change = decide(_to_question(row), _steps(connection, question_id))
            values = _to_row(change.question)
            connection.execute(update(q).where(q.c.id == question_id).values(values))
            _add(connection, change)
            return change.question

    def get(self, question_id: QuestionId) -> Question | None:
        """Return a question; ``None`` when there is no such one."""
        with self._database.reading() as connection:
            row = connection.execute(select(q).where(q.c.id == question_id)).first()
        return _to_question(row) if row is not None else None

    def answered_searches(self) -> dict[QueryId, datetime]:
        """Return when a question was answered, by the search that led to it."""
        query = select(q.c.query_id, q.c.answered_at).where(
            q.c.query_id.is_not(None), q.c.answered_at.is_not(None)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {QueryId(query_id): at for query_id, at in rows}

    def steps(self, question_id: QuestionId) -> list[Step]:
        """Return what happened to a question, in order."""
        with self._database.reading() as connection:
            return _steps(connection, question_id)

    def page(
        self,
        *,
        asker_id: PersonId | None = None,
        mentor_id: PersonId | None = None,
        states: Collection[QuestionState] = (),
        page: int = 1,
        per_page: int = 20,
    ) -> tuple[list[Question], int]:
        """Return one page of questions, and how many there are.

        Those that wait come in order of asking, the longest wait first, before those that do not
        wait any more, the last one first.

        Args:
            asker_id: Only of this person; ``None`` means of anybody.
            mentor_id: Only of this mentor.
            states: Only in these; empty means in any.
            page: From 1.
            per_page: Questions of a page.
        """
        where: list[ColumnElement[bool]] = []
        if asker_id is not None:
            where.append(q.c.asker_id == asker_id)
        if mentor_id is not None:
            where.append(q.c.mentor_id == mentor_id)
        if states:
            where.append(q.c.state.in_([str(state) for state in states]))
        waits = q.c.state.in_([str(state) for state in WAITING])
        oldest_first = func.coalesce(q.c.answered_at, q.c.asked_at)
        waiting = select(q).where(*where, waits).order_by(q.c.asked_at, q.c.id)
        others = select(q).where(*where, ~waits).order_by(oldest_first.desc(), q.c.id)
        first = (page - 1) * per_page
        with self._database.reading() as connection:
            n_waiting = _count(connection, *where, waits)
            n_others = _count(connection, *where, ~waits)
            rows = list(connection.execute(waiting.limit(per_page).offset(first)).all())
            if len(rows) < per_page:
                rest = others.limit(per_page - len(rows)).offset(max(0, first - n_waiting))
                rows += connection.execute(rest).all()
        return [_to_question(row) for row in rows], n_waiting + n_others

    def waiting(
        self, asker_id: PersonId, *, everybody: bool = False
    ) -> list[tuple[Question, Likeness]]:
        """Return the questions without an answer that a person may know of, in order of asking.

        Args:
            asker_id: Their own, and those that are shared with students.
            everybody: All of them, as mentors see.
        """
        known = or_(q.c.asker_id == asker_id, q.c.visibility == Visibility.STUDENTS)
        where = [q.c.state.in_([str(state) for state in WAITING]), *([] if everybody else [known])]
        with self._database.reading() as connection:
            rows = connection.execute(select(q).where(*where).order_by(q.c.asked_at, q.c.id)).all()
        return [(_to_question(row), Likeness(row.encoder, row.vector, row.near)) for row in rows]

    def n_waiting(self) -> dict[PersonId, int]:
        """Return how many questions each mentor has and did not answer yet."""
        query = (
            select(q.c.mentor_id, func.count())
            .where(q.c.state == QuestionState.ASSIGNED, q.c.mentor_id.is_not(None))
            .group_by(q.c.mentor_id)
        )
        with self._database.reading() as connection:
            return {PersonId(who): n for who, n in connection.execute(query).all()}

    def counts(self) -> Counter[QuestionState]:
        """Return how many questions are in each state."""
        query = select(q.c.state, func.count()).group_by(q.c.state)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return Counter({QuestionState(state): n for state, n in rows})

    def n_news(self, asker_id: PersonId) -> int:
        """Return how many of a person's questions have news that they did not see."""
        is_news = or_(q.c.seen_at.is_(None), q.c.seen_at < q.c.news_at)
        with self._database.reading() as connection:
            return _count(connection, q.c.asker_id == asker_id, q.c.news_at.is_not(None), is_news)

    def see(self, question_id: QuestionId, asker_id: PersonId, now: datetime) -> None:
        """Remember that the asker looked; nobody else's look counts."""
        with self._database.writing() as connection:
            connection.execute(
                update(q).where(q.c.id == question_id, q.c.asker_id == asker_id).values(seen_at=now)
            )

    def about(self, ids: Collection[DocumentId]) -> dict[DocumentId, QuestionId]:
        """Return which of these documents are the answer to which question."""
        query = select(q.c.document_id, q.c.id).where(among(q.c.document_id, ids))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(q.c.asked_at.desc())).all()
        return {DocumentId(document): QuestionId(question) for document, question in rows}


def _add(connection: Connection, change: Change) -> None:
    if change.steps:
        connection.execute(insert(question_steps), [_step_row(step) for step in change.steps])
    add_notices(connection, change.notices)


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(q).where(*where)).scalar_one()


def _steps(connection: Connection, question_id: QuestionId) -> list[Step]:
    s = question_steps
    query = select(s).where(s.c.question_id == question_id).order_by(s.c.line)
    return [_to_step(row) for row in connection.execute(query).all()]


def _to_row(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in Question.__struct_fields__}


def _likeness_row(likeness: Likeness) -> dict[str, Any]:
    return {"encoder": likeness.encoder, "vector": likeness.vector, "near": likeness.near}


def _to_question(row: Row[Any]) -> Question:
    fields = {name: getattr(row, name) for name in Question.__struct_fields__}
    return Question(
        **fields
        | {
            "asker_role": Role(row.asker_role),
            "visibility": Visibility(row.visibility),
            "state": QuestionState(row.state),
            "query_id": QueryId(row.query_id) if row.query_id else None,
        }
    )


def _step_row(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in Step.__struct_fields__}


def _to_step(row: Row[Any]) -> Step:
    fields = {name: getattr(row, name) for name in Step.__struct_fields__}
    return Step(**fields | {"kind": StepKind(row.kind)})
