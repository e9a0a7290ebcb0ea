"""From what the log says to voices: who said what of which document, for which intent."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from indexer.feedback.counting import Counted
from indexer.feedback.state import FeedbackState, Vote
from indexer.feedback.usefulness import (
    CLICK,
    DEED,
    DWELL_MS,
    LEFT_MS,
    MAX_EXPECTED,
    PLAY_MS,
    Evidence,
    clicked,
    decay,
    dilution,
    expected,
    reliability,
)
from schemas.judgment import Verdict

_SHOWN: Final = frozenset({Counted.YES, Counted.LATER_PAGE})
"""Searches whose hits were seen for the first time."""

Votes = Mapping[tuple[int, int, int], Vote]
"""By intent, document and person, the last word that counts."""


class Deed(msgspec.Struct):
    """What one person did with one document for one intent."""

    day: int = 0
    expected: float = 0.0
    is_clicked: bool = False
    is_use: bool = False
    dwell_ms: int = 0

    @property
    def is_left(self) -> bool:
        """Whether it was opened and left at once."""
        return self.is_clicked and not self.is_use and 0 < self.dwell_ms < LEFT_MS

    @property
    def is_used(self) -> bool:
        """Whether the person chose it."""
        return self.is_use or self.is_clicked


Deeds = Mapping[tuple[int, int], Deed]
"""What people did for one intent, by document and person."""


class IntentEvidence(msgspec.Struct, frozen=True):
    """What is known of an intent."""

    documents: Mapping[int, Evidence]
    """By number of the document."""
    crowd: float
    """Voices of all people: of each the strongest."""


class Weights(msgspec.Struct, frozen=True):
    """What votes weigh, by who cast them."""

    reliability: Mapping[int, float]
    """By person; who is not in it has full weight."""
    dilution: Mapping[tuple[int, int], float]
    """By person and document; what is not in it has full weight."""

    def of(self, person: int, document: int, value: Verdict) -> float:
        """Return the weight of a vote."""
        weight = self.reliability.get(person, 1.0)
        if value is Verdict.USEFUL:
            weight *= self.dilution.get((person, document), 1.0)
        return weight


def votes_that_count(state: FeedbackState) -> dict[tuple[int, int, int], Vote]:
    """Return the last word of each person on each document for each intent.

    A vote counts when its search is in the log, is the person's own, and showed the document.
    """
    found: dict[tuple[int, int, int], Vote] = {}
    for key, vote in sorted(state.votes.items(), key=lambda pair: pair[1].line):
        place = _place_of(state, *key[:2], vote)
        if place is not None:
            found[place] = vote
    return found


def weights_of(votes: Votes) -> Weights:
    """Return what each person's votes weigh, by what the others say of the same."""
    useful: defaultdict[tuple[int, int], int] = defaultdict(int)
    voters: defaultdict[tuple[int, int], int] = defaultdict(int)
    intents: defaultdict[tuple[int, int], int] = defaultdict(int)
    for (intent, document, person), vote in votes.items():
        voters[intent, document] += 1
        if vote.value is Verdict.USEFUL:
            useful[intent, document] += 1
            intents[person, document] += 1
    agreed: defaultdict[int, int] = defaultdict(int)
    compared: defaultdict[int, int] = defaultdict(int)
    for (intent, document, person), vote in votes.items():
        is_useful = vote.value is Verdict.USEFUL
        others = voters[intent, document] - 1
        for_it = useful[intent, document] - is_useful
        if 2 * for_it == others:  # nobody else, or as many say the one as the other
            continue
        compared[person] += 1
        agreed[person] += is_useful == (2 * for_it > others)
    return Weights(
        {person: reliability(agreed[person], n) for person, n in sorted(compared.items())},
        {pair: weight for pair, n in sorted(intents.items()) if (weight := dilution(n)) < 1},
    )


