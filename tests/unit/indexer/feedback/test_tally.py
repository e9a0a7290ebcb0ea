"""Who wins a search of an experiment, from the lines of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest

from fixtures.builders import A_MOMENT, a_document, a_judgment, a_search, an_event, an_experiment
from indexer.feedback.pseudonyms import Pseudonyms
from indexer.feedback.referee import Referee
from indexer.feedback.tally import SETTLES_AFTER, Tally
from schemas.errors import NotFoundError
from schemas.experiment import Experiment
from schemas.feedback import Action, LoggedEvent, LoggedSearch, LogPosition, Pseudonym, ShownHit
from schemas.ids import PersonId, QueryId
from schemas.judgment import Judgment, Verdict

OLD, NEW = "default@4", "v1@1"
TESTED = an_experiment(champion=OLD, challenger=NEW)
DOCUMENTS = [a_document(f"text:{n}") for n in range(4)]
TEAMS = ("", OLD, NEW, OLD)
SETTLED = A_MOMENT + SETTLES_AFTER + timedelta(seconds=1)
PSEUDONYMS = Pseudonyms("k" * 32)


class FakeLog:
    def __init__(self) -> None:
        self.searches: list[LoggedSearch] = []
        self.events: list[LoggedEvent] = []
        self.votes: list[Judgment] = []

    def searches_after(self, line: int) -> Iterable[LoggedSearch]:
        return [s for s in self.searches if s.line > line]

    def events_after(self, line: int) -> Iterable[LoggedEvent]:
        return [e for e in self.events if e.line > line]

    def after(self, line: int) -> list[tuple[int, Judgment]]:
        return [(n, vote) for n, vote in enumerate(self.votes, 1) if n > line]

    def ask(
        self, who: str = "ada", text: str = "prix", experiment: str = TESTED.name
    ) -> LoggedSearch:
        line = len(self.searches) + 1
        shown = tuple(
            ShownHit(document.id, at, document.kind, team)
            for at, (document, team) in enumerate(zip(DOCUMENTS, TEAMS, strict=True), 1)
        )
        search = a_search(f"q-{line}", text=text)
        search = msgspec.structs.replace(
            search,
            person=PSEUDONYMS.of(PersonId(who)),
            hits=shown,
            experiment=experiment,
            line=line,
        )
        self.searches.append(search)
        return search

    def do(self, search: LoggedSearch, position: int, **changes: object) -> None:
        event = an_event(search, position, line=len(self.events) + 1, **changes)
        self.events.append(event)

    def vote(self, search: LoggedSearch, position: int, who: str, **changes: object) -> None:
        vote = a_judgment(
            DOCUMENTS[position - 1],
            person_id=PersonId(who),
            query_id=search.query_id,
            judged_at=search.at,
        )
        self.votes.append(msgspec.structs.replace(vote, **changes))


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture
def tally(log: FakeLog) -> Tally:
    return Tally(TESTED, log, log, PSEUDONYMS.of)


def winners(tally: Tally) -> list[int]:
    return [outcome.winner for outcome in tally.outcomes(SETTLED)]


@pytest.mark.parametrize(
    ("clicked", "winner"), [((3,), 1), ((2,), -1), ((2, 3), 0), ((2, 4, 3), -1), ((1,), 0)]
)
def test_the_team_with_more_hits_used_wins(
    log: FakeLog, tally: Tally, clicked: tuple[int, ...], winner: int
) -> None:
    search = log.ask()
    for position in clicked:
        log.do(search, position)

    assert winners(tally) == [winner]


def test_a_hit_counts_once_whatever_is_done_with_it(log: FakeLog, tally: Tally) -> None:
    search = log.ask()
    for action in (Action.CLICK, Action.PLAY, Action.COPY):
        log.do(search, 3, action=action)
    log.vote(search, 3, "ada")
    log.do(search, 2)

    assert winners(tally) == [0]


def test_looking_alone_and_searches_without_clicks_are_not_counted(
    log: FakeLog, tally: Tally
) -> None:
    log.ask()
    log.do(log.ask(text="autre"), 3, action=Action.DWELL)

    assert winners(tally) == []


def test_a_useful_vote_counts_until_it_is_taken_back(log: FakeLog, tally: Tally) -> None:
    search = log.ask()
    log.vote(search, 3, "ada")
    before = winners(tally)
    log.vote(search, 3, "ada", value=Verdict.WITHDRAWN)

    assert (before, winners(tally)) == ([1], [])


def test_what_is_not_useful_wins_nothing(log: FakeLog, tally: Tally) -> None:
    log.vote(log.ask(), 3, "ada", value=Verdict.NOT_USEFUL)

    assert winners(tally) == []


def test_asking_the_same_again_is_one_search(log: FakeLog, tally: Tally) -> None:
    for text in ("Fixer ses prix", "fixer  ses PRIX"):
        log.do(log.ask(text=text), 3)
    log.do(log.ask(text="Fixer ses prix", who="bob"), 3)

    assert winners(tally) == [1, 1]


def test_nobody_clicks_or_votes_for_another(log: FakeLog, tally: Tally) -> None:
    search = log.ask()
    log.do(search, 3, person=Pseudonym("somebody"))
    log.vote(search, 3, "bob")
    log.vote(search, 3, "ada", query_id=QueryId("forged"))

    assert winners(tally) == []


def test_an_outcome_settles_after_half_an_hour(log: FakeLog, tally: Tally) -> None:
    search = log.ask()
    log.do(search, 3)
    early = tally.outcomes(A_MOMENT + SETTLES_AFTER)
    waiting = tally.n_waiting(A_MOMENT + SETTLES_AFTER)
    log.do(search, 2, at=SETTLED)
    log.do(search, 4, at=SETTLED)

    assert (early, waiting) == ([], 1)
    assert winners(tally) == [1]
    assert tally.n_waiting(SETTLED) == 0


def test_only_searches_of_the_experiment_since_its_start_count(log: FakeLog) -> None:
    log.do(log.ask(), 3)
    log.do(log.ask(text="autre", experiment="another"), 3)
    later = msgspec.structs.replace(TESTED, since=LogPosition(search=1, event=1))

    assert winners(Tally(TESTED, log, log, PSEUDONYMS.of)) == [1]
    assert winners(Tally(later, log, log, PSEUDONYMS.of)) == []


class FakeStore:
    def __init__(self) -> None:
        self.known = [TESTED]

    def experiments(self) -> list[Experiment]:
        return self.known

    def stop(self, name: str, now: object, *, reason: str) -> Experiment:
        if name != TESTED.name:
            raise NotFoundError("No.")
        self.known = [msgspec.structs.replace(TESTED, stopped_at=SETTLED, reason=reason)]
        return self.known[0]


@pytest.mark.parametrize(("position", "is_stopped"), [(2, True), (3, False), (1, False)])
def test_an_experiment_stops_by_itself_only_when_the_challenger_loses(
    log: FakeLog, position: int, *, is_stopped: bool
) -> None:
    store = FakeStore()
    referee = Referee(store, log, log, pseudonyms=PSEUDONYMS, clock=lambda: SETTLED)
    first = referee.look()
    for n in range(20):
        log.do(log.ask(text=f"question {n}"), position)
    stopped = referee.look()

    assert first is None
    assert (stopped is not None) is is_stopped
    assert store.known[0].is_running is not is_stopped
    if stopped:
        assert stopped.reason == "v1@1 lost: Δ -0.500 [-0.500, -0.500] over 20 searches"
        assert referee.look() is None


def test_a_referee_that_was_started_can_be_closed_twice(log: FakeLog) -> None:
    referee = Referee(FakeStore(), log, log, pseudonyms=PSEUDONYMS, clock=lambda: SETTLED)
    referee.start()
    referee.close()
    referee.close()
