"""Restrictions: stretches of a document that mentors hide from students."""

from __future__ import annotations

from typing import Final

from litestar import Router, delete, get, post
from litestar.params import FromPath, JSONBody

from api.access import visible_document
from api.dependencies import TheCaller, TheServices
from api.guards import require_ingest
from api.views.restrictions import restriction_place, restriction_view
from indexer.restricting import is_ready, lift, restrict
from schemas.wire_restrictions import RestrictionList, RestrictionRequest, RestrictionView


@get(
    "/documents/{document_id:str}/restrictions",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="What is hidden of it",
)
def get_restrictions(
    services: TheServices, caller: TheCaller, document_id: FromPath[str]
) -> RestrictionList:
    """List the stretches of a document that are hidden from students, oldest first."""
    document = visible_document(services, caller, document_id)
    made = services.catalog.restrictions.of(document.id)
    views = tuple(restriction_view(each, document) for each in made)
    return RestrictionList(views, is_ready(services.intake, document))


@post(
    "/documents/{document_id:str}/restrictions",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Hide a stretch of it",
)
def post_restriction(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    data: JSONBody[RestrictionRequest],
) -> RestrictionView:
    """Hide minutes, pages, messages or blocks: at once by id, within two seconds in searches.

    Raises:
        InvalidInputError: If there is no such stretch, or it would be hidden from nobody.
    """
    document = visible_document(services, caller, document_id)
    made = restrict(
        services.intake,
        document,
        restriction_place(data.place),
        visibility=data.visibility,
        reason=data.reason,
        by=caller,
    )
    return restriction_view(made, document)


@delete(
    "/documents/{document_id:str}/restrictions/{restriction_id:str}",
    sync_to_thread=True,
    guards=[require_ingest],
    summary="Show a stretch of it again",
)
def delete_restriction(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    restriction_id: FromPath[str],
) -> None:
    """Lift a restriction.

    Raises:
        NotFoundError: If the document has no such restriction.
    """
    document = visible_document(services, caller, document_id)
    lift(services.intake, document.id, restriction_id)


restrictions_router: Final = Router(
    "/", route_handlers=[get_restrictions, post_restriction, delete_restriction], tags=["documents"]
)
