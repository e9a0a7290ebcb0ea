"""The first page: what is for this reader, what they keep, what is new."""

from __future__ import annotations

from typing import Final

import msgspec

from api.controllers.search import answer as answer_search
from api.services import Services
from api.views.documents import document_view
from schemas.document import Document
from schemas.identity import Caller
from schemas.profile import Profile
from schemas.query import MAX_QUERY_CHARS
from schemas.wire import DocumentView, SearchHit, SearchRequest

N_RECENT: Final = 6
N_KEPT: Final = 12
N_FOR_ME: Final = 6


class ForMe(msgspec.Struct, frozen=True):
    """What is near a reader's project."""

    project: str
    goals: tuple[str, ...]
    hits: tuple[SearchHit, ...]
    """Best first."""


class HomeView(msgspec.Struct, frozen=True):
    """What the first page shows."""

    for_me: ForMe | None
    """``None`` for somebody without a project, and where nothing is near it."""
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
    profile = services.catalog.profiles.get(caller.person_id)
    return HomeView(
        for_me=_for_me(services, caller, profile) if profile is not None else None,
        kept=_views(services, caller, [document for document, _ in kept]),
        recent=_views(services, caller, recent),
        n_documents=total,
    )


def _for_me(services: Services, caller: Caller, profile: Profile) -> ForMe | None:
    """Search what the reader wants to reach: goals say what they need, the project for whom."""
    q = ". ".join((*profile.goals, profile.description))[:MAX_QUERY_CHARS].strip()
    if not q:
        return None
    request = SearchRequest(q=q, per_page=2 * N_FOR_ME)
    found = answer_search(services, caller, request, surface=None).hits
    # What the reader took part in is known to them already.
    new = [hit for hit in found if caller.person_id not in {each.id for each in hit.participants}]
    if not new:
        return None
    return ForMe(profile.project, profile.goals, tuple(new[:N_FOR_ME]))


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