def evidence_of(
    deeds: Deeds,
    *,
    votes: Mapping[tuple[int, int], Vote],
    weights: Weights,
    uses: Mapping[tuple[int, int], AbstractSet[int]],
    today: int,
) -> IntentEvidence:
    """Return the evidence of one intent.

    Args:
        deeds: What people did for this intent.
        votes: Those for this intent, by document and person.
        weights: Of votes.
        uses: For which intents one person used a document, by document and person.
        today: Days since 1970: what lies further back weighs less.
    """
    voices: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    crowd: defaultdict[int, float] = defaultdict(float)
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (document, person), vote in votes.items():
        weight = weights.of(person, document, vote.value) * decay(today - vote.day)
        is_useful = vote.value is Verdict.USEFUL
        voices[document].append((weight * is_useful, weight))
        crowd[person] = max(crowd[person], decay(today - vote.day))
        counts[document][0] += is_useful
        counts[document][1] += 1
    for (document, person), deed in deeds.items():
        if (document, person) in votes:
            continue
        fresh = decay(today - deed.day)
        thin = dilution(len(uses.get((document, person), ())))
        if deed.is_use:
            voices[document].append((DEED * fresh * thin, DEED * fresh * thin))
            crowd[person] = max(crowd[person], DEED * fresh)
        elif deed.is_left:
            voices[document].append((0.0, DEED * fresh))
            crowd[person] = max(crowd[person], DEED * fresh)
        else:
            useful, voiced = clicked(thin * deed.is_clicked, min(MAX_EXPECTED, deed.expected))
            voices[document].append((useful * fresh, voiced * fresh))
            if deed.is_clicked:
                crowd[person] = max(crowd[person], CLICK * fresh)
    documents = {
        document: Evidence(
            math.fsum(sorted(useful for useful, _ in said)),
            math.fsum(sorted(voiced for _, voiced in said)),
            *counts[document],
        )
        for document, said in sorted(voices.items())
    }
    return IntentEvidence(documents, math.fsum(sorted(crowd.values())))


def deeds_of(state: FeedbackState, phrasings: Iterable[int]) -> Deeds:
    """Return what people did for the intent of these phrasings."""
    found: dict[tuple[int, int], Deed] = {}
    searches, hits, kinds = state.searches, state.hits, state.kinds.names
    for number in _searches(state, phrasings):
        counted = searches.counted[number]
        if counted == Counted.PROGRAM:
            continue
        person, day = searches.person[number], searches.day[number]
        start = searches.first_hit[number]
        for row in range(start, start + searches.n_hits[number]):
            is_use = (
                hits.copied[row] or hits.dwell_ms[row] >= DWELL_MS or hits.played_ms[row] >= PLAY_MS
            )
            is_clicked = hits.clicked[row]
            if counted not in _SHOWN and not is_use and not is_clicked:
                continue
            deed = found.setdefault((hits.document[row], person), Deed())
            deed.day = max(deed.day, day)
            deed.is_use |= bool(is_use)
            deed.is_clicked |= bool(is_clicked)
            deed.dwell_ms += hits.dwell_ms[row] + hits.played_ms[row]
            deed.expected += expected(hits.position[row], kinds[hits.kind[row]])
    return found


def _searches(state: FeedbackState, phrasings: Iterable[int]) -> Iterator[int]:
    for phrasing in phrasings:
        yield from state.by_phrasing[phrasing]


def _place_of(
    state: FeedbackState, person: str, document: str, vote: Vote
) -> tuple[int, int, int] | None:
    if vote.query_id is None:
        return None
    number = state.by_id.get(vote.query_id)
    about, who = state.documents.find(document), state.persons.find(person)
    if number is None or about is None or state.searches.person[number] != who:
        return None
    start = state.searches.first_hit[number]
    if about not in state.hits.document[start : start + state.searches.n_hits[number]]:
        return None
    return state.intents.of[state.searches.phrasing[number]], about, who
