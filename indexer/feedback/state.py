"""What the log says so far, in the form in which evidence is read from it: a pure replay.

The same lines give the same state, in whatever batches they come. Lines of three logs meet here,
searches, events and votes, and each in its own order; an event or a vote whose search is not known
yet waits for it. Nothing is decayed, weighed or forgotten here: that is ``evidence.py``.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from indexer.analysis.normalize import query_key
from indexer.feedback.counting import (
    MAX_SESSION_SEARCHES,
    Counted,
    Session,
    continues,
    refines,
)
from indexer.feedback.intents import Intents
from indexer.feedback.pseudonyms import phrasing_id
from schemas.feedback import (
    Action,
    LoggedEvent,
    LoggedSearch,
    LogPosition,
    PhrasingId,
    Pseudonym,
)
from schemas.ids import DocumentId, PersonId, QueryId
from schemas.judgment import Judgment, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAY_S: Final = 86_400
_MAX_MS: Final = 2**32 - 1

VectorOf = Callable[[PhrasingId, str], "NDArray[np.float32] | None"]
"""Returns the vector of a phrasing, given its text too; ``None`` for one without words."""
PseudonymOf = Callable[[PersonId], Pseudonym]


class Vote(msgspec.Struct, frozen=True):
    """The last word of a person on a document, for one way to ask."""

    query_id: QueryId | None
    value: Verdict
    day: int
    line: int


VoteKey = tuple[Pseudonym, DocumentId, PhrasingId]


class Names:
    """Numbers names in the order in which they come."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Begin with these."""
        self.names = list(names)
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: str) -> int:
        """Return the number of a name, a new one where it is new."""
        found = self._numbers.setdefault(name, len(self.names))
        if found == len(self.names):
            self.names.append(name)
        return found

    def find(self, name: str) -> int | None:
        """Return the number of a name; ``None`` where it has none."""
        return self._numbers.get(name)


class Hits:
    """Every hit that was shown, in columns: ten million fit where ten objects each would not."""

    COLUMNS: Final[Mapping[str, str]] = {
        "document": "I",
        "position": "I",
        "kind": "B",
        "clicked": "B",
        "copied": "B",
        "dwell_ms": "I",
        "played_ms": "I",
    }

    def __init__(self) -> None:
        """Begin empty."""
        self.document = array("I")
        self.position = array("I")
        self.kind = array("B")
        self.clicked = array("B")
        self.copied = array("B")
        self.dwell_ms = array("I")
        self.played_ms = array("I")

    def __len__(self) -> int:
        return len(self.document)


class Searches:
    """Every search, in columns."""

    COLUMNS: Final[Mapping[str, str]] = {
        "person": "I",
        "phrasing": "I",
        "day": "I",
        "first_hit": "Q",
        "n_hits": "I",
        "counted": "B",
    }

    def __init__(self) -> None:
        """Begin empty."""
        self.person = array("I")
        self.phrasing = array("I")
        self.day = array("I")
        self.first_hit = array("Q")
        self.n_hits = array("I")
        self.counted = array("B")
        self.ids: list[QueryId] = []

    def __len__(self) -> int:
        return len(self.ids)


