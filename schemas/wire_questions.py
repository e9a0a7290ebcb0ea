"""HTTP bodies of questions that are asked of mentors.

The conventions of ``schemas.wire`` hold: a field is always present, and ``null`` where it does not
apply.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.document import Visibility
from schemas.query import MAX_QUERY_CHARS
from schemas.question import (
    MAX_ANSWER_CHARS,
    MAX_DETAILS_CHARS,
    QuestionState,
    QuestionText,
    StepKind,
)
from schemas.wire import Person, SearchHit
from schemas.wire_people import Identifier


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that a client sends; a field that does not exist is an error, not a surprise."""


class CheckRequest(_Request, frozen=True):
    """What somebody is typing."""

    text: Annotated[str, Meta(max_length=MAX_QUERY_CHARS)]


class QuestionRequest(_Request, frozen=True):
    """What to ask."""

    text: QuestionText
    """The question in one line: it becomes the title of the exchange."""
    details: Annotated[str, Meta(max_length=MAX_DETAILS_CHARS)] = ""
    """Plain paragraphs."""
    visibility: Visibility = Visibility.PARTICIPANTS
    """Who may read the answer; ``students`` shows them the question at once. ``mentors`` is for
    who reads what mentors read."""
    query_id: Identifier | None = None
    """Of the search that did not answer it; one that is not the caller's is passed over."""


class AssignRequest(_Request, frozen=True):
    """To whom it goes."""

    mentor_id: Identifier | None = None
    """``null`` for the caller."""
    release: bool = False
    """Give it back to all mentors instead."""


class AnswerRequest(_Request, frozen=True):
    """An answer: words, a document that answers, or both."""

    text: Annotated[str, Meta(max_length=MAX_ANSWER_CHARS)] = ""
    """Plain paragraphs."""
    document_id: Identifier | None = None
    """One that whoever may read the answer may see."""


class ReopenRequest(_Request, frozen=True):
    """Why it is asked again."""

    text: Annotated[str, Meta(max_length=MAX_DETAILS_CHARS)] = ""
    """What is still missing; only the asker adds something."""


class AnswerDocument(msgspec.Struct, frozen=True):
    """A document that answers, as far as the caller may see it."""

    document_id: str
    title: str
    url: str


class RoutingView(msgspec.Struct, frozen=True):
    """Why a question went to a mentor; mentors alone read it."""

    mentor: Person
    documents: tuple[AnswerDocument, ...]
    """What the mentor answered near the question, the nearest first."""
    n_useful: int | None
    """People who found these useful; ``null`` below the number from which it may be told."""
    n_waiting: int
    """Questions that the mentor had then."""


class QuestionView(msgspec.Struct, frozen=True):
    """A question as it stands."""

    id: str
    url: str
    text: str
    details: str | None
    """``null`` for whom it was not written for: everybody but the asker and the mentors."""
    asker: Person | None
    """``null`` for other students."""
    is_mine: bool
    visibility: Visibility
    state: QuestionState
    asked_at: datetime
    mentor: Person | None
    """Who has it, or answered it."""
    answered_at: datetime | None
    answer: str | None
    """``null`` without one, and for whom it was not written for."""
    document: AnswerDocument | None
    """The exchange that the answer became, or the document that answers; ``null`` until it is
    published, and for who may not see it."""
    linked: AnswerDocument | None
    """A document that the answer points to."""
    has_news: bool
    """Whether something happened that the asker did not see; always false for others."""
    may_answer: bool
    """Whether this caller may take and answer it."""


class StepView(msgspec.Struct, frozen=True):
    """One thing that happened to a question."""

    kind: StepKind
    at: datetime
    person: Person | None
    """Who did it; ``null`` for the routing, and for whom it is not to be told."""
    mentor: Person | None
    """To whom it went."""
    text: str
    """An answer, or what the asker added."""


class QuestionDetails(msgspec.Struct, frozen=True):
    """A question with its history."""

    question: QuestionView
    steps: tuple[StepView, ...]
    """In order of time; none for other students."""
    routing: RoutingView | None
    """Of the last time that it was given to a mentor; ``null`` for students."""


class QuestionList(msgspec.Struct, frozen=True):
    """One page of questions: those that wait first, the longest wait before all."""

    questions: tuple[QuestionView, ...]
    total: int
    page: int
    per_page: int
    n_news: int
    """The caller's own questions with something that they did not see."""


class QuestionReceipt(msgspec.Struct, frozen=True):
    """What became of a question that was sent."""

    question: QuestionView
    is_new: bool
    """False for the same words of the same person within a minute."""


class CheckView(msgspec.Struct, frozen=True):
    """What there is already, of what the caller may see."""

    answers: tuple[SearchHit, ...]
    """Best first."""
    is_doubtful: bool
    """Whether none of these surely answers."""
    questions: tuple[QuestionView, ...]
    """Without an answer yet, that ask the same; the surest first."""
