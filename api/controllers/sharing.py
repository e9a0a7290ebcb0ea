"""Sharing an exchange with students: as a copy without names that a mentor has confirmed."""

from __future__ import annotations

from typing import Final

from litestar import Response, Router, delete, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from api.access import nothing, visible_document
from api.dependencies import TheCaller, TheServices
from api.guards import require_mentor
from api.services import Services
from api.views.jobs import job_view
from api.views.sharing import sharing_summary, sharing_view
from indexer.sharing import desk
from indexer.sharing.preview import preview_of
from schemas.document import Document
from schemas.sharing import Decisions
from schemas.wire import Problem
from schemas.wire_sharing import (
    ConfirmRequest,
    DecisionsRequest,
    SharingList,
    SharingReceipt,
    SharingView,
)

MAX_WAITING: Final = 200
"""Shown at once; a school that leaves more waiting than that sees the oldest first."""
_CONFLICT = {
    409: ResponseSpec(Problem, generate_examples=False, description="Its state is another one.")
}


@get("/sharings", guards=[require_mentor], sync_to_thread=True, summary="Sharings that wait")
def list_sharings(services: TheServices, caller: TheCaller) -> SharingList:
    """List the exchanges that somebody wants to share and that no mentor has confirmed."""
    waiting = services.catalog.sharings.waiting(caller.audiences, limit=MAX_WAITING)
    documents = services.catalog.documents.get_many([each.document_id for each in waiting])
    return SharingList(
        tuple(
            sharing_summary(each, documents[each.document_id])
            for each in waiting
            if each.document_id in documents
        )
    )


@post(
    "/documents/{document_id:str}/sharing",
    guards=[require_mentor],
    sync_to_thread=True,
    status_code=200,
    responses=_CONFLICT,
    summary="Ask to share an exchange",
)
def ask_sharing(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> SharingView:
    """Look for what tells who somebody is; nothing is shared before a mentor confirms.

    Asking again shows the same sharing, looked at anew.

    Raises:
        ConflictError: If students see the document already, or it is a copy.
    """
    document = visible_document(services, caller, document_id)
    desk.ask(services.intake, document, caller)
    return view_of(services, document)


@get(
    "/documents/{document_id:str}/sharing",
    guards=[require_mentor],
    sync_to_thread=True,
    summary="What was found in it",
)
def get_sharing(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> SharingView:
    """Return every turn with what was found in it, why, and how sure that is.

    Raises:
        NotFoundError: If nobody asked to share the document.
    """
    return view_of(services, visible_document(services, caller, document_id))


@put(
    "/documents/{document_id:str}/sharing/decisions",
    guards=[require_mentor],
    sync_to_thread=True,
    summary="Decide what is hidden",
)
def put_decisions(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    data: JSONBody[DecisionsRequest],
) -> SharingView:
    """Leave something that was found as it is, hide more, name the mentors or do not.

    Raises:
        NotFoundError: If nobody asked to share the document.
        InvalidInputError: If a mark does not fit the text.
    """
    document = visible_document(services, caller, document_id)
    decisions = Decisions(data.kept, data.added, data.names_mentor)
    desk.decide(services.intake, document, decisions)
    return view_of(services, document)


@post(
    "/documents/{document_id:str}/sharing/confirm",
    guards=[require_mentor],
    sync_to_thread=True,
    status_code=202,
    responses=_CONFLICT,
    summary="Share the copy",
)
def confirm_sharing(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    data: JSONBody[ConfirmRequest],
) -> Response[SharingReceipt]:
    """Have the copy made that the preview shows; students see it when its job is done.

    Raises:
        NotFoundError: If nobody asked to share the document.
        ConflictError: If what would be shared is not what was looked at.
    """
    document = visible_document(services, caller, document_id)
    job = job_view(services, desk.confirm(services.intake, document, data.version, caller))
    receipt = SharingReceipt(view_of(services, document), job)
    return Response(receipt, status_code=202, headers={"Location": job.url})


@delete(
    "/documents/{document_id:str}/sharing",
    guards=[require_mentor],
    sync_to_thread=True,
    summary="Share it no longer",
)
def delete_sharing(services: TheServices, caller: TheCaller, document_id: FromPath[str]) -> None:
    """Take the copy back: gone at once by id, within two seconds from searches.

    Raises:
        NotFoundError: If nobody asked to share the document.
    """
    desk.withdraw(services.intake, visible_document(services, caller, document_id))


sharing_router: Final = Router(
    "/",
    route_handlers=[
        list_sharings,
        ask_sharing,
        get_sharing,
        put_decisions,
        confirm_sharing,
        delete_sharing,
    ],
    tags=["sharing"],
)


def view_of(services: Services, document: Document) -> SharingView:
    """Return the sharing of a document that its caller, a mentor, may see.

    Raises:
        NotFoundError: If nobody asked to share it.
    """
    sharing = services.catalog.sharings.get(document.id)
    if sharing is None:
        raise nothing()
    preview = preview_of(services.catalog, services.blobs, document, sharing.decisions)
    return sharing_view(services, sharing, preview)
