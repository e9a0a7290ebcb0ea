"""The page on which a mentor shares an exchange: its preview, what is decided, the confirmation."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from api.access import visible_document
from api.dependencies import TheServices
from api.guards import require_own_page
from api.pages.addresses import SearchAddress
from api.pages.rendering import render_page
from api.pages.visit import AnyRequest, Html, Visit, for_mentors
from api.services import Services
from api.views.documents import document_view
from api.views.sharing import sharing_page_url, sharing_view
from indexer.anonymising.redacting import silences
from indexer.sharing import desk
from indexer.sharing.preview import Preview, preview_of
from schemas.document import Document, Visibility
from schemas.errors import ConflictError, InvalidInputError
from schemas.sharing import MAX_MARKS, Decisions, Finding, FindingKind, Mark, Place
from schemas.span import TimeSpan
from schemas.wire_sharing import SharingView

MAX_WORDS_CHARS: Final = 200

ShareForm = Annotated[dict[str, str | list[str]], Body(media_type=RequestEncodingType.URL_ENCODED)]


class Said(StrEnum):
    """What became of what was sent: the page says it in words."""

    SAVED = "saved"
    ADDED = "added"  # words that a mentor wants hidden, to be looked at before confirming
    UNFOUND = "unfound"
    CHANGED = "changed"


class Seen(msgspec.Struct, frozen=True):
    """A sharing that is looked at."""

    view: SharingView
    silences: tuple[TimeSpan, ...]
    """What of the copy's sound is silent, in order."""


@get("/documents/{document_id:str}/share", include_in_schema=False, sync_to_thread=True)
def show_sharing(services: TheServices, request: AnyRequest, document_id: FromPath[str]) -> Html:
    """Show what a copy for students would be, to mentors who may see the document."""
    return for_mentors(services, request, lambda visit: _page(visit, document_id))


_POSTED: Final[dict[str, Any]] = {
    "guards": [require_own_page],
    "include_in_schema": False,
    "sync_to_thread": True,
    "status_code": 303,
}


@post("/documents/{document_id:str}/share", **_POSTED)
def ask_to_share(services: TheServices, request: AnyRequest, document_id: FromPath[str]) -> Html:
    """Look for what tells who somebody is; nothing is shared by that."""

    def ask(visit: Visit, document: Document) -> Html:
        desk.ask(services.intake, document, visit.caller)
        return _to(sharing_page_url(document.id))

    return _do(services, request, document_id, ask)


@post("/documents/{document_id:str}/share/decisions", **_POSTED)
def save_decisions(
    services: TheServices, request: AnyRequest, document_id: FromPath[str], data: ShareForm
) -> Html:
    """Keep what is ticked, and hide the words that were typed wherever they stand."""
    return _do(services, request, document_id, lambda _, document: _save(services, document, data))


@post("/documents/{document_id:str}/share/confirm", **_POSTED)
def confirm(
    services: TheServices, request: AnyRequest, document_id: FromPath[str], data: ShareForm
) -> Html:
    """Have the copy made as it is ticked; typed words are hidden and looked at first."""

    def share(visit: Visit, document: Document) -> Html:
        if _words(data):
            return _save(services, document, data)
        try:
            decided = _decided(services, document, data)
            desk.confirm(services.intake, document, decided.version, visit.caller)
        except ConflictError:
            return _to_page(document, Said.CHANGED)
        return _to(sharing_page_url(document.id))

    return _do(services, request, document_id, share)


@post("/documents/{document_id:str}/share/withdraw", **_POSTED)
def withdraw(services: TheServices, request: AnyRequest, document_id: FromPath[str]) -> Html:
    """Take the copy back, or forget the wish to share."""

    def take_back(_: Visit, document: Document) -> Html:
        desk.withdraw(services.intake, document)
        return _to(sharing_page_url(document.id))

    return _do(services, request, document_id, take_back)


sharing_handlers: Final = (show_sharing, ask_to_share, save_decisions, confirm, withdraw)


def places_of(words: str, texts: Mapping[int, str]) -> Iterator[Mark]:
    """Yield every place where these words stand, whatever their case, as whole words."""
    wanted = r"\s+".join(re.escape(word) for word in words.split())
    pattern = re.compile(rf"(?<!\w){wanted}(?!\w)", re.IGNORECASE)
    for turn, text in texts.items():
        for found in pattern.finditer(text):
            yield Mark(Place(turn, found.start(), found.end()), found[0])


