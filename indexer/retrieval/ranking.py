"""From scored passages to ranked documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indexer.ports import PassageCard
from indexer.retrieval.fusion import FusedScores
from indexer.retrieval.profiles import RankingProfile
from schemas.ids import DocumentId, PassageId
from schemas.query import Order


class RankedDocument(msgspec.Struct, frozen=True, gc=False):
    """A document with its candidate passages, best first."""

    document_id: DocumentId
    passages: tuple[FusedScores, ...]
    score: float
    read: float | None = None
    """What the cross-encoder says of the best passage, where it read it."""
    usefulness: float = 0.0
    """What people found of it for this query added to the score, or took from it."""
    n_useful: int = 0
    """People who voted that it was useful for what the query asks."""
    n_voters: int = 0
    """People who voted either way."""
    personal: float = 0.0
    """What the searcher's own project added to the score."""


def group_by_document(
    ranked: Sequence[FusedScores],
    cards: Mapping[PassageId, PassageCard],
    profile: RankingProfile | None = None,
) -> list[RankedDocument]:
    """Return documents, best first; equal ones in document-id order.

    A document is as good as its best passage, a long one as good as its best place; with a
    profile, in part as its second best (``RankingProfile.second``). A passage without a card left
    the index a moment ago and is passed over.

    Args:
        ranked: Passages, best first.
        cards: What document each of them is of.
        profile: Of a fused ranking; ``None`` where scores are not fused ones, such as dates.
    """
    groups: dict[DocumentId, list[FusedScores]] = {}
    for scores in ranked:
        card = cards.get(scores.raw.passage_id)
        if card is not None:
            groups.setdefault(card.document_id, []).append(scores)
    found = [
        RankedDocument(
            document_id,
            tuple(group),
            document_score(group, profile) if profile else group[0].fused,
        )
        for document_id, group in groups.items()
    ]
    return sorted(found, key=lambda document: (-document.score, document.document_id))


def document_score(passages: Sequence[FusedScores], profile: RankingProfile) -> float:
    """Return the mean of the two best passages, weighed as the profile says.

    A document with one candidate counts as if it had another, ``alone`` below the first.
    """
    best = passages[0].fused
    second = passages[1].fused if len(passages) > 1 else best - profile.alone
    return best + profile.second * (second - best)


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
