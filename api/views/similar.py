"""Documents like one, as clients see them."""

from __future__ import annotations

from api.views.places import document_url
from indexer.retrieval.similar import Alike
from schemas.wire_search import SimilarDocument


def similar_view(one: Alike) -> SimilarDocument:
    """Return a document that is like another one, with how like it is."""
    document = one.document
    return SimilarDocument(
        document_id=document.id,
        kind=document.kind,
        media_kind=document.media_kind,
        title=document.title,
        url=document_url(document.id),
        language=document.language,
        created_at=document.created_at,
        score=one.score,
    )