def decisions_of(seen: Preview, ticked: Collection[Place], *, names_mentor: bool) -> Decisions:
    """Return what a mentor decided who ticked these of the places that a preview shows.

    What is not ticked stays as it is; a mark of a mentor is then forgotten. Mentors who stay named
    are not to be ticked, so that says nothing of them.
    """

    def is_let_go(one: Finding) -> bool:
        is_named = seen.decisions.names_mentor and one.kind is FindingKind.MENTOR
        return one.place not in ticked and one.kind is not FindingKind.MARKED and not is_named

    by_hand = (one for one in seen.findings if one.kind is FindingKind.MARKED)
    return Decisions(
        kept=tuple(Mark(one.place, one.text) for one in seen.findings if is_let_go(one)),
        added=tuple(Mark(one.place, one.text) for one in by_hand if one.place in ticked),
        names_mentor=names_mentor,
    )


def _page(visit: Visit, document_id: str) -> Html:
    services, request, visitor, caller = visit
    document = visible_document(services, caller, document_id)
    tags = services.catalog.documents.tags([document.id]).get(document.id, ())
    said = str(request.query_params.get("said", ""))
    return render_page(
        "share.html",
        visitor,
        address=SearchAddress(),
        document=document_view(document, tags, taxonomy=services.taxonomy, caller=caller),
        seen=_seen(services, document),
        is_open=document.visibility is Visibility.STUDENTS,
        has_hidden=bool(document.hidden),
        said=next((each for each in Said if each == said), None),
        max_words=MAX_WORDS_CHARS,
    )


def _seen(services: Services, document: Document) -> Seen | None:
    """Return the sharing with its preview; ``None`` where nobody has asked to share."""
    sharing = services.catalog.sharings.get(document.id)
    if sharing is None:
        return None
    preview = preview_of(services.catalog, services.blobs, document, sharing.decisions)
    view = sharing_view(services, sharing, preview)
    return Seen(view, silences(preview.content, preview.redactions) if view.has_sound else ())


def _do(
    services: Services,
    request: AnyRequest,
    document_id: str,
    act: Callable[[Visit, Document], Html],
) -> Html:
    """Do something with a document that a mentor may see."""

    def act_on_it(visit: Visit) -> Html:
        return act(visit, visible_document(services, visit.caller, document_id))

    return for_mentors(services, request, act_on_it)


def _save(services: Services, document: Document, form: dict[str, str | list[str]]) -> Html:
    try:
        decided = _decided(services, document, form)
    except ConflictError:
        return _to_page(document, Said.CHANGED)
    words = _words(form)
    if not words:
        return _to_page(document, Said.SAVED)
    more = tuple(places_of(words, decided.texts))
    if not more:
        return _to_page(document, Said.UNFOUND)
    added = msgspec.structs.replace(decided.decisions, added=(*decided.decisions.added, *more))
    _decide(services, document, added)
    return _to_page(document, Said.ADDED)


def _decided(services: Services, document: Document, form: dict[str, str | list[str]]) -> Preview:
    """Keep what is ticked in a form, and return what is then shared.

    Raises:
        NotFoundError: If nobody asked to share the document.
        ConflictError: If the form shows another preview than the one that there is: what came
            meanwhile is not ticked in it, and would be let through.
    """
    sharing = desk.sharing_of(services.intake, document)
    seen = preview_of(services.catalog, services.blobs, document, sharing.decisions)
    if form.get("version") != seen.version:
        raise ConflictError("What would be shared has changed meanwhile: look at it again.")
    decided = decisions_of(seen, _ticked(form), names_mentor="names_mentor" in form)
    _decide(services, document, decided)
    return preview_of(services.catalog, services.blobs, document, decided)


def _decide(services: Services, document: Document, decisions: Decisions) -> None:
    if max(len(decisions.kept), len(decisions.added)) > MAX_MARKS:
        raise InvalidInputError(f"At most {MAX_MARKS} places are marked in a document.")
    desk.decide(services.intake, document, decisions)


def _ticked(form: dict[str, str | list[str]]) -> set[Place]:
    """Return the places that a form ticks.

    Raises:
        InvalidInputError: If one is no place.
    """
    sent = form.get("hide", [])
    try:
        return {
            Place(*(int(part) for part in each.split(":")))
            for each in ([sent] if isinstance(sent, str) else sent)
        }
    except (ValueError, TypeError) as exc:
        raise InvalidInputError("hide: a place is turn:start:end.") from exc


def _words(form: dict[str, str | list[str]]) -> str:
    words = form.get("words", "")
    return " ".join(words.split())[:MAX_WORDS_CHARS] if isinstance(words, str) else ""


def _to_page(document: Document, said: Said) -> Html:
    return _to(f"{sharing_page_url(document.id)}?said={said}#said")


def _to(address: str) -> Html:
    headers = {"Location": address, "Cache-Control": "no-store"}
    return Response("", status_code=303, media_type="text/html", headers=headers)
