"""Which of the candidate documents hold what a query excludes, wherever they hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from indexer.ports import Form, LexicalQuery, PassageCard, PassageIndex
from schemas.ids import DocumentId, PassageId
from schemas.query import Filter

_AT_ONCE: Final = 200  # passages looked at in one go: a long recording says a word a hundred times


def without_excluded(
    cards: Mapping[PassageId, PassageCard],
    query: LexicalQuery,
    where: Filter,
    directory: PassageIndex,
) -> dict[PassageId, PassageCard]:
    """Return the cards of the documents that nowhere hold an excluded word or phrase.

    Retrieval leaves out passages: who types ``-micro`` does not want a document that speaks of it
    two minutes later either. Only passages that the caller may see count, so that a document says
    nothing of what is hidden in it.
    """
    if not query.excluded or not cards:
        return dict(cards)
    ids = {card.document_id for card in cards.values()}
    gone = _holders(ids, query.excluded, where, directory)
    return {i: card for i, card in cards.items() if card.document_id not in gone}


def _holders(
    ids: Iterable[DocumentId],
    excluded: Iterable[tuple[str, ...]],
    where: Filter,
    directory: PassageIndex,
) -> set[DocumentId]:
    wanted = LexicalQuery(words=tuple((Form(phrase),) for phrase in excluded))
    left, holders = set(ids), set[DocumentId]()
    # Most words are rare: all passages that hold one are found sooner than those of 180 documents.
    where = Filter(audiences=where.audiences)
    while left:
        found = directory.search(wanted, where, limit=_AT_ONCE)
        cards = directory.cards([scored.passage_id for scored in found])
        more = left & {card.document_id for card in cards.values()}
        holders |= more
        left -= more
        if len(found) < _AT_ONCE or (where.documents and not more):
            break
        where = Filter(audiences=where.audiences, documents=frozenset(left))
    return holders