class FeedbackState:
    """The log up to a position, taken in."""

    def __init__(self, encoder: str) -> None:
        """Begin before the first line, for vectors of this encoder."""
        self.encoder = encoder
        self.position = LogPosition()
        self.regrouping = 0
        """Last regrouping of intents that was done."""
        self.documents = Names()
        self.persons = Names()
        self.phrasings = Names()
        self.kinds = Names()
        self.texts: list[str] = []
        """By phrasing, as it was first typed."""
        self.n_asked = array("I")
        """By phrasing, how many searches count."""
        self.searches = Searches()
        self.hits = Hits()
        self.intents = Intents()
        self.votes: dict[VoteKey, Vote] = {}
        self.sessions: dict[int, Session] = {}
        self.pending: dict[QueryId, list[LoggedEvent]] = {}
        self.by_id: dict[QueryId, int] = {}
        self.by_phrasing: list[list[int]] = []
        """Searches of each phrasing."""
        self.votes_of: defaultdict[QueryId, set[VoteKey]] = defaultdict(set)
        self.changed: set[int] = set()
        """Phrasings that something was learned of since this was last emptied."""
        self.have_votes_changed = False

    def take_search(self, search: LoggedSearch, vector_of: VectorOf) -> None:
        """Take the next search in."""
        self.position = msgspec.structs.replace(self.position, search=search.line)
        number = len(self.searches)
        person = self.persons.number(search.person)
        phrasing = self._phrasing(search, vector_of)
        counted = self._count(search, number, person, phrasing)
        found = self.searches
        found.person.append(person)
        found.phrasing.append(phrasing)
        found.day.append(day_of(search.at))
        found.first_hit.append(len(self.hits))
        found.n_hits.append(len(search.hits))
        found.counted.append(counted)
        found.ids.append(search.query_id)
        for hit in search.hits:
            self.hits.document.append(self.documents.number(hit.document_id))
            self.hits.position.append(hit.position)
            self.hits.kind.append(self.kinds.number(hit.kind))
            self.hits.clicked.append(0)
            self.hits.copied.append(0)
            self.hits.dwell_ms.append(0)
            self.hits.played_ms.append(0)
        self.by_id[search.query_id] = number
        self.by_phrasing[phrasing].append(number)
        self.changed.add(phrasing)
        if self.votes_of.get(search.query_id):
            self.have_votes_changed = True
        for event in self.pending.pop(search.query_id, ()):
            self._do(event, number)

    def take_event(self, event: LoggedEvent) -> None:
        """Take the next event in."""
        self.position = msgspec.structs.replace(self.position, event=event.line)
        number = self.by_id.get(event.query_id)
        if number is None:
            self.pending.setdefault(event.query_id, []).append(event)
        else:
            self._do(event, number)

    def take_vote(self, line: int, vote: Judgment, pseudonym_of: PseudonymOf) -> None:
        """Take the next vote in."""
        self.position = msgspec.structs.replace(self.position, judgment=line)
        key = (pseudonym_of(vote.person_id), vote.document_id, phrasing_id(vote.query_text))
        before = self.votes.pop(key, None)
        if before is not None and before.query_id is not None:
            self._forget(before.query_id, key)
        if vote.value is not Verdict.WITHDRAWN:
            self.votes[key] = Vote(vote.query_id, vote.value, day_of(vote.judged_at), line)
            if vote.query_id is not None:
                self.votes_of[vote.query_id].add(key)
                self._touch(vote.query_id)
        self.have_votes_changed = True

    def regroup(self, number: int) -> None:
        """Make the intents anew, of all phrasings so far: regrouping ``number`` of the log."""
        self.intents = self.intents.regrouped(self.n_asked)
        self.regrouping = number
        self.changed = set(range(len(self.texts)))
        self.have_votes_changed = True

    def intent_of(self, text: str) -> int | None:
        """Return the intent of a text that was asked before, in these words."""
        phrasing = self.phrasings.find(phrasing_id(text))
        return None if phrasing is None else self.intents.of[phrasing]

    def name_of(self, phrasings: Iterable[int]) -> str:
        """Return how an intent is named: as it was asked most, of equals as it was first."""
        most = min(phrasings, key=lambda each: (-self.n_asked[each], each))
        return self.texts[most]

    def _phrasing(self, search: LoggedSearch, vector_of: VectorOf) -> int:
        known = len(self.phrasings)
        number = self.phrasings.number(search.phrasing)
        if number == known:
            self.texts.append(" ".join(search.text.split()))
            self.n_asked.append(0)
            self.by_phrasing.append([])
            found = [hit.document_id for hit in search.hits] if search.page == 1 else []
            self.intents.add(search.text, vector_of(search.phrasing, search.text), found)
        return number

    def _count(self, search: LoggedSearch, number: int, person: int, phrasing: int) -> Counted:
        at_s, key = int(search.at.timestamp()), query_key(search.text)
        session = self.sessions.get(person)
        if session is None or not continues(session, at_s):
            session = self.sessions[person] = Session(number, at_s, number, key)
        elif search.page == 1 and refines(session.key, key, gap_s=at_s - session.at_s):
            self._recount(session.last, Counted.REFINED)
            session.asked = [p for p in session.asked if p != self.searches.phrasing[session.last]]
        if len(session.searches) >= MAX_SESSION_SEARCHES:
            for each in session.searches:
                self._recount(each, Counted.PROGRAM)
            counted = Counted.PROGRAM
        elif search.page > 1:
            counted = Counted.LATER_PAGE
        else:
            counted = Counted.REPEATED if phrasing in session.asked else Counted.YES
        if counted is Counted.YES:
            self.n_asked[phrasing] += 1
            session.asked.append(phrasing)
        if counted is not Counted.PROGRAM:
            session.searches.append(number)
        session.at_s, session.last, session.key = at_s, number, key
        return counted

    def _recount(self, number: int, counted: Counted) -> None:
        before = self.searches.counted[number]
        if before == Counted.PROGRAM or (counted is Counted.REFINED and before != Counted.YES):
            return
        phrasing = self.searches.phrasing[number]
        if before == Counted.YES:
            self.n_asked[phrasing] -= 1
        self.searches.counted[number] = counted
        self.changed.add(phrasing)

    def _do(self, event: LoggedEvent, number: int) -> None:
        start = self.searches.first_hit[number]
        document = self.documents.find(event.document_id)
        for row in range(start, start + self.searches.n_hits[number]):
            if self.hits.document[row] == document:
                self._note(event, row)
                self.changed.add(self.searches.phrasing[number])
                return

    def _note(self, event: LoggedEvent, row: int) -> None:
        hits = self.hits
        match event.action:
            case Action.CLICK:
                hits.clicked[row] = 1
            case Action.COPY:
                hits.copied[row] = 1
            case Action.DWELL:
                hits.dwell_ms[row] = min(_MAX_MS, hits.dwell_ms[row] + event.dwell_ms)
            case Action.PLAY:
                played = sum(span.end_ms - span.start_ms for span in event.spans)
                hits.played_ms[row] = min(_MAX_MS, hits.played_ms[row] + played)

    def _forget(self, query_id: QueryId, key: VoteKey) -> None:
        keys = self.votes_of[query_id]
        keys.discard(key)
        if not keys:
            del self.votes_of[query_id]
        self._touch(query_id)

    def _touch(self, query_id: QueryId) -> None:
        number = self.by_id.get(query_id)
        if number is not None:
            self.changed.add(self.searches.phrasing[number])


def day_of(at: datetime) -> int:
    """Return the days between 1970 and a moment, in UTC."""
    return int(at.timestamp() // _DAY_S)
