"""What the log holds, in figures."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from indexer.feedback.lines import FeedbackLines, PseudonymOf, VoteLines
from indexer.feedback.standing import standing_of
from schemas.feedback import Ignored, Pseudonym

_REMEMBERED: Final = 20_000  # searches read last


class Census(msgspec.Struct, frozen=True):
    """How much the log holds, and what of the votes does not count."""

    searches: int
    events: dict[str, int]
    """By action."""
    votes: int
    """Words said that belong to a search of their person, changes and withdrawals included."""
    votes_ignored: dict[str, int]
    """The others, by reason."""
    people: int
    """Who searched."""
    first_at: datetime | None
    last_at: datetime | None
    """Of searches."""


def count(lines: FeedbackLines, votes: VoteLines, *, pseudonym_of: PseudonymOf) -> Census:
    """Read the whole log and count it."""
    end, search_of = lines.end(), lru_cache(_REMEMBERED)(lines.search)
    people: set[Pseudonym] = set()
    times: list[datetime] = []
    n_searches = 0
    for search in lines.searches_after(0, until=end.search):
        n_searches += 1
        people.add(search.person)
        times = [min([search.at, *times]), max([search.at, *times])]
    actions = Counter(event.action.value for event in lines.events_after(0, until=end.event))
    n_votes, standings = 0, Counter[Ignored]()
    for _, vote in votes.after(0, until=end.judgment):
        search_said = search_of(vote.query_id) if vote.query_id is not None else None
        found = standing_of(vote, search_said, pseudonym_of(vote.person_id))
        if isinstance(found, Ignored):
            standings[found] += 1
        else:
            n_votes += 1
    return Census(
        searches=n_searches,
        events=dict(sorted(actions.items())),
        votes=n_votes,
        votes_ignored={reason.value: n for reason, n in sorted(standings.items())},
        people=len(people),
        first_at=times[0] if times else None,
        last_at=times[1] if times else None,
    )
