"""What both indexes hold, next to what the catalog says that they should hold."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemas.ids import DocumentId, PassageId


class IndexName(StrEnum):
    """One of the two indexes over the same passages."""

    LEXICAL = "lexical"
    DENSE = "dense"


class Fault(StrEnum):
    """What is wrong with one passage in one index."""

    MISSING = "missing"
    """In force in the catalog, and not in the index."""
    LEFT_OVER = "left_over"
    """In the index, and unknown to the catalog or there twice."""
    STALE = "stale"
    """In the index, of a revision that a newer one replaced."""
    CHANGED = "changed"
    """In both, with another text, tag or vector."""


class Difference(msgspec.Struct, frozen=True):
    """One passage that an index has otherwise than the catalog."""

    index: IndexName
    fault: Fault
    passage_id: PassageId
    document_id: DocumentId
    """Empty for a stray point that names none."""


class Comparison(msgspec.Struct, frozen=True):
    """What came out of comparing one generation with the catalog."""

    generation: int
    n_passages: int
    """In force in the catalog."""
    differences: tuple[Difference, ...]
    """By index, then by passage; at most ``limit`` of them."""
    is_whole: bool = True
    """False where there were more differences than are named."""
