"""The page on which a mentor changes a document: its tags, readers and words, or deletes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from litestar import get
from litestar.params import FromPath

from api.access import content_of, visible_document
from api.dependencies import TheServices
from api.pages.addresses import SearchAddress
from api.pages.hiding import shown_restrictions, unit_of
from api.pages.rendering import render_page
from api.pages.speaking import speaking_in
from api.pages.tagging import tag_groups
from api.pages.texts import Texts
from api.pages.visit import AnyRequest, Html, Visit, for_mentors
from api.services import Services
from api.views.documents import content_view, document_view
from indexer.restricting import is_ready
from schemas.content import Content, Speaker
from schemas.document import Document, Visibility
from schemas.hiding import has_no_mask
from schemas.identity import Caller
from schemas.ids import PersonId
from schemas.tag import TagAssigner, TagAssignment
from schemas.wire import TranscriptView, UtteranceView


@get("/documents/{document_id:str}/edit", include_in_schema=False, sync_to_thread=True)
def show_editor(services: TheServices, request: AnyRequest, document_id: FromPath[str]) -> Html:
    """Show what may be changed of a document, to mentors who may see it."""
    return for_mentors(services, request, lambda visit: _editor(visit, document_id))


editing_handlers: Final = (show_editor,)


def _editor(visit: Visit, document_id: str) -> Html:
    services, _, visitor, caller = visit
    document = visible_document(services, caller, document_id)
    tags = services.catalog.documents.tags([document.id]).get(document.id, ())
    people = services.catalog.documents.people({
        PersonId(tag.person_id) for tag in tags if tag.person_id
    })
    content = content_of(services, document)
    return render_page(
        "edit.html",
        visitor,
        address=SearchAddress(),
        document=document_view(document, tags, taxonomy=services.taxonomy, caller=caller),
        tag_groups=tag_groups(
            services.taxonomy,
            visitor.t,
            {tag.tag_id: _origin(tag, people, caller, visitor.t) for tag in tags},
        ),
        visibilities=tuple(reversed(Visibility)),
        turns=_turns(services, document, content),
        speaking=speaking_in(services, caller, document, content),
        unit=unit_of(document),
        restrictions=shown_restrictions(services, document, visitor.t),
        is_hidden_ready=is_ready(services.intake, document),
        is_mask_missing=has_no_mask(document),
    )


def _turns(services: Services, document: Document, content: Content) -> tuple[UtteranceView, ...]:
    """Return the turns of speech, with what was corrected in them."""
    corrections = services.catalog.corrections.of(document.id, document.revision)
    view = content_view(document.id, content, corrections=corrections)
    if not isinstance(view, TranscriptView):
        return ()
    return tuple(turn for turn in view.utterances if turn.start_ms is not None)


def _origin(
    tag: TagAssignment, people: Mapping[PersonId, Speaker], caller: Caller, t: Texts
) -> str:
    """Say who or what put a tag on the document."""
    percent = t.number(tag.confidence * 100)
    match tag.assigner:
        case TagAssigner.ALIAS:
            return t("tag.by.alias", percent=percent)
        case TagAssigner.ENCODER:
            return t("tag.by.encoder", percent=percent)
        case TagAssigner.PERSON if tag.person_id is None:
            return t("tag.by.sender")
        case TagAssigner.PERSON if tag.person_id == caller.person_id:
            return t("tag.by.you")
        case TagAssigner.PERSON:
            known = people.get(PersonId(tag.person_id or ""))
            return t("tag.by.person", name=known.name if known else tag.person_id)
