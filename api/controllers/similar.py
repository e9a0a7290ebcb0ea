"""Documents like one: what to read next."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.params import FromPath, QueryParameter

from api.access import visible_document
from api.dependencies import TheCaller, TheServices
from api.services import Services
from api.views.similar import similar_view
from indexer.retrieval.similar import MAX_SIMILAR, SIMILAR, Alike, similar_documents
from schemas.document import Document, DocumentKind
from schemas.identity import Caller
from schemas.wire_search import SimilarDocuments


@get("/documents/{document_id:str}/similar", sync_to_thread=True, summary="Documents like this one")
def get_similar(
    services: TheServices,
    caller: TheCaller,
    document_id: FromPath[str],
    *,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_SIMILAR)] = SIMILAR,
) -> SimilarDocuments:
    """List documents near this one in meaning and words, of those that the caller may see.

    The document itself is not among them.

    Raises:
        NotFoundError: If there is no such document, or the caller may not see it.
    """
    document = visible_document(services, caller, document_id)
    found = alike(services, caller, document, limit=limit)
    return SimilarDocuments(tuple(similar_view(each) for each in found))


similar_router = Router("/", route_handlers=[get_similar], tags=["documents"])


def alike(
    services: Services,
    caller: Caller,
    document: Document,
    *,
    kinds: frozenset[DocumentKind] = frozenset(),
    limit: int = SIMILAR,
) -> list[Alike]:
    """Return documents like one that the caller may see: what the route and pages share."""
    return similar_documents(
        document,
        caller.audiences,
        services.handle.engine,
        vectors_of=services.catalog.passages.vectors_of,
        kinds=kinds,
        limit=limit,
    )
