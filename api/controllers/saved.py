"""Documents that the caller keeps at hand; everybody has a list of their own."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, delete, get, put
from litestar.params import FromPath, QueryParameter

from api.access import nothing, visible_document
from api.dependencies import TheCaller, TheServices
from api.views.documents import document_view
from schemas.errors import NotFoundError
from schemas.ids import DocumentId
from schemas.query import MAX_PAGE, MAX_PER_PAGE
from schemas.wire_people import SavedDocument, SavedList


@put("/saved/{document_id:str}", sync_to_thread=True, summary="Keep a document")
def save_document(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> SavedDocument:
    """Put a document on the caller's list; one that is there stays as it is."""
    document = visible_document(services, caller, document_id)
    try:
        since = services.catalog.saved.add(caller.person_id, document.id, services.clock())
    except NotFoundError as exc:  # deleted since it was looked up
        raise nothing() from exc
    tags = services.catalog.documents.tags([document.id])[document.id]
    view = document_view(document, tags, taxonomy=services.taxonomy, caller=caller)
    return SavedDocument(view, since)


@delete("/saved/{document_id:str}", sync_to_thread=True, summary="Keep it no longer")
def forget_saved_document(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> None:
    """Take a document off the caller's list; one that is not there is no error."""
    services.catalog.saved.remove(caller.person_id, DocumentId(document_id))


@get("/saved", sync_to_thread=True, summary="Documents I keep")
def list_saved_documents(
    services: TheServices,
    caller: TheCaller,
    *,
    page: Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)] = 1,
    per_page: Annotated[int, QueryParameter(ge=1, le=MAX_PER_PAGE)] = 20,
) -> SavedList:
    """List the documents that the caller keeps and may still see, the last one kept first."""
    found, total = services.catalog.saved.current(
        caller.person_id, caller.audiences, page=page, per_page=per_page
    )
    tags = services.catalog.documents.tags([document.id for document, _ in found])
    saved = tuple(
        SavedDocument(
            document_view(document, tags[document.id], taxonomy=services.taxonomy, caller=caller),
            since,
        )
        for document, since in found
    )
    return SavedList(saved, total, page, per_page)


saved_router = Router(
    "/",
    route_handlers=[save_document, forget_saved_document, list_saved_documents],
    tags=["saved documents"],
)
