"""Questions near a document: what a reader may want to read next."""

from __future__ import annotations

from typing import Final

from api.controllers.search import answer as answer_search
from api.services import Services
from schemas.document import Document, DocumentKind
from schemas.identity import Caller
from schemas.query import MAX_QUERY_CHARS
from schemas.wire import SearchHit, SearchRequest

N_RELATED: Final = 4
_QUESTIONS: Final = (DocumentKind.EXCHANGE, DocumentKind.THREAD)


def related_questions(
    services: Services, caller: Caller, document: Document
) -> tuple[SearchHit, ...]:
    """Return exchanges and threads near a document's title that the caller may see, best first."""
    request = SearchRequest(
        q=document.title[:MAX_QUERY_CHARS], kind=_QUESTIONS, per_page=N_RELATED + 1
    )
    hits = answer_search(services, caller, request).hits
    return tuple(hit for hit in hits if hit.document_id != document.id)[:N_RELATED]
