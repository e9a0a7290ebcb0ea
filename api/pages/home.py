"""The first page: what is for this reader, what they keep, what is new."""

from __future__ import annotations

from itertools import islice
from typing import Final

import msgspec

from api.recommending import Wanted, recommended
from api.services import Services
from api.views.documents import document_view
from api.views.recommendations import recommendation_list
from schemas.document import Document
from schemas.gap import Gap, GapState
from schemas.identity import Caller, Role
from schemas.profile import Profile
from schemas.recommendation import Basis, Recommendation
from schemas.wire import DocumentView
from schemas.wire_recommendations import RecommendedDocument

N_RECENT: Final = 6
N_KEPT: Final = 12
N_FOR_ME: Final = 6
N_GAPS: Final = 3


class ForMe(msgspec.Struct, frozen=True):
    """What is near a reader's project."""

    project: str
    goals: tuple[str, ...]
    documents: tuple[RecommendedDocument, ...]
    """Best first."""
    found: tuple[Recommendation, ...]
    """The same, with why as it was found."""


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
    gaps: tuple[Gap, ...] = ()
    """What people asked in vain this week, most people first; for mentors."""
    is_watched: bool = False
    """Whether mentors see what this reader searches: to be said to a student."""


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
        gaps=_gaps(services) if caller.may_ingest else (),
        is_watched=caller.role is Role.STUDENT,
    )


def _for_me(services: Services, caller: Caller, profile: Profile) -> ForMe | None:
    """Recommend what the reader has not read yet; nothing where nothing is near the project."""
    found, basis = recommended(services, caller, Wanted(limit=N_FOR_ME))
    if basis is Basis.EVERYONE:
        return None
    listed = recommendation_list(found, basis, services, caller)
    return ForMe(profile.project, profile.goals, listed.recommendations, tuple(found))


def _gaps(services: Services) -> tuple[Gap, ...]:
    report = services.gaps.current(services.clock())
    of_the_week = (gap for gap in report.gaps if gap.state is GapState.OPEN and gap.this_week)
    return tuple(islice(of_the_week, N_GAPS))


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
