"""HTTP bodies for mentors: what is asked without an answer, what a student asked, own answers.

The conventions of ``schemas.wire`` hold: a field is always present, and ``null`` where it does not
apply.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from schemas.document import DocumentKind
from schemas.gap import GapState, Outcome
from schemas.question import QuestionState
from schemas.wire import Person


class GapView(msgspec.Struct, frozen=True):
    """Something that people search and find nothing for. Who they are is told to nobody."""

    name: str
    """As it was asked most."""
    state: GapState
    n_people: int
    """People who found nothing; while it is open, those who still did not."""
    n_searches: int
    """Their searches without an answer."""
    this_week: int
    """People without an answer in the last seven days."""
    before: float
    """The same, of a week, over the four weeks before."""
    outcomes: dict[Outcome, int]
    """Searches without an answer, by what came of them."""
    examples: tuple[str, ...]
    """Wordings, most frequent first, without names, addresses and numbers of people."""
    first_at: datetime
    last_at: datetime
    answered_at: datetime | None


class WeekView(msgspec.Struct, frozen=True):
    """How many searches of a week found no answer."""

    starts_on: date
    """A Monday."""
    n_searches: int
    n_unanswered: int


class GapList(msgspec.Struct, frozen=True):
    """Gaps, most people first, and how the last twelve weeks went."""

    gaps: tuple[GapView, ...]
    total: int
    weeks: tuple[WeekView, ...]


class AskedKind(StrEnum):
    """How something was asked."""

    SEARCH = "search"
    QUESTION = "question"
    """Of a mentor."""


class TitleView(msgspec.Struct, frozen=True):
    """A document by its title."""

    document_id: str
    title: str
    url: str


class AskedView(msgspec.Struct, frozen=True):
    """Something that a student asked, when, whom, and what came of it."""

    kind: AskedKind
    text: str
    at: datetime
    is_answered: bool
    outcome: Outcome | None
    """Of a search."""
    state: QuestionState | None
    """Of a question."""
    mentor: Person | None
    """Who has the question, or answered it."""
    opened: tuple[TitleView, ...]
    """Documents opened from the search, or what answers the question."""
    useful: tuple[TitleView, ...]
    """Those of them that helped: called useful, read or played for long, copied from."""


class StudentQuestions(msgspec.Struct, frozen=True):
    """What a student asked, the last first."""

    person_id: str
    name: str
    project: str
    """Empty without a profile."""
    asked: tuple[AskedView, ...]


class AnswerView(msgspec.Struct, frozen=True):
    """A document that the caller answered in, and how useful it was."""

    document_id: str
    title: str
    url: str
    kind: DocumentKind
    created_at: datetime
    n_useful: int | None
    """People who find it useful; ``null`` where so few said anything that it could tell who."""
    n_not_useful: int | None


class AnswerList(msgspec.Struct, frozen=True):
    """The caller's answers, the newest first."""

    answers: tuple[AnswerView, ...]
