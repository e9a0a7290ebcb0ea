"""What people found useful moves a document: one feature of the ranking, capped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from indexer.ports import Usefulness
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.ranking import RankedDocument
from schemas.ids import DocumentId


def by_usefulness(
    documents: Sequence[RankedDocument],
    known: Mapping[DocumentId, Usefulness],
    profile: RankingProfile,
) -> list[RankedDocument]:
    """Return the same documents, moved by what people found of them for this query.

    Equal ones follow each other in document-id order.

    Args:
        documents: Best first, with fused scores.
        known: By document; those that are missing stay where they are.
        profile: Its ``usefulness`` is what a point of lift weighs; 0 leaves everything as it is.
    """
    if not profile.usefulness or not known:
        return list(documents)
    moved = [_moved(each, known.get(each.document_id), profile.usefulness) for each in documents]
    return sorted(moved, key=lambda document: (-document.score, document.document_id))


def _moved(document: RankedDocument, known: Usefulness | None, weight: float) -> RankedDocument:
    if known is None:
        return document
    gain = weight * known.lift
    return msgspec.structs.replace(
        document,
        score=document.score + gain,
        usefulness=gain,
        n_useful=known.n_useful,
        n_voters=known.n_voters,
    )
