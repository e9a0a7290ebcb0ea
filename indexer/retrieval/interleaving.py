"""Team-draft interleaving: two rankings of one candidate set on one page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from indexer.retrieval.contest import Coins
from indexer.retrieval.duplicates import Collapsed
from schemas.hit import Hit
from schemas.ids import DocumentId

Names = tuple[str, str]
"""Of the champion and of the challenger."""


class Draft(NamedTuple):
    """A mixed ranking, and which profile put each document there."""

    documents: list[Collapsed]
    teams: dict[DocumentId, str]
    """By document, ``name@version``; none of one that both would have put there."""


def draft(
    champion: Sequence[Collapsed], challenger: Sequence[Collapsed], *, coins: Coins, names: Names
) -> Draft:
    """Mix two rankings: in turn each adds its best document that is not there yet.

    Who has added fewer goes first; of equals, a coin decides. A document goes once, with all
    that say the same, wherever the other ranking has put it. One that both would add next, when
    it is nobody's turn in particular, belongs to neither: a click on it tells nothing.

    Args:
        champion: The whole ranking by one profile, best first.
        challenger: The whole ranking of the same documents by the other.
        coins: The same for every page of one search.
        names: What the teams are called.

    Source:
        Radlinski, Kurup and Joachims, "How does clickthrough data reflect retrieval quality?",
        CIKM 2008, algorithm 2; documents of neither team are our addition, as likely to favour
        either, which leaves equal rankings equal and finds unequal ones in fewer searches.
    """
    queues = (_Queue(champion), _Queue(challenger))
    there: set[DocumentId] = set()
    mixed: list[Collapsed] = []
    teams: dict[DocumentId, str] = {}
    n_added = [0, 0]
    while True:
        heads = queues[0].head(there), queues[1].head(there)
        is_even = n_added[0] == n_added[1]
        team = coins.toss() if is_even else int(n_added[1] < n_added[0])
        # Where one has nothing left, neither has the other: both rank the same documents.
        picked = heads[team] or heads[1 - team]
        if picked is None:
            return Draft(mixed, teams)
        if not (is_even and _is_one(*heads)):
            n_added[team] += 1
            teams[picked.document.document_id] = names[team]
        there.update((picked.document.document_id, *picked.similar))
        mixed.append(picked)


def _is_one(first: Collapsed | None, second: Collapsed | None) -> bool:
    """Tell whether both teams would add the same document."""
    names = {each.document.document_id for each in (first, second) if each is not None}
    return len(names) == 1


def with_teams(hits: tuple[Hit, ...], teams: Mapping[DocumentId, str]) -> tuple[Hit, ...]:
    """Return the hits with the names of the teams that put them there; without teams, the same."""
    if not teams:
        return hits
    return tuple(msgspec.structs.replace(hit, team=teams.get(hit.document.id, "")) for hit in hits)


class _Queue:
    def __init__(self, ranked: Sequence[Collapsed]) -> None:
        self._ranked = ranked
        self._n_passed = 0

    def head(self, there: Collection[DocumentId]) -> Collapsed | None:
        """Return the best document that is not there, without what is there of those like it."""
        while self._n_passed < len(self._ranked):
            each = self._ranked[self._n_passed]
            if each.document.document_id not in there:
                similar = tuple(i for i in each.similar if i not in there)
                return each if similar == each.similar else Collapsed(each.document, similar)
            self._n_passed += 1
        return None
