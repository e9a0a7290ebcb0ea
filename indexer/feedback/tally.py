"""Counting an experiment: from the lines of the log to who won each search."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from indexer.feedback.verdict import Outcome, Verdict, judge
from schemas.experiment import Experiment
from schemas.feedback import Action, LoggedEvent, LoggedSearch, LogPosition, PhrasingId, Pseudonym
from schemas.ids import DocumentId, PersonId, QueryId
from schemas.judgment import Judgment
from schemas.judgment import Verdict as Word

SETTLES_AFTER: Final = timedelta(minutes=30)
"""What is done with an answer later than this does not count: then no outcome changes any more."""
_TELLING: Final = frozenset({Action.CLICK, Action.PLAY, Action.COPY})


class ContestLog(Protocol):
    """The log, as far as experiments read it."""

    def searches_after(self, line: int) -> Iterable[LoggedSearch]:
        """Yield the searches behind a line, in order."""

    def events_after(self, line: int) -> Iterable[LoggedEvent]:
        """Yield the events behind a line, in order."""


class VoteLog(Protocol):
    """What people say of documents."""

    def after(self, line: int) -> list[tuple[int, Judgment]]:
        """Return what was said behind a line, in order, each with its line."""


class _Unit(msgspec.Struct):
    """One person's asking of one thing: all pages and repetitions show one draft."""

    person: Pseudonym
    began_at: datetime
    teams: dict[DocumentId, str]
    used: set[DocumentId]
    words: dict[DocumentId, Word]

    def counts(self, at: datetime) -> bool:
        return at - self.began_at <= SETTLES_AFTER

    def winner(self, experiment: Experiment) -> int | None:
        """Return 1 for the challenger, -1 for the champion, 0 for a tie; ``None`` for no click."""
        useful = {i for i, word in self.words.items() if word is Word.USEFUL}
        chosen = self.used | useful
        if not chosen:
            return None
        teams = [self.teams.get(i, "") for i in chosen]
        ahead = teams.count(experiment.challenger) - teams.count(experiment.champion)
        return (ahead > 0) - (ahead < 0)


class Tally:
    """Counts one experiment, reading on from where it last was. Not safe in several threads.

    A person who asks the same again sees the same draft, so all of it is one search. A hit
    counts once for its team, whether clicked, played, copied from or called useful; a search with
    more of the challenger's hits is its win. All within half an hour of the first answer.
    """

    def __init__(
        self,
        experiment: Experiment,
        lines: ContestLog,
        votes: VoteLog,
        pseudonym_of: Callable[[PersonId], Pseudonym],
    ) -> None:
        """Begin where the log ended when the experiment started."""
        self._experiment = experiment
        self._lines = lines
        self._votes = votes
        self._pseudonym_of = pseudonym_of
        self._position = experiment.since
        self._units: dict[tuple[Pseudonym, PhrasingId], _Unit] = {}
        self._by_query: dict[QueryId, _Unit] = {}

    def outcomes(self, now: datetime) -> list[Outcome]:
        """Read on, and return what is settled, in the order in which the searches began."""
        self._read()
        settled = [unit for unit in self._units.values() if not unit.counts(now)]
        found = [(unit.person, unit.winner(self._experiment)) for unit in settled]
        return [Outcome(person, winner) for person, winner in found if winner is not None]

    def n_waiting(self, now: datetime) -> int:
        """Return how many searches are younger than half an hour, as far as was read."""
        return sum(unit.counts(now) for unit in self._units.values())

    def verdict(self, now: datetime) -> Verdict:
        """Read on, and return what the experiment says."""
        return judge(self.outcomes(now))

    def _read(self) -> None:
        line = self._position
        # Events and votes first: what they belong to is in the log before them.
        events = list(self._lines.events_after(line.event))
        votes = self._votes.after(line.judgment)
        for search in self._lines.searches_after(line.search):
            self._add(search)
            line = msgspec.structs.replace(line, search=search.line)
        for event in events:
            self._note_event(event)
            line = msgspec.structs.replace(line, event=event.line)
        for number, vote in votes:
            self._note_vote(vote)
            line = msgspec.structs.replace(line, judgment=number)
        self._position = LogPosition(line.search, line.event, line.judgment)

    def _add(self, search: LoggedSearch) -> None:
        if search.experiment != self._experiment.name:
            return
        key = search.person, search.phrasing
        unit = self._units.get(key)
        if unit is None:
            unit = self._units[key] = _Unit(search.person, search.at, {}, set(), {})
        for hit in search.hits:
            unit.teams.setdefault(hit.document_id, hit.team)
        self._by_query[search.query_id] = unit

    def _note_event(self, event: LoggedEvent) -> None:
        unit = self._by_query.get(event.query_id)
        if unit is None or event.person != unit.person or event.action not in _TELLING:
            return
        if event.document_id in unit.teams and unit.counts(event.at):
            unit.used.add(event.document_id)

    def _note_vote(self, vote: Judgment) -> None:
        unit = self._by_query.get(vote.query_id) if vote.query_id else None
        if unit is None or self._pseudonym_of(vote.person_id) != unit.person:
            return
        if vote.document_id in unit.teams and unit.counts(vote.judged_at):
            unit.words[vote.document_id] = vote.value
