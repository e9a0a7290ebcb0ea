"""What to read next for somebody's project, and why."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemas.document import Document
from schemas.passage import Passage


class Basis(StrEnum):
    """What recommendations follow from."""

    QUESTION = "question"
    """What was asked for."""
    PROFILE = "profile"
    EVERYONE = "everyone"
    """Nothing is known: what helped many, then what is new."""


class WhyCode(StrEnum):
    """One thing that a recommendation follows from."""

    QUESTION = "question"
    """It is near what was asked for."""
    GOAL = "goal"
    MILESTONE = "milestone"
    PROJECT = "project"
    """It is near the project's description."""
    TOPIC = "topic"
    """It has a tag that was named."""
    SECTOR = "sector"
    STAGE = "stage"
    SIMILAR = "similar"
    """People of the same sector found it useful."""
    POPULAR = "popular"
    """People found it useful."""
    RECENT = "recent"


class Why(msgspec.Struct, frozen=True):
    """One of the things that a recommendation follows from, and what is behind it."""

    code: WhyCode
    words: tuple[str, ...] = ()
    """Of ``GOAL`` and ``MILESTONE`` the words of the profile; of tags their ids."""
    n_people: int | None = None


class Recommendation(msgspec.Struct, frozen=True):
    """A document to read, and why."""

    document: Document
    whys: tuple[Why, ...]
    """The strongest first; never none."""
    passage: Passage | None = None
    """Where to begin; ``None`` for the beginning."""
    score: float = 0.0
    """Comparable within one list only."""
