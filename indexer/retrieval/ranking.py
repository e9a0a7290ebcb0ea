"""From scored passages to ranked documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indexer.ports import PassageCard
from indexer.retrieval.fusion import FusedScores
from schemas.ids import DocumentId, PassageId
from schemas.query import Order


class RankedDocument(msgspec.Struct, frozen=True):
    """A document with its candidate passages, best first."""

    document_id: DocumentId
    passages: tuple[FusedScores, ...]

    @property
    def score(self) -> float:
        """The best passage's fused score: a long document is as good as its best place."""
        return self.passages[0].fused


def group_by_document(
    ranked: Sequence[FusedScores], cards: Mapping[PassageId, PassageCard]
) -> list[RankedDocument]:
    """Return documents by their best passage, best first; equal ones in document-id order.

    A passage without a card left the index a moment ago and is passed over.
    """
    groups: dict[DocumentId, list[FusedScores]] = {}
    for scores in ranked:
        card = cards.get(scores.raw.passage_id)
        if card is not None:
            groups.setdefault(card.document_id, []).append(scores)
    found = [RankedDocument(document_id, tuple(group)) for document_id, group in groups.items()]
    return sorted(found, key=lambda document: (-document.score, document.document_id))


def in_order(
    documents: Sequence[RankedDocument], order: Order, cards: Iterable[PassageCard]
) -> list[RankedDocument]:
    """Return the same documents in the order asked for; equal dates keep their order by score."""
    if order is Order.RELEVANCE:
        return list(documents)
    created_at_s = {card.document_id: card.created_at_s for card in cards}
    return sorted(
        documents,
        key=lambda document: created_at_s[document.document_id],
        reverse=order is Order.NEWEST,
    )
