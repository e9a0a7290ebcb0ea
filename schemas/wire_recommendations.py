"""HTTP bodies of what to read next."""

from __future__ import annotations

import msgspec

from schemas.recommendation import Basis, WhyCode
from schemas.wire import DocumentView


class WhyView(msgspec.Struct, frozen=True):
    """One of the things that a recommendation follows from: a code to find words for."""

    code: WhyCode
    words: tuple[str, ...]
    """Of ``goal`` and ``milestone`` the words of the profile, of tags their French labels."""
    n_people: int | None
    """Of ``similar`` and ``popular``, where they are several."""


class RecommendedDocument(msgspec.Struct, frozen=True):
    """A document to read, and why."""

    document: DocumentView
    url: str
    """Portal address of the best place to begin at."""
    why: tuple[WhyView, ...]
    """The strongest first; never none."""


class RecommendationList(msgspec.Struct, frozen=True):
    """What to read next, best first."""

    recommendations: tuple[RecommendedDocument, ...]
    basis: Basis
    """What the list follows from: ``everyone`` where nothing is known of the reader."""
