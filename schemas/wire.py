"""HTTP request and response bodies: the only types that a client of the API ever sees.

A field is always present; what does not apply is ``null``, so that a client never has to tell
"missing" from "empty". Times of day are RFC 3339 in UTC, stretches of recordings are whole
milliseconds, pages count from 1, messages and blocks from 0, highlights in Unicode code points.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.content import UtteranceFlag
from schemas.document import DocumentKind, MediaKind, ParticipantRole, Visibility
from schemas.feedback import Surface
from schemas.hit import SuggestionType, TotalRelation
from schemas.query import (
    MAX_PAGE,
    MAX_PER_PAGE,
    MAX_QUERY_CHARS,
    Order,
    RetrieverChoice,
    SearchMode,
)
from schemas.sharing import SharingState
from schemas.tag import TagAssigner, TagFacet
from schemas.wire_explanation import ExplanationView
from schemas.wire_jobs import JobView
from schemas.wire_replies import ReplyView

MAX_FILTER_VALUES: Final = 50
"""More values of one filter than this are refused: no screen offers that many."""
FilterValue = Annotated[str, Meta(min_length=1, max_length=200)]
FilterValues = Annotated[tuple[FilterValue, ...], Meta(max_length=MAX_FILTER_VALUES)]


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that a client sends; a field that does not exist is an error, not a surprise."""


# --- search ----------------------------------------------------------------------------------


class SearchRequest(_Request, frozen=True):
    """One page of one search; values of one filter are alternatives, filters are joined by AND."""

    q: Annotated[str, Meta(max_length=MAX_QUERY_CHARS)]
    page: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 1
    per_page: Annotated[int, Meta(ge=1, le=MAX_PER_PAGE)] = 10
    kind: Annotated[tuple[DocumentKind, ...], Meta(max_length=MAX_FILTER_VALUES)] = ()
    tag: FilterValues = ()
    speaker: FilterValues = ()
    mentor: FilterValues = ()
    document: FilterValues = ()
    """Search inside these documents only."""
    since: str | None = None
    """Date or time; a time without a zone is UTC."""
    until: str | None = None
    """Date (that day included) or time; a time without a zone is UTC."""
    retrievers: RetrieverChoice = RetrieverChoice.HYBRID
    sort: Order = Order.RELEVANCE
    """By date, the same documents are found and counted, in another order."""
    personal: bool = True
    """Whether documents of the caller's own sector and stage are lifted a little; without such a
    project nothing is."""
    reading: bool = True
    """Whether "ce que dit Camille sur les prix" is a filter by who speaks: see the answer's."""
    mode: SearchMode = SearchMode.FULL
    """While ``q`` is still being typed, ``instant`` takes its last word for the start of one and
    goes by words alone: one page, without facets; ``retrievers`` and ``sort`` mean nothing."""
    surface: Surface = Surface.API
    """Where the person searches, for statistics alone."""


class Person(msgspec.Struct, frozen=True):
    """Somebody who speaks in a document."""

    id: str
    name: str


class ParticipantView(msgspec.Struct, frozen=True):
    """Somebody who takes part in a document, and as what."""

    id: str
    name: str
    role: ParticipantRole


class TagView(msgspec.Struct, frozen=True):
    """A tag on a document, with its French label."""

    id: str
    label: str
    facet: TagFacet | None
    """``null`` for a tag that has left the taxonomy since."""


class HighlightSpan(msgspec.Struct, frozen=True):
    """Characters [start, end) of a snippet to mark."""

    start: int
    end: int


class SnippetView(msgspec.Struct, frozen=True):
    """The text window of a passage, as plain text, and what to mark in it."""

    text: str
    highlights: tuple[HighlightSpan, ...]


class Moment(msgspec.Struct, frozen=True):
    """When the first marked words are said."""

    start_ms: int
    end_ms: int


