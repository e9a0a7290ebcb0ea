"""What a search returns: documents shown for a query, with reasons and exact places."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemas.content import Speaker
from schemas.document import Document
from schemas.ids import PassageId, PersonId, QueryId
from schemas.reply import Reply
from schemas.span import CharSpan, Locator, TimeSpan


class Snippet(msgspec.Struct, frozen=True):
    """The text window shown for a passage, and what to mark in it."""

    text: str
    highlights: tuple[CharSpan, ...]
    """Sorted, disjoint spans of ``text``."""


class GroundCode(StrEnum):
    """One thing that put a hit where it is."""

    PHRASE = "phrase"
    """A quoted text stands in title or passage as typed."""
    TITLE = "title"
    """Words of the query stand in the title."""
    ALL_WORDS = "all_words"
    """Every word of the query stands in title or passage."""
    SOME_WORDS = "some_words"
    CORRECTED = "corrected"
    """A word stands there as it was meant, and was typed otherwise."""
    SYNONYM = "synonym"
    """Another way to say a part of the query stands there."""
    SPELLING = "spelling"
    """No word is the same, some are nearly typed alike."""
    MEANING = "meaning"
    """The meaning is near, next to that of the other candidates."""
    USEFUL = "useful"
    """People said that it was useful for what the query asks, however they asked it."""
    SECTOR = "sector"
    """It is of the searcher's own sector, which lifts it a little."""
    STAGE = "stage"
    """It is for the stage at which the searcher's project is, which lifts it a little."""
    CONDITIONS = "conditions"
    """It meets the conditions that were typed."""
    NEAREST = "nearest"
    """Nothing else tells: it is among the nearest."""


class Ground(msgspec.Struct, frozen=True):
    """One of the grounds of a hit, and the words or people behind it."""

    code: GroundCode
    words: tuple[str, ...] = ()
    """As written in the document; of conditions, as typed."""
    n_people: int | None = None
    """Of ``USEFUL``: who said so."""
    n_voters: int | None = None
    """Of ``USEFUL``: who said anything of it, useful or not."""


class Explanation(msgspec.Struct, frozen=True):
    """Component scores of the best passage: raw, normalised over the candidates, fused."""

    lexical: float | None
    """BM25 of the stemmed fields; ``None`` when the retriever was off."""
    grams: float | None
    """BM25 of the character-4-gram field."""
    dense: float | None
    """Cosine similarity."""
    lexical_z: float
    dense_z: float
    fused: float
    """Their weighted sum."""
    matched_terms: tuple[str, ...] = ()
    """Words of the passage that met the query, as written there."""
    second: float | None = None
    """The same sum of the document's second best passage, which counts in the document's score."""
    reranker: float | None = None
    """What the cross-encoder says of the best passage, where it is on and the hit was read."""
    usefulness: float | None = None
    """What people found of the document for this query added to its score, or took from it; told
    where those who found it useful are several, as the ground ``USEFUL``."""
    personal: float | None = None
    """What the searcher's sector and stage added to the document's score."""
    grounds: tuple[Ground, ...] = ()
    """What put the hit here, the strongest first; none in a list that was not searched."""


class PassageHit(msgspec.Struct, frozen=True):
    """One matching passage of a hit's document."""

    passage_id: PassageId
    locator: Locator
    heading: str
    speaker_ids: tuple[PersonId, ...]
    snippet: Snippet
    score: float
    moment: TimeSpan | None = None
    """For timed speech: when the first highlighted words are said; the deep link goes there."""
    reply: Reply | None = None
    """The question that the passage answers or puts, of those in it the one nearest the query."""
    on_screen: bool = False
    """Whether it is read on the screen of a video, and not said."""


class Hit(msgspec.Struct, frozen=True):
    """A document shown for a query, with its best passages, best first."""

    rank: int
    """Position over all pages, from 1."""
    document: Document
    tags: tuple[str, ...]
    passages: tuple[PassageHit, ...]
    score: float
    explanation: Explanation
    similar: tuple[Document, ...] = ()
    """Documents of the candidate set that say the same, which this hit stands for."""
    team: str = ""
    """In an experiment, the ranking profile that put it here, as ``name@version``. Never shown."""


class FacetCount(msgspec.Struct, frozen=True):
    """How many documents of the candidate set have this value."""

    value: str
    label: str
    count: int


class TotalRelation(StrEnum):
    """Whether ``total`` counts everything that matches or only the candidates looked at."""

    EXACT = "exact"
    AT_LEAST = "at-least"


class Reading(msgspec.Struct, frozen=True):
    """What plain words were taken for: the words of somebody, about something."""

    speakers: tuple[Speaker, ...]
    """Whose words alone are on the page; several where the name is of several."""
    text: str
    """What was looked for in them."""


class ResultPage(msgspec.Struct, frozen=True):
    """One page of hits and the counts around them, all over one candidate set."""

    query_id: QueryId
    hits: tuple[Hit, ...]
    total: int
    """Documents in the candidate set."""
    total_relation: TotalRelation
    facets: dict[str, tuple[FacetCount, ...]]
    took_ms: float
    timings_ms: dict[str, float]
    """Where the time went, per part of the search."""
    suggestion: str | None = None
    """The query as it should have been typed; ``None`` when nothing is surely wrong with it."""
    confidence: float | None = None
    """Probability that the first ten documents by score hold an answer; the same on every page.
    ``None`` where nothing tells: conditions alone, a text that is still being typed."""
    is_doubtful: bool = False
    """Whether the confidence is so low that the page should say so."""
    reading: Reading | None = None
    """Where plain words asked for what somebody says: the filter that this set, and that is shown;
    ``None`` also where it would have left nothing, and the words were looked for as typed."""
    meaning: str = ""
    """What the encoder was told: the query with its typing mistakes corrected, also where none is
    offered. Never shown."""
    profile: str = ""
    """Ranking profile that put the hits in order, as ``name@version``."""
    experiment: str = ""
    """Name of the experiment that the search took part in. Never shown."""


class SuggestionType(StrEnum):
    """What a completion leads to: a document's page, a filter, or a search."""

    DOCUMENT = "document"
    TAG = "tag"
    MENTOR = "mentor"
    QUERY = "query"


class Suggestion(msgspec.Struct, frozen=True):
    """A completion of what is being typed, out of what the caller may see."""

    text: str
    type: SuggestionType
    id: str
    """Identifier of the document, the tag or the mentor; the text itself of a query."""
