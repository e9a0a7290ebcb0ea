"""A parsed search request. Raw input is ``query_text``; filters are hard conditions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from schemas.document import DocumentKind
from schemas.ids import PersonId, TagId

MAX_QUERY_CHARS: Final = 1_000
"""Longer input is refused: no question is that long, and analysis stays bounded."""
MAX_PER_PAGE: Final = 50
MAX_PAGE: Final = 100


class RetrieverChoice(StrEnum):
    """Which retrievers answer; ``HYBRID`` is the product, the others are for measuring."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    DENSE = "dense"


class SearchMode(StrEnum):
    """How much of a search is done: ``INSTANT`` is for a text that is still being typed."""

    FULL = "full"
    INSTANT = "instant"


class Order(StrEnum):
    """How the documents of the candidate set are put in order."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Filter(msgspec.Struct, frozen=True):
    """Hard conditions; values of one field are alternatives, fields are joined by AND.

    ``audiences`` is never optional: it is the caller's keys, and both retrievers apply it.
    """

    audiences: frozenset[str]
    kinds: frozenset[DocumentKind] = frozenset()
    tags: frozenset[TagId] = frozenset()
    """Tags of one facet are alternatives; callers group them: see ``tag_groups``."""
    tag_groups: tuple[frozenset[TagId], ...] = ()
    """One set per facet: any of each set, joined by AND. Filled by the search from ``tags``."""
    speakers: frozenset[PersonId] = frozenset()
    mentors: frozenset[PersonId] = frozenset()
    documents: frozenset[str] = frozenset()
    """Restrict to these documents (search inside one transcript)."""
    since: datetime | None = None
    until: datetime | None = None


class Project(msgspec.Struct, frozen=True):
    """What a searcher builds, as far as it moves what is found."""

    sectors: frozenset[TagId] = frozenset()
    stage: TagId | None = None


class Query(msgspec.Struct, frozen=True):
    """One page of one search."""

    text: str
    filter: Filter
    page: int = 1
    per_page: int = 10
    retrievers: RetrieverChoice = RetrieverChoice.HYBRID
    order: Order = Order.RELEVANCE
    project: Project | None = None
    """Whose sector and stage are lifted a little; ``None`` lifts nothing."""
    reading: bool = True
    """Whether plain words may ask for somebody's words: see ``ResultPage.reading``."""
    asker: str = ""
    """Pseudonym of who asks; empty for nobody, who takes part in no experiment."""
