"""From the state of the log to what searches use: evidence of every intent, kept up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from indexer.feedback.evidence import (
    Deeds,
    IntentEvidence,
    Weights,
    deeds_of,
    evidence_of,
    votes_that_count,
    weights_of,
)
from indexer.feedback.state import FeedbackState, Vote
from indexer.feedback.usefulness import MENTOR_CAP, Evidence, dilution, everywhere
from indexer.feedback.view import Experience, FeedbackView
from schemas.ids import DocumentId, PersonId

MentorsOf = Callable[[Collection[DocumentId]], Mapping[DocumentId, Sequence[PersonId]]]


def _nobodys(_: Collection[DocumentId]) -> Mapping[DocumentId, Sequence[PersonId]]:
    return {}


class Learner:
    """Makes views of a state, each time only of what has changed."""

    def __init__(self, state: FeedbackState, mentors_of: MentorsOf = _nobodys) -> None:
        """Learn from this state; ``mentors_of`` says whose documents are."""
        self._state = state
        self._mentors_of = mentors_of
        self._forget()

    def _forget(self) -> None:
        """Begin anew: with the first view, and where intents were regrouped."""
        self._regrouping = self._state.regrouping
        self._day = -1
        self._weights = Weights({}, {})
        self._votes: dict[int, dict[tuple[int, int], Vote]] = {}
        self._uses: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._used: dict[int, set[tuple[int, int]]] = {}
        self._evidence: dict[int, IntentEvidence] = {}
        self._totals: defaultdict[int, dict[int, Evidence]] = defaultdict(dict)
        self._phrasings: list[list[int]] = []
        self._n_phrasings = 0
        self._moved: set[int] = set()
        self._names: dict[int, str] = {}
        self._mentors: dict[int, tuple[PersonId, ...]] = {}
        self._of_mentor: defaultdict[PersonId, set[int]] = defaultdict(set)
        self._by_mentor: dict[PersonId, float] = {}
        self._everywhere: dict[DocumentId, float] = {}
        self._experience: dict[int, Experience] = {}
        self._by_phrasing: dict[str, int] = {}

    def view(self, today: int) -> FeedbackView:
        """Return what the state teaches today: days since 1970."""
        state = self._state
        if state.regrouping != self._regrouping:
            self._forget()
        self._regroup()
        changed = {state.intents.of[phrasing] for phrasing in state.changed}
        changed |= self._revote()
        if today != self._day:
            changed = set(range(len(state.intents)))
        self._day = today
        deeds = {intent: deeds_of(state, self._phrasings[intent]) for intent in changed}
        for intent in self._reuse(deeds) - changed:
            deeds[intent] = deeds_of(state, self._phrasings[intent])
        for intent in sorted(deeds):
            self._learn(intent, deeds[intent], today)
        self._total()
        state.changed.clear()
        numbers = sorted(self._experience)
        return FeedbackView(
            encoder=state.encoder,
            position=state.position,
            experience=dict(self._experience),
            leaders=state.intents.leading(numbers),
            numbers=tuple(numbers),
            by_phrasing=self._by_phrasing,
            by_words=dict(state.intents.by_words),
            names=dict(self._names),
            everywhere=dict(self._everywhere),
            mentors=dict(self._by_mentor),
        )

    def _regroup(self) -> None:
        """Follow the phrasings that have come since."""
        state = self._state
        if self._n_phrasings == len(state.phrasings):
            return
        while len(self._phrasings) < len(state.intents):
            self._phrasings.append([])
        for number in range(self._n_phrasings, len(state.phrasings)):
            self._phrasings[state.intents.of[number]].append(number)
        self._n_phrasings = len(state.phrasings)
        names = state.phrasings.names
        self._by_phrasing = dict(zip(names, state.intents.of, strict=True))

    def _revote(self) -> set[int]:
        """Weigh all votes anew where one has changed; return the intents that this reaches."""
        state = self._state
        if not state.have_votes_changed and self._day >= 0:
            return set()
        state.have_votes_changed = False
        counted = votes_that_count(state)
        weights = weights_of(counted)
        before, self._weights = self._weights, weights
        votes: defaultdict[int, dict[tuple[int, int], Vote]] = defaultdict(dict)
        changed: set[int] = set()
        for (intent, document, person), vote in counted.items():
            votes[intent][document, person] = vote
            was = before.of(person, document, vote.value)
            if was != weights.of(person, document, vote.value):
                changed.add(intent)
        changed |= {
            intent
            for intent in votes.keys() | self._votes.keys()
            if votes.get(intent) != self._votes.get(intent)
        }
        self._votes = dict(votes)
        return changed

    def _reuse(self, deeds: Mapping[int, Deeds]) -> set[int]:
        """Note who used what for these intents; return the intents where that weighs another way.

        One deed more of a person weighs upon what that person did with the document elsewhere.
        """
        moved: dict[tuple[int, int], float] = {}
        for intent, found in deeds.items():
            used = {pair for pair, deed in found.items() if deed.is_used}
            before = self._used.get(intent, set())
            for pair in used ^ before:
                moved.setdefault(pair, dilution(len(self._uses[pair])))
                self._uses[pair] ^= {intent}
            self._used[intent] = used
        thinner = (pair for pair, was in moved.items() if dilution(len(self._uses[pair])) != was)
        return {intent for pair in thinner for intent in self._uses[pair]}

    def _learn(self, intent: int, deeds: Deeds, today: int) -> None:
        state = self._state
        found = evidence_of(
            deeds,
            votes=self._votes.get(intent, {}),
            weights=self._weights,
            uses=self._uses,
            today=today,
        )
        for document in self._evidence[intent].documents if intent in self._evidence else ():
            self._totals[document].pop(intent, None)
            self._moved.add(document)
        for document, evidence in found.documents.items():
            self._totals[document][intent] = evidence
            self._moved.add(document)
        self._evidence[intent] = found
        self._names[intent] = state.name_of(self._phrasings[intent])
        names = state.documents.names
        if found.documents:
            self._experience[intent] = Experience(
                {DocumentId(names[d]): evidence for d, evidence in found.documents.items()},
                found.crowd,
            )
        else:
            self._experience.pop(intent, None)

    def _total(self) -> None:
        """Sum up what documents are worth everywhere, of those where something has moved."""
        for document in self._moved:
            document_id = DocumentId(self._state.documents.names[document])
            gain = everywhere(self._totals[document].values())
            if gain:
                self._everywhere[document_id] = gain
            else:
                self._everywhere.pop(document_id, None)
        self._total_by_mentor()
        self._moved.clear()

    def _total_by_mentor(self) -> None:
        """Sum up what the documents of mentors are worth, of those where something has moved."""
        names = self._state.documents.names
        new = {DocumentId(names[each]): each for each in self._moved if each not in self._mentors}
        known = self._mentors_of(new) if new else {}
        for document_id, number in new.items():
            self._mentors[number] = tuple(known.get(document_id, ()))
            for mentor in self._mentors[number]:
                self._of_mentor[mentor].add(number)
        for mentor in {mentor for each in self._moved for mentor in self._mentors[each]}:
            said = (e for each in self._of_mentor[mentor] for e in self._totals[each].values())
            self._by_mentor[mentor] = everywhere(said, cap=MENTOR_CAP)
