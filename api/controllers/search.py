"""Searching, and completing what is being typed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter

from api.dependencies import TheCaller, TheServices
from api.guards import PARAMETERS, require_known_parameters
from api.services import Services
from api.views.search import search_response, suggest_response, to_query, unnamed_people
from indexer.analysis.normalize import well_formed
from indexer.engine import Engine
from indexer.retrieval.instant import instant
from indexer.retrieval.search import has_word, is_narrowed
from indexer.retrieval.search import search as run_search
from indexer.retrieval.suggest import suggest as run_suggest
from schemas.document import DocumentKind
from schemas.errors import InvalidInputError
from schemas.feedback import Surface
from schemas.hit import ResultPage
from schemas.identity import Caller
from schemas.profile import project_of
from schemas.query import (
    MAX_PAGE,
    MAX_PER_PAGE,
    MAX_QUERY_CHARS,
    Order,
    Project,
    Query,
    RetrieverChoice,
    SearchMode,
)
from schemas.wire import SearchRequest, SearchResponse, SuggestResponse

Values = Annotated[
    list[str] | None, QueryParameter(max_items=50, description="Repeat for several.")
]


@get(
    "/search",
    sync_to_thread=True,
    guards=[require_known_parameters],
    opt={PARAMETERS: SearchRequest.__struct_fields__},
    summary="Search",
)
def search(  # noqa: PLR0913, PLR0917 - one argument per query parameter is what documents them
    services: TheServices,
    caller: TheCaller,
    q: Annotated[
        str, QueryParameter(max_length=MAX_QUERY_CHARS, description="Words or a question.")
    ],
    page: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 1,
    per_page: Annotated[int, QueryParameter(ge=1, le=MAX_PER_PAGE)] = 10,
    kind: FromQuery[list[DocumentKind] | None] = None,
    tag: Values = None,
    speaker: Values = None,
    mentor: Values = None,
    document: Values = None,
    since: Annotated[str | None, QueryParameter(description="Date or time.")] = None,
    until: Annotated[str | None, QueryParameter(description="Date (included) or time.")] = None,
    retrievers: FromQuery[RetrieverChoice] = RetrieverChoice.HYBRID,
    sort: FromQuery[Order] = Order.RELEVANCE,
    mode: FromQuery[SearchMode] = SearchMode.FULL,
    *,
    personal: FromQuery[bool] = True,
    reading: FromQuery[bool] = True,
    surface: FromQuery[Surface] = Surface.API,
) -> SearchResponse:
    """Search everything that the caller may see; a link to a search can be kept and shared."""
    request = SearchRequest(
        q=q,
        page=page,
        per_page=per_page,
        kind=tuple(kind or ()),
        tag=tuple(tag or ()),
        speaker=tuple(speaker or ()),
        mentor=tuple(mentor or ()),
        document=tuple(document or ()),
        since=since,
        until=until,
        retrievers=retrievers,
        sort=sort,
        personal=personal,
        reading=reading,
        mode=mode,
        surface=surface,
    )
    return answer(services, caller, request, surface=surface)


@post("/search", sync_to_thread=True, status_code=200, summary="Search, request as JSON")
def search_by_body(
    services: TheServices, caller: TheCaller, data: JSONBody[SearchRequest]
) -> SearchResponse:
    """Search everything that the caller may see; nothing is written to any address or log."""
    return answer(services, caller, data, surface=data.surface)


@get(
    "/suggest",
    sync_to_thread=True,
    guards=[require_known_parameters],
    opt={PARAMETERS: ("q", "limit")},
    summary="Complete what is being typed",
)
def suggest(
    services: TheServices,
    caller: TheCaller,
    q: Annotated[str, QueryParameter(max_length=MAX_QUERY_CHARS)],
    limit: Annotated[int, QueryParameter(ge=1, le=20)] = 8,
) -> SuggestResponse:
    """Offer titles, tags and mentors of what the caller may see, and what helped others there."""
    found = run_suggest(q, caller.audiences, services.handle.engine, limit=limit)
    return suggest_response(found)


search_router = Router("/", route_handlers=[search, search_by_body, suggest], tags=["search"])


def answer(
    services: Services,
    caller: Caller,
    request: SearchRequest,
    *,
    surface: Surface | None = Surface.API,
) -> SearchResponse:
    """Run a search for a caller: what routes and pages share.

    Args:
        services: The bundle.
        caller: Whose search it is.
        request: What is asked for.
        surface: Where the person searches, for the log of what people do with answers; ``None``
            for a search that nobody asked for: the parts of a page.

    Raises:
        InvalidInputError: If the request exceeds a limit.
    """
    query = to_query(request, caller, project_for(services, caller, request))
    if surface is not None:
        query = msgspec.structs.replace(query, asker=services.feedback.asker(caller))
    page = _page(query, request.mode, services.handle.engine)
    if surface is not None and request.mode is SearchMode.FULL and has_word(request.q):
        services.feedback.record_search(
            caller,
            well_formed(request.q),
            page,
            number=request.page,
            surface=surface,
            is_filtered=is_narrowed(query) or page.reading is not None,
        )
    if request.mode is SearchMode.FULL:  # the others are quick and many, and would hide it
        services.metrics.observe_search(took_ms=page.took_ms, timings_ms=page.timings_ms)
    missing = unnamed_people(page)
    people = services.catalog.documents.people(missing) if missing else {}
    return search_response(page, request, taxonomy=services.taxonomy, people=people)


def project_for(services: Services, caller: Caller, request: SearchRequest) -> Project | None:
    """Return the sector and stage that a search is lifted for; ``None`` where it is for nobody."""
    if not request.personal or request.mode is not SearchMode.FULL or not request.q.strip():
        return None
    profile = services.catalog.profiles.get(caller.person_id)
    return project_of(profile) if profile is not None else None


def _page(query: Query, mode: SearchMode, engine: Engine) -> ResultPage:
    if mode is SearchMode.INSTANT:
        if query.page > 1:
            raise InvalidInputError("An instant answer has one page.")
        return instant(query.text, query.filter, engine, limit=query.per_page)
    return run_search(query, engine)