class SearchPassage(msgspec.Struct, frozen=True):
    """One matching passage; one of ``start_ms``, ``page``, ``message`` and ``block`` is set."""

    passage_id: str
    """A 63-bit number as text: JavaScript would round it."""
    snippet: SnippetView
    heading: str
    speakers: tuple[Person, ...]
    score: float
    url: str
    """Portal address of the exact place."""
    start_ms: int | None = None
    end_ms: int | None = None
    moment: Moment | None = None
    page: int | None = None
    last_page: int | None = None
    message: int | None = None
    last_message: int | None = None
    block: int | None = None
    last_block: int | None = None
    reply: ReplyView | None = None
    """The question that the passage puts or answers, of a conversation."""
    on_screen: bool = False
    """Whether it is read on the screen of a video, and not said."""


class SimilarView(msgspec.Struct, frozen=True):
    """A document that says the same as a hit, and is shown under it."""

    document_id: str
    title: str
    kind: DocumentKind
    url: str
    """Portal address of the document."""


class SearchHit(msgspec.Struct, frozen=True):
    """A document shown for a query, with its best passages, best first."""

    rank: int
    document_id: str
    kind: DocumentKind
    media_kind: MediaKind
    title: str
    url: str
    """Portal address of the best place: ``?t=12.3``, ``#page=3``, ``#message=4``, ``#block=0``."""
    language: str
    visibility: Visibility
    created_at: datetime
    duration_ms: int | None
    n_pages: int | None
    poster_url: str | None
    participants: tuple[ParticipantView, ...]
    tags: tuple[TagView, ...]
    score: float
    passages: tuple[SearchPassage, ...]
    explanation: ExplanationView
    similar: tuple[SimilarView, ...] = ()
    """Documents that say the same, or answer the same question: no hits of their own."""


class FacetValue(msgspec.Struct, frozen=True):
    """A value to narrow by, and how many documents of the candidate set have it."""

    value: str
    label: str
    count: int


class ReadingView(msgspec.Struct, frozen=True):
    """What plain words were taken for: the filter ``speaker``, and what was looked for in it."""

    speakers: tuple[Person, ...]
    q: str


class SearchResponse(msgspec.Struct, frozen=True):
    """One page of hits with the counts around them."""

    query_id: str
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    total: int
    total_relation: TotalRelation
    page: int
    per_page: int
    took_ms: float
    timings_ms: dict[str, float]
    confidence: float | None = None
    """Probability, from 0 to 1, that the first ten documents by score hold an answer; the same on
    every page. ``null`` where nothing tells: conditions alone, ``mode=instant``."""
    suggestion: str | None = None
    reading: ReadingView | None = None
    """Whose words ``q`` was taken to ask for; ``reading=false`` looks for it as typed."""
    is_doubtful: bool = False
    """Whether ``confidence`` is below the service's threshold: these are only the nearest."""


class SuggestionView(msgspec.Struct, frozen=True):
    """A completion of what is being typed: a title, a tag, a mentor, a query of others."""

    text: str
    type: SuggestionType
    id: str
    """Of the document, the tag or the mentor; of a query its text."""
    url: str | None
    """Portal address of the document; ``null`` for a filter and for a query."""


class SuggestResponse(msgspec.Struct, frozen=True):
    """Completions, best first."""

    suggestions: tuple[SuggestionView, ...]


# --- documents -------------------------------------------------------------------------------


class DocumentTagView(msgspec.Struct, frozen=True):
    """A tag on a document, who or what put it there, and how sure."""

    id: str
    label: str
    facet: TagFacet | None
    assigner: TagAssigner
    confidence: float


class DocumentLinks(msgspec.Struct, frozen=True):
    """Addresses of a document's parts; ``null`` for a part that it does not have."""

    content: str
    original: str | None
    transcript: str | None
    media: str | None
    poster: str | None
    thumbnails: str | None
    """WebVTT whose cues name a part (``#xywh=``) of a sheet of small pictures of the video."""
    pages: tuple[str, ...]


class DocumentView(msgspec.Struct, frozen=True):
    """A published document."""

    id: str
    kind: DocumentKind
    media_kind: MediaKind
    title: str
    url: str
    language: str
    visibility: Visibility
    filename: str
    revision: str
    media_type: str | None
    created_at: datetime
    published_at: datetime
    duration_ms: int | None
    n_pages: int | None
    n_passages: int
    participants: tuple[ParticipantView, ...]
    tags: tuple[DocumentTagView, ...]
    links: DocumentLinks
    may_edit: bool
    """Whether this caller may change the tags and the visibility, and delete."""
    sharing: SharingState | None = None
    """How far its sharing with students has come; ``null`` where nobody asked, and to students."""


