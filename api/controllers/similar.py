"""Documents like one: what to read next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from litestar import Router, get
from litestar.params import FromPath, QueryParameter

from api.access import visible_document
from api.dependencies import TheCaller, TheServices
from api.services import Services
from api.views.similar import similar_view
from indexer.retrieval.similar import MAX_SIMILAR, SIMILAR, Alike, similar_documents
from schemas.document import Document, DocumentKind
from schemas.identity import Caller
from schemas.ids import DocumentId, PassageId
from schemas.wire_search import SimilarDocuments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


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
        vectors_of=partial(_shown_vectors, services, caller),
        kinds=kinds,
        limit=limit,
    )


def _shown_vectors(
    services: Services, caller: Caller, document_id: DocumentId, encoder: str
) -> dict[PassageId, Vector]:
    """Return the vectors of the passages that the caller may see."""
    passages = services.catalog.passages
    seen = {
        each.id
        for each in passages.of_document(document_id)
        if not caller.audiences.isdisjoint(each.audiences)
    }
    found = passages.vectors_of(document_id, encoder)
    return {id_: vector for id_, vector in found.items() if id_ in seen}
