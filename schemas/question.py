"""A question that a person asks of the mentors, and everything that becomes of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.document import Visibility
from schemas.identity import Caller, Role
from schemas.ids import DocumentId, PersonId, QueryId, QuestionId

MAX_TEXT_CHARS: Final = 300
"""Of the question itself, which becomes a title; what takes longer goes to the details."""
MAX_DETAILS_CHARS: Final = 5_000
MAX_ANSWER_CHARS: Final = 20_000

QuestionText = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT_CHARS)]


class QuestionState(StrEnum):
    """Where a question stands."""

    OPEN = "open"
    """No mentor has it: every mentor may take it."""
    ASSIGNED = "assigned"
    """A mentor has it."""
    ANSWERED = "answered"
    CLOSED = "closed"
    """Nobody waits for an answer any more."""


class StepKind(StrEnum):
    """What happened to a question."""

    ASKED = "asked"
    ROUTED = "routed"
    """Given to the mentor who answered best on its topic."""
    TAKEN = "taken"
    """A mentor took it, or it was handed to one."""
    RELEASED = "released"
    """Given back to all mentors."""
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"


class Evidence(msgspec.Struct, frozen=True):
    """A document by a mentor that is near a question."""

    document_id: DocumentId
    nearness: float
    """From 0 to 1: next to the nearest document."""
    n_useful: int
    """People who now say that it was useful, for whatever query."""
    n_not_useful: int


class Suitor(msgspec.Struct, frozen=True):
    """A mentor who could answer, and why."""

    mentor_id: PersonId
    score: float
    evidence: tuple[Evidence, ...]
    """What they answered near the question, the nearest first."""
    n_waiting: int
    """Questions that they have and did not answer yet."""


class Question(msgspec.Struct, frozen=True):
    """A question as it stands."""

    id: QuestionId
    asker_id: PersonId
    asker_name: str
    asker_role: Role
    text: str
    details: str
    query_id: QueryId | None
    """Of the search that did not answer it."""
    visibility: Visibility
    """Of the answer; shared with students, the question itself is shown to them too."""
    state: QuestionState
    asked_at: datetime
    mentor_id: PersonId | None = None
    """Who has it, or answered it."""
    mentor_name: str = ""
    answer: str = ""
    document_id: DocumentId | None = None
    """The exchange that the answer becomes, or the document that answers; it may be gone."""
    linked_id: DocumentId | None = None
    """A document that the answer points to."""
    answered_at: datetime | None = None
    news_at: datetime | None = None
    """When somebody else last did something that the asker waits for."""
    seen_at: datetime | None = None
    """When the asker last looked."""

    @property
    def has_news(self) -> bool:
        """Whether the asker has not seen the latest."""
        if self.news_at is None:
            return False
        return self.seen_at is None or self.seen_at < self.news_at

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self.state in WAITING


WAITING: Final = frozenset({QuestionState.OPEN, QuestionState.ASSIGNED})


class Step(msgspec.Struct, frozen=True):
    """One thing that happened to a question: a line that nothing rewrites."""

    question_id: QuestionId
    kind: StepKind
    at: datetime
    person_id: PersonId | None
    """Who did it; ``None`` for the routing."""
    person_name: str = ""
    mentor_id: PersonId | None = None
    mentor_name: str = ""
    """To whom it went, of steps that give it to somebody."""
    suitor: Suitor | None = None
    """Of a routing: why this mentor."""
    text: str = ""
    """An answer, or what the asker adds when it did not help."""


class Likeness(msgspec.Struct, frozen=True):
    """What is kept of a question to tell others that ask the same."""

    encoder: str
    vector: bytes
    """Little-endian float16, of unit length."""
    near: tuple[tuple[DocumentId, float], ...] = ()
    """Documents that everybody may see, nearest first, with their scores."""


def may_see(caller: Caller, question: Question) -> bool:
    """Tell whether a caller may see a question.

    Its asker, everybody who sees what mentors see, and students where the asker shared it.
    """
    is_shared = question.visibility is Visibility.STUDENTS
    return is_shared or question.asker_id == caller.person_id or caller.may_ingest


def may_see_words(caller: Caller, question: Question) -> bool:
    """Tell whether a caller may read the details and the answer where they stand.

    Others read the exchange, as long as it is there and they may see it.
    """
    return question.asker_id == caller.person_id or caller.may_ingest
