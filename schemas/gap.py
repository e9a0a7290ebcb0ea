"""What was asked and what came of it; and what is asked without an answer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from schemas.feedback import Pseudonym
from schemas.ids import DocumentId, QueryId


class Outcome(StrEnum):
    """What came of asking."""

    ANSWERED = "answered"
    """Something was found useful, read for long, copied; or at least opened, where the answer was
    sure of itself."""
    NOT_USEFUL = "not_useful"
    """What was found was called not useful, and nothing useful."""
    DOUBTFUL = "doubtful"
    """The answer itself was not sure, or empty, and nothing in it helped."""
    REFORMULATED = "reformulated"
    """Nothing was opened, and the same person asked otherwise within minutes."""
    ABANDONED = "abandoned"
    """Nothing was opened, and nothing more was asked."""


class Inquiry(msgspec.Struct, frozen=True):
    """One question of one person: its pages, repetitions and typed-on beginnings are one."""

    person: Pseudonym
    at: datetime
    text: str
    """As it was typed last."""
    query_ids: tuple[QueryId, ...]
    shown: frozenset[DocumentId]
    opened: tuple[DocumentId, ...]
    """In the order of opening."""
    useful: tuple[DocumentId, ...]
    """Called useful now, or read for long, played or copied from."""
    outcome: Outcome
    confidence: float | None = None

    @property
    def is_answered(self) -> bool:
        """Whether something helped."""
        return self.outcome is Outcome.ANSWERED


class GapState(StrEnum):
    """Whether people still wait."""

    OPEN = "open"
    ANSWERED = "answered"
    """What was asked without an answer has found one since."""


class Gap(msgspec.Struct, frozen=True):
    """An intent that is searched without an answer."""

    name: str
    """As it was asked most."""
    state: GapState
    n_people: int
    """Who found nothing; of an open one, who still did not."""
    n_searches: int
    """Without an answer."""
    this_week: int
    """People without an answer in the last seven days."""
    before: float
    """The same, of a week, over the four weeks before."""
    outcomes: dict[Outcome, int]
    """Searches without an answer, by what came of them."""
    examples: tuple[str, ...]
    """How it was asked, most frequent first, without names, addresses and numbers of people."""
    first_at: datetime
    last_at: datetime
    answered_at: datetime | None = None


class Week(msgspec.Struct, frozen=True):
    """Searches of one week, Monday to Sunday."""

    starts_on: date
    n_searches: int
    n_unanswered: int

    @property
    def share(self) -> float:
        """What part of them found no answer."""
        return self.n_unanswered / self.n_searches if self.n_searches else 0.0


class GapReport(msgspec.Struct, frozen=True):
    """Every gap, by state, most people first; and how the weeks went."""

    gaps: tuple[Gap, ...]
    weeks: tuple[Week, ...]
    """The oldest first; the last one is not over."""
