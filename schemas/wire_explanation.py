"""Why a hit is where it is, as clients of the API see it: grounds and scores."""

from __future__ import annotations

import msgspec

from schemas.hit import GroundCode


class GroundView(msgspec.Struct, frozen=True):
    """One thing that put a hit where it is: a code to find words for, and what is behind it."""

    code: GroundCode
    words: tuple[str, ...]
    """As written in the document; of ``conditions``, as typed."""
    n_people: int | None
    """Of ``useful``: people who found it useful for this question, where they are several."""
    n_voters: int | None = None
    """Of ``useful``: people who said so or the contrary."""


class ExplanationView(msgspec.Struct, frozen=True):
    """Why the hit is where it is: scores of its best passage, ``null`` for a retriever not used."""

    lexical: float | None
    grams: float | None
    dense: float | None
    lexical_z: float
    dense_z: float
    fused: float
    matched_terms: tuple[str, ...]
    second: float | None = None
    """``fused`` of the document's second best passage, which counts in its score."""
    reranker: float | None = None
    """What the cross-encoder says of the best passage, where it is on and the hit was read."""
    usefulness: float | None = None
    """What people found of the document for this question added to its score, or took from it;
    ``null`` where fewer people found it useful than the service tells of."""
    personal: float | None = None
    """What the caller's own sector and stage added to the document's score."""
    grounds: tuple[GroundView, ...] = ()
    """The strongest first; none for ``mode=instant`` and for an empty query."""
