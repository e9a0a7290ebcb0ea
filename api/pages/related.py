"""Questions near a document: what a reader may want to read next."""

from __future__ import annotations

from typing import Final

from api.controllers.similar import alike
from api.services import Services
from api.views.similar import similar_view
from schemas.document import Document, DocumentKind
from schemas.identity import Caller
from schemas.wire_search import SimilarDocument

N_RELATED: Final = 4
_QUESTIONS: Final = frozenset({DocumentKind.EXCHANGE, DocumentKind.THREAD})


def related_questions(
    services: Services, caller: Caller, document: Document
) -> tuple[SimilarDocument, ...]:
    """Return exchanges and threads like a document that the caller may see, most alike first."""
    found = alike(services, caller, document, kinds=_QUESTIONS, limit=N_RELATED)
    return tuple(similar_view(each) for each in found)