class DocumentList(msgspec.Struct, frozen=True):
    """One page of documents, newest first."""

    documents: tuple[DocumentView, ...]
    total: int
    page: int
    per_page: int


class WordView(msgspec.Struct, frozen=True):
    """One spoken word."""

    text: str
    start_ms: int
    end_ms: int
    heard: str | None = None
    """What was recognised, where the glossary replaced it."""


class CorrectionView(msgspec.Struct, frozen=True):
    """What a person says was said in a turn, beside what the machine heard."""

    text: str
    heard: str
    corrected_by: Person
    corrected_at: datetime
    is_applied: bool
    """Whether the transcript and searches hold this text; they follow within some seconds."""
    speaker: Person | None = None
    """Who said it, where a person corrected that."""


class UtteranceView(msgspec.Struct, frozen=True):
    """One turn of speech, or one message."""

    ordinal: int
    text: str
    speaker_id: str | None
    start_ms: int | None
    end_ms: int | None
    sent_at: datetime | None
    confidence: float | None
    flags: tuple[UtteranceFlag, ...]
    words: tuple[WordView, ...]
    """Empty unless asked for with ``words=true``."""
    correction: CorrectionView | None = None
    heard: str | None = None
    """The whole text as it was recognised, where the glossary replaced words of it."""


class HoleView(msgspec.Struct, frozen=True):
    """A stretch where somebody speaks and next to nothing was recognised."""

    start_ms: int
    end_ms: int


class ChapterView(msgspec.Struct, frozen=True):
    """A named part of a recording."""

    title: str
    start_ms: int
    end_ms: int


class SlideView(msgspec.Struct, frozen=True):
    """What can be read on the screen of a video while its picture stands still."""

    text: str
    start_ms: int
    end_ms: int


class TranscriptView(msgspec.Struct, frozen=True, tag="transcript", tag_field="type"):
    """Turns in order of time, with their speakers."""

    document_id: str
    speakers: tuple[Person, ...]
    utterances: tuple[UtteranceView, ...]
    holes: tuple[HoleView, ...]
    chapters: tuple[ChapterView, ...]
    """In order of time; empty when the recording names none."""
    slides: tuple[SlideView, ...] = ()
    """In order of time, each text once."""


class TagsRequest(_Request, frozen=True):
    """The tags that a person wants on a document: all of them, not only new ones."""

    tags: FilterValues


# --- jobs ------------------------------------------------------------------------------------


class UploadReceipt(msgspec.Struct, frozen=True):
    """What became of an upload."""

    job: JobView
    document_id: str
    is_new: bool
    """False when the same bytes were already there: the job is the one that took them."""


# --- tags, health --------------------------------------------------------------------


class TaxonomyTag(msgspec.Struct, frozen=True):
    """One entry of the school's taxonomy."""

    id: str
    facet: TagFacet
    label: str
    label_en: str
    aliases: tuple[str, ...]
    description: str
    hard: bool | None


class TaxonomyView(msgspec.Struct, frozen=True):
    """The whole taxonomy, in the order of its file."""

    tags: tuple[TaxonomyTag, ...]


class HealthCheck(msgspec.Struct, frozen=True):
    """One thing the service needs, and whether it answers."""

    name: str
    ok: bool
    detail: str
    took_ms: float
    required: bool = True
    """Whether searches need it: one that they do not need never makes the service unready."""


class HealthView(msgspec.Struct, frozen=True):
    """Whether the service can answer searches."""

    status: str
    """``ready`` or ``not-ready``; always ``live`` for liveness."""
    checks: tuple[HealthCheck, ...] = ()


class FieldProblem(msgspec.Struct, frozen=True):
    """One field that does not fit."""

    path: str
    """Where: ``q``, ``page``, ``tags[1]``."""
    message: str


class Problem(msgspec.Struct, frozen=True):
    """An error as RFC 9457 describes it; ``code`` is stable, ``detail`` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: tuple[FieldProblem, ...] = ()
