"""Searches: from a request to a Query, from a ResultPage to a response."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Final

from api.views.places import document_url, place_url, poster_url
from api.views.replies import reply_view
from api.views.tags import tag_views
from indexer.taxonomy import Taxonomy
from schemas.content import Speaker
from schemas.document import Document, Participant
from schemas.errors import InvalidInputError
from schemas.feedback import Surface
from schemas.hit import (
    Explanation,
    Hit,
    PassageHit,
    Reading,
    ResultPage,
    Snippet,
    Suggestion,
    SuggestionType,
)
from schemas.identity import Caller
from schemas.ids import DocumentId, PersonId, TagId
from schemas.query import Filter, Project, Query
from schemas.span import BlockSpan, MessageSpan, PageSpan, TimeSpan
from schemas.wire import (
    FacetValue,
    HighlightSpan,
    Moment,
    ParticipantView,
    Person,
    ReadingView,
    SearchHit,
    SearchPassage,
    SearchRequest,
    SearchResponse,
    SimilarView,
    SnippetView,
    SuggestionView,
    SuggestResponse,
)
from schemas.wire_explanation import ExplanationView, GroundView

People = Mapping[PersonId, Speaker]
_DATE_CHARS: Final = len("2026-03-01")


def to_query(request: SearchRequest, caller: Caller, project: Project | None = None) -> Query:
    """Return the query of a request, within what its caller may see, for what the caller builds.

    Raises:
        InvalidInputError: If a date is not one.
    """
    where = Filter(
        audiences=caller.audiences,
        kinds=frozenset(request.kind),
        tags=frozenset(TagId(tag) for tag in request.tag),
        speakers=frozenset(PersonId(person) for person in request.speaker),
        mentors=frozenset(PersonId(person) for person in request.mentor),
        documents=frozenset(request.document),
        since=_time_of(request.since, field="since", day_time=time.min),
        until=_time_of(request.until, field="until", day_time=time.max),
    )
    return Query(
        text=request.q,
        filter=where,
        page=request.page,
        per_page=request.per_page,
        retrievers=request.retrievers,
        order=request.sort,
        # The component has no place to show such a filter, and nobody is to be filtered unseen.
        reading=request.reading and request.surface is not Surface.COMPONENT,
        project=project,
    )


def unnamed_people(page: ResultPage) -> set[PersonId]:
    """Return the speakers of a page's passages whom their documents do not name."""
    return {
        speaker_id
        for hit in page.hits
        for passage in hit.passages
        for speaker_id in passage.speaker_ids
        if all(speaker_id != participant.id for participant in hit.document.participants)
    }


def search_response(
    page: ResultPage, request: SearchRequest, *, taxonomy: Taxonomy, people: People
) -> SearchResponse:
    """Return a page of results as clients see it."""
    return SearchResponse(
        query_id=page.query_id,
        hits=tuple(_hit(hit, taxonomy, people) for hit in page.hits),
        facets={
            name: tuple(FacetValue(each.value, each.label, each.count) for each in counts)
            for name, counts in page.facets.items()
        },
        total=page.total,
        total_relation=page.total_relation,
        page=request.page,
        per_page=request.per_page,
        took_ms=page.took_ms,
        timings_ms=page.timings_ms,
        confidence=page.confidence,
        suggestion=page.suggestion,
        reading=_reading(page.reading) if page.reading else None,
        is_doubtful=page.is_doubtful,
    )


def suggest_response(suggestions: Iterable[Suggestion]) -> SuggestResponse:
    """Return completions as clients see them, in the same order."""
    return SuggestResponse(tuple(_suggestion(each) for each in suggestions))


def participant_views(participants: Iterable[Participant]) -> tuple[ParticipantView, ...]:
    """Return the people of a document; whoever may see the document may see them."""
    return tuple(ParticipantView(each.id, each.name, each.role) for each in participants)


def _reading(reading: Reading) -> ReadingView:
    speakers = tuple(Person(each.id, each.name) for each in reading.speakers)
    return ReadingView(speakers, reading.text)


