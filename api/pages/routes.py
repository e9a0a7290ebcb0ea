"""The addresses of the portal that a person opens: home, results, documents, signing in."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from api.access import nothing, replies_of, shown_content, visible_document
from api.controllers.search import answer as answer_search
from api.controllers.session import session_cookie
from api.dependencies import DEPENDENCIES, TheServices
from api.guards import require_own_page
from api.pages.addresses import SearchAddress, read_address, read_from, unknown_parts
from api.pages.asking import asking_handlers
from api.pages.assets import serve_asset, serve_favicon
from api.pages.console import console_handlers
from api.pages.editing import editing_handlers
from api.pages.experiments import show_experiments
from api.pages.hiding import bands_of
from api.pages.home import home_view
from api.pages.own import own_of
from api.pages.problems import render_problem
from api.pages.reading import lines_of, marked_blocks
from api.pages.recommended import whys_of
from api.pages.related import related_questions
from api.pages.rendering import render_page
from api.pages.results import Labels, results_view
from api.pages.sharing import sharing_handlers
from api.pages.timeline import WIDTH, timeline_of
from api.pages.visit import AnyRequest, Html, Visit, for_callers
from api.pages.visitor import persona_cookie
from api.personas import persona_of
from api.services import Services
from api.views.documents import content_view, document_view
from api.views.replies import reply_view
from schemas.feedback import Surface
from schemas.identity import Caller
from schemas.wire import (
    ChapterView,
    DocumentView,
    HoleView,
    SearchPassage,
    SearchRequest,
    SearchResponse,
    TranscriptView,
    UtteranceView,
)
from schemas.wire_body import BlockView, BodyView

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
_MAX_SECONDS: Final = 10 * 24 * 3600.0


@get("/", include_in_schema=False, sync_to_thread=True)
def show_home_or_results(services: TheServices, request: AnyRequest) -> Html:
    """Show what the address asks for, or the first page when it asks for nothing."""
    return for_callers(services, request, _home_or_results)


@get("/documents/{document_id:str}", include_in_schema=False, sync_to_thread=True)
def show_document(services: TheServices, request: AnyRequest, document_id: FromPath[str]) -> Html:
    """Show a document in place, with the words of the query marked."""
    return for_callers(services, request, lambda visit: _document(visit, document_id))


@post(
    "/session",
    guards=[require_own_page],
    include_in_schema=False,
    sync_to_thread=True,
    status_code=303,
)
def sign_in(services: TheServices, request: AnyRequest, data: Form) -> Response[None]:
    """Open a session from a form: as a persona of the demo, or with an access token.

    Raises:
        ForbiddenError: If the form stands on a page of another site.
        NotFoundError: If the persona does not exist, or outside of demo mode.
        UnauthenticatedError: If the token does not hold.
    """
    if "token" in data:
        token = data["token"].strip()
        session = services.verifier.verify(token)
        cookie = session_cookie(request, token, session, services.clock())
    elif services.settings.demo:
        cookie = persona_cookie(request, services, persona_of(data.get("persona", "")).caller)
    else:
        raise nothing()
    headers = {"Location": _own_address(data.get("next", "/")), "Cache-Control": "no-store"}
    return Response(None, status_code=303, cookies=[cookie], headers=headers)


pages_router: Final = Router(
    "/",
    dependencies=DEPENDENCIES,
    route_handlers=[
        show_home_or_results,
        show_document,
        *console_handlers,
        show_experiments,
        *editing_handlers,
        *sharing_handlers,
        *asking_handlers,
        sign_in,
        serve_asset,
        serve_favicon,
    ],
    exception_handlers={Exception: render_problem},
)


def _home_or_results(visit: Visit) -> Html:
    services, request, visitor, caller = visit
    address = read_address(request.query_params)
    if address.is_home:
        home = home_view(services, caller)
        labels = Labels(services.taxonomy, visitor.t, {})
        shown = home.for_me.found if home.for_me else ()
        return render_page(
            "home.html",
            visitor,
            address=address,
            home=home,
            labels=labels,
            why={each.document.id: whys_of(each.whys, labels, visitor.t) for each in shown},
        )
    answer = answer_search(services, caller, address.request(), surface=_surface(request))
    labels = Labels(services.taxonomy, visitor.t, _names(services, caller, address, answer))
    return render_page(
        "results.html",
        visitor,
        address=address,
        view=results_view(
            address,
            answer,
            labels=labels,
            t=visitor.t,
            unknown=unknown_parts(request.query_params),
            profile=services.catalog.profiles.get(caller.person_id),
        ),
        own=own_of(services, caller, address.q, [hit.document_id for hit in answer.hits]),
        labels=labels,
    )


def _surface(request: AnyRequest) -> Surface | None:
    """Return where a page was searched; a page that the browser fetches ahead was not yet."""
    purpose = request.headers.get("sec-purpose", request.headers.get("purpose", ""))
    return None if "prefetch" in purpose else Surface.PORTAL


def _document(visit: Visit, document_id: str) -> Html:
    services, request, visitor, caller = visit
    document = visible_document(services, caller, document_id)
    tags = services.catalog.documents.tags([document.id]).get(document.id, ())
    view = document_view(document, tags, taxonomy=services.taxonomy, caller=caller)
    shown, _ = shown_content(services, caller, document)
    content = content_view(document.id, shown, with_words=True)
    q = read_address(request.query_params).q
    passages = _passages(services, caller, document_id, q)
    start_s = _seconds(str(request.query_params.get("t", "")))
    turns: tuple[UtteranceView, ...] = ()
    chapters: tuple[ChapterView, ...] = ()
    holes: tuple[HoleView, ...] = ()
    texts: tuple[BlockView, ...] = ()
    match content:
        case TranscriptView():
            turns, chapters = content.utterances, content.chapters
            holes = content.holes
        case BodyView():
            texts = content.blocks
    lines = lines_of(turns, passages, q, at_s=start_s)
    return render_page(
        "document.html",
        visitor,
        address=SearchAddress(q=q),
        document=view,
        own=own_of(services, caller, q, [document.id]),
        query_id=read_from(request.query_params) if q else "",
        viewer=_viewer(view, content),
        content=content,
        lines=lines,
        timeline=timeline_of(view.duration_ms, lines, passages, chapters, holes=holes),
        blocks=marked_blocks(texts, passages, q),
        passages=passages,
        related=related_questions(services, caller, document),
        replies=[reply_view(each, document) for each in replies_of(services, caller, document)],
        start_s=start_s,
        bands=bands_of(document, WIDTH) if view.may_edit else (),
        labels=Labels(services.taxonomy, visitor.t, {}),
    )


def _passages(
    services: Services, caller: Caller, document_id: str, q: str
) -> tuple[SearchPassage, ...]:
    """Return the passages of one document that meet the query, best first."""
    if not q:
        return ()
    request = SearchRequest(q=q, document=(document_id,), per_page=1)
    hits = answer_search(services, caller, request, surface=None).hits
    return hits[0].passages if hits else ()


def _viewer(document: DocumentView, content: TranscriptView | BodyView) -> str:
    """Return which template shows the content."""
    if isinstance(content, BodyView):
        return "pdf" if document.links.pages else "text"
    is_timed = any(one.start_ms is not None for one in content.utterances)
    return "recording" if is_timed or document.links.media else "conversation"


def _names(
    services: Services, caller: Caller, address: SearchAddress, answer: SearchResponse
) -> dict[str, str]:
    """Return the names of people whom a filter names and no result has.

    Asked of what the caller may see, as any facet: whoever knows the id of a person of private
    exchanges does not learn the name from it.
    """
    names: dict[str, str] = {}
    for name in ("mentor", "speaker"):
        counted = {each.value for each in answer.facets.get(name, ())}
        absent = tuple(value for value in address.chosen(name) if value not in counted)
        if absent:
            everything = msgspec.structs.replace(SearchAddress(), **{name: absent}).request()
            facet = answer_search(services, caller, everything, surface=None).facets.get(name, ())
            names |= {each.value: each.label for each in facet if each.value in absent}
    return names


def _seconds(text: str) -> float | None:
    """Return the second that ``?t=`` names; what is no place in a recording is passed over."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _MAX_SECONDS else None


def _own_address(text: str) -> str:
    """Return an address of this portal; one that leads elsewhere becomes the first page."""
    parts = urlsplit(text)
    is_own = not parts.scheme and not parts.netloc and text.startswith("/") and "\\" not in text
    return text if is_own and not text.startswith("//") else "/"
