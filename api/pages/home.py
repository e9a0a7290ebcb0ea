"""The first page: what is new, and what is for this reader."""

from __future__ import annotations

from typing import Final

import msgspec

from api.services import Services
from api.views.documents import document_view
from schemas.document import Document
from schemas.identity import Caller
from schemas.wire import DocumentView

N_RECENT: Final = 6
N_KEPT: Final = 12


class HomeView(msgspec.Struct, frozen=True):
    """What the first page shows."""

    kept: tuple[DocumentView, ...]
    """What this reader keeps, the last one kept first."""
    recent: tuple[DocumentView, ...]
    """Newest first."""
    n_documents: int
    """How many this reader may see."""


def home_view(services: Services, caller: Caller) -> HomeView:
    """Put the first page together, of documents that the caller may see."""
    recent, total = services.catalog.documents.list_recent(
        caller.audiences, kinds=(), page=1, per_page=N_RECENT
    )
    kept, _ = services.catalog.saved.current(
        caller.person_id, caller.audiences, page=1, per_page=N_KEPT
    )
    return HomeView(
        kept=_views(services, caller, [document for document, _ in kept]),
        recent=_views(services, caller, recent),
        n_documents=total,
    )


def _views(
    services: Services, caller: Caller, documents: list[Document]
) -> tuple[DocumentView, ...]:
    tags = services.catalog.documents.tags([document.id for document in documents])
    return tuple(
        document_view(
            document, tags.get(document.id, ()), taxonomy=services.taxonomy, caller=caller
        )
        for document in documents
    )