def _suggestion(suggestion: Suggestion) -> SuggestionView:
    is_document = suggestion.type is SuggestionType.DOCUMENT
    url = document_url(DocumentId(suggestion.id)) if is_document else None
    return SuggestionView(suggestion.text, suggestion.type, suggestion.id, url)


def _hit(hit: Hit, taxonomy: Taxonomy, people: People) -> SearchHit:
    document = hit.document
    passages = tuple(_passage(passage, document, people) for passage in hit.passages)
    return SearchHit(
        rank=hit.rank,
        document_id=document.id,
        kind=document.kind,
        media_kind=document.media_kind,
        title=document.title,
        url=passages[0].url if passages else document_url(document.id),
        language=document.language,
        visibility=document.visibility,
        created_at=document.created_at,
        duration_ms=document.duration_ms,
        n_pages=document.n_pages,
        poster_url=poster_url(document),
        participants=participant_views(document.participants),
        tags=tag_views(hit.tags, taxonomy),
        score=hit.score,
        passages=passages,
        explanation=_explanation(hit.explanation),
        similar=tuple(
            SimilarView(each.id, each.title, each.kind, document_url(each.id))
            for each in hit.similar
        ),
    )


def _passage(hit: PassageHit, document: Document, people: People) -> SearchPassage:
    place, moment = hit.locator, hit.moment
    return SearchPassage(
        passage_id=str(hit.passage_id),
        snippet=_snippet(hit.snippet),
        heading=hit.heading,
        speakers=_speakers(hit.speaker_ids, document, people),
        score=hit.score,
        url=place_url(document.id, place, moment),
        start_ms=place.start_ms if isinstance(place, TimeSpan) else None,
        end_ms=place.end_ms if isinstance(place, TimeSpan) else None,
        moment=Moment(moment.start_ms, moment.end_ms) if moment is not None else None,
        page=place.start_page if isinstance(place, PageSpan) else None,
        last_page=place.end_page - 1 if isinstance(place, PageSpan) else None,
        message=place.start_message if isinstance(place, MessageSpan) else None,
        last_message=place.end_message - 1 if isinstance(place, MessageSpan) else None,
        block=place.start_block if isinstance(place, BlockSpan) else None,
        last_block=place.end_block - 1 if isinstance(place, BlockSpan) else None,
        reply=reply_view(hit.reply, document) if hit.reply else None,
        on_screen=hit.on_screen,
    )


def _snippet(snippet: Snippet) -> SnippetView:
    marks = tuple(HighlightSpan(span.start, span.end) for span in snippet.highlights)
    return SnippetView(snippet.text, marks)


def _speakers(
    speaker_ids: Iterable[PersonId], document: Document, people: People
) -> tuple[Person, ...]:
    names = {each.id: each.name for each in document.participants}
    known = {each: names.get(each) or _name_of(each, people) for each in speaker_ids}
    return tuple(Person(person_id, name) for person_id, name in known.items())


def _name_of(person_id: PersonId, people: People) -> str:
    person = people.get(person_id)
    return person.name if person is not None else person_id


def _explanation(explanation: Explanation) -> ExplanationView:
    return ExplanationView(
        lexical=explanation.lexical,
        grams=explanation.grams,
        dense=explanation.dense,
        lexical_z=explanation.lexical_z,
        dense_z=explanation.dense_z,
        fused=explanation.fused,
        matched_terms=explanation.matched_terms,
        grounds=tuple(
            GroundView(each.code, each.words, each.n_people, each.n_voters)
            for each in explanation.grounds
        ),
        second=explanation.second,
        reranker=explanation.reranker,
        usefulness=explanation.usefulness,
        personal=explanation.personal,
    )


def _time_of(text: str | None, *, field: str, day_time: time) -> datetime | None:
    """Read a date or a time; a date alone stands for the given time of that day, in UTC."""
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInputError(f"{field}: {text!r} is not a date (2026-03-01) or a time.") from exc
    if len(text) == _DATE_CHARS:
        parsed = datetime.combine(parsed.date(), day_time)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
