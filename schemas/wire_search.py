"""HTTP bodies around a search: several at once, and documents like one.

One search is in ``schemas.wire``, with what all bodies have in common.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from schemas.document import DocumentKind, MediaKind

MAX_SEARCHES: Final = 10
"""Of one request: what a page with several shelves asks for."""


class MultiSearchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several searches at once, each as ``SearchRequest`` and read on its own."""

    searches: Annotated[tuple[dict[str, Any], ...], Meta(min_length=1, max_length=MAX_SEARCHES)]


class MultiSearchResponse(msgspec.Struct, frozen=True):
    """An answer to each search, in their order: a page of hits, or why there is none.

    Only a problem has a ``status``. (The two cannot be a union here: ``type`` of a problem is an
    address, and msgspec parts structs of a union by a tag.)
    """

    results: tuple[Any, ...]
    """Each a ``SearchResponse`` or a ``Problem``."""


class SimilarDocument(msgspec.Struct, frozen=True):
    """A document that is like another one."""

    document_id: str
    kind: DocumentKind
    media_kind: MediaKind
    title: str
    url: str
    """Portal address of the document."""
    language: str
    created_at: datetime
    score: float
    """Comparable within one answer only."""


class SimilarDocuments(msgspec.Struct, frozen=True):
    """Documents like one, most alike first."""

    documents: tuple[SimilarDocument, ...]
