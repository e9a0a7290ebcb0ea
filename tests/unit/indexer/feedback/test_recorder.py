"""What is noted of what people do: what counts, why the rest does not, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest

from fixtures.builders import A_MOMENT, AN_ENCODER, a_document
from indexer.feedback.pseudonyms import Pseudonyms, phrasing_id
from indexer.feedback.recorder import FeedbackRecorder, Part
from indexer.feedback.writer import LogWriter, QueuedSearch
from schemas.document import Document
from schemas.errors import ConflictError, TransientError
from schemas.feedback import (
    Action,
    Ignored,
    LoggedEvent,
    LoggedSearch,
    Phrasing,
    ReportedEvent,
    Surface,
)
from schemas.hit import Explanation, Hit, ResultPage, TotalRelation
from schemas.identity import Caller, Role
from schemas.ids import PersonId, QueryId
from schemas.settings import FeedbackSettings

CAMILLE = Caller(PersonId("s-17"), Role.STUDENT)
ALEX = Caller(PersonId("s-18"), Role.STUDENT)
OPERATOR = Caller(PersonId("admin"), Role.ADMIN)
SHEET, VIDEO = a_document("sheet:prix"), a_document("course:prix")
PSEUDONYMS = Pseudonyms("k" * 32)


class MemoryLog:
    """A log in memory, which can be away, and refuses doubles as the catalog does."""

    def __init__(self) -> None:
        self.found: list[LoggedSearch] = []
        self.events: list[LoggedEvent] = []
        self.phrasings: list[Phrasing] = []
        self.n_refusals = 0
        self.unfit: set[QueryId] = set()  # what no catalog of ours would keep
        self.gate = threading.Event()
        self.gate.set()

    def append(
        self,
        found: Sequence[LoggedSearch] = (),
        *,
        events: Sequence[LoggedEvent] = (),
        new: Sequence[Phrasing] = (),
    ) -> None:
        self.gate.wait(5)
        if self.n_refusals:
            self.n_refusals -= 1
            raise TransientError("The database is away.")
        if {each.query_id for each in found} & {each.query_id for each in self.found}:
            raise ConflictError("There already.")
        if self.unfit & {each.query_id for each in found}:
            raise ValueError("a value out of range")
        self.found += found
        self.events += events
        self.phrasings += new

    def search(self, query_id: QueryId) -> LoggedSearch | None:
        return next((each for each in self.found if each.query_id == query_id), None)

    def events_of(self, query_id: QueryId) -> list[LoggedEvent]:
        return [each for each in self.events if each.query_id == query_id]


class Clock:
    def __init__(self) -> None:
        self.now = A_MOMENT

    def __call__(self) -> datetime:
        return self.now


def encode(text: str) -> tuple[str, np.ndarray]:
    return AN_ENCODER, np.ones(4, dtype=np.float32) / 2


Open = Callable[..., FeedbackRecorder]


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_recorder(log: MemoryLog, clock: Clock) -> Iterator[Open]:
    opened: list[FeedbackRecorder] = []

    def open_(**limits: int) -> FeedbackRecorder:
        settings = FeedbackSettings(**limits)
        opened.append(FeedbackRecorder(log, PSEUDONYMS, settings, encode=encode, clock=clock))
        return opened[-1]

    yield open_
    log.gate.set()
    for each in opened:
        each.close()


@pytest.fixture
def recorder(open_recorder: Open) -> FeedbackRecorder:
    return open_recorder()


def a_page(query_id: str = "q-1", *shown: Document, **changes: object) -> ResultPage:
    nothing = Explanation(None, None, None, 0.0, 0.0, 0.0)
    page = ResultPage(
        query_id=QueryId(query_id),
        hits=tuple(
            Hit(rank, each, (), (), 1.0, nothing)
            for rank, each in enumerate(shown or (SHEET, VIDEO), 11)
        ),
        total=12,
        total_relation=TotalRelation.EXACT,
        facets={},
        took_ms=1.0,
        timings_ms={},
        meaning="fixer ses prix",
        profile="default@4",
    )
    return msgspec.structs.replace(page, **changes)


def a_click(document: Document = VIDEO, query_id: str = "q-1") -> ReportedEvent:
    return ReportedEvent(QueryId(query_id), document.id, Action.CLICK)


def test_a_search_is_written_with_what_it_showed_and_how_it_was_meant(
    recorder: FeedbackRecorder, log: MemoryLog
) -> None:
    page = a_page(confidence=0.25, is_doubtful=True, experiment="second")
    recorder.record_search(CAMILLE, "Fixer ses prix ?", page, number=2, surface=Surface.PORTAL)
    recorder.flush()

    [search], [phrasing] = log.found, log.phrasings
    assert [(hit.document_id, hit.position) for hit in search.hits] == [
        (SHEET.id, 11),
        (VIDEO.id, 12),
    ]
    assert (search.person, search.role) == (PSEUDONYMS.of(CAMILLE.person_id), Role.STUDENT)
    assert (search.page, search.surface, search.profile) == (2, Surface.PORTAL, "default@4")
    assert (search.confidence, search.is_doubtful, search.experiment) == (0.25, True, "second")
    assert search.phrasing == phrasing.id == phrasing_id("fixer ses prix")
    assert (phrasing.text, phrasing.meaning) == ("Fixer ses prix ?", "fixer ses prix")
    assert np.frombuffer(phrasing.vector, "<f2").tolist() == [0.5] * 4


def test_nobody_stands_in_the_log_by_name(recorder: FeedbackRecorder, log: MemoryLog) -> None:
    recorder.record_search(CAMILLE, "prix", a_page())
    recorder.record_events(CAMILLE, [a_click()])
    recorder.flush()

    written = msgspec.json.encode([log.found, log.events]).decode()
    assert CAMILLE.person_id not in written


def test_a_phrasing_is_kept_once(recorder: FeedbackRecorder, log: MemoryLog) -> None:
    for number, text in enumerate(["Prix", "prix ?", "PRIX"]):
        recorder.record_search(CAMILLE, text, a_page(f"q-{number}"))
        recorder.flush()

    assert [each.text for each in log.phrasings] == ["Prix"]


def test_a_text_without_words_has_no_phrasing(recorder: FeedbackRecorder, log: MemoryLog) -> None:
    recorder.record_search(CAMILLE, "kind:cours", a_page(meaning=" "))
    recorder.flush()

    assert (len(log.found), log.phrasings) == (1, [])


def test_operators_and_programs_do_not_count(recorder: FeedbackRecorder, log: MemoryLog) -> None:
    assert recorder.record_search(OPERATOR, "prix", a_page()) is Ignored.ROLE
    assert recorder.record_events(OPERATOR, [a_click()]).ignored == {Ignored.ROLE: 1}
    assert recorder.is_counted(OPERATOR, QueryId("q-1"), VIDEO.id) is Ignored.ROLE
    recorder.flush()
    assert log.found == []


def test_events_count_before_their_search_is_written(
    recorder: FeedbackRecorder, log: MemoryLog
) -> None:
    log.gate.clear()
    recorder.record_search(CAMILLE, "prix", a_page())

    done = recorder.record_events(CAMILLE, [a_click()])
    is_counted = recorder.is_counted(CAMILLE, QueryId("q-1"), VIDEO.id)
    log.gate.set()
    recorder.flush()

    assert (done.accepted, done.ignored, is_counted) == (1, {}, None)
    assert [(each.position, each.action) for each in log.events] == [(12, Action.CLICK)]


def test_events_count_for_searches_that_another_process_wrote(
    open_recorder: Open, log: MemoryLog
) -> None:
    first, second = open_recorder(), open_recorder()
    first.record_search(CAMILLE, "prix", a_page())
    first.record_events(CAMILLE, [a_click()])
    first.flush()

    again = second.record_events(CAMILLE, [a_click(), a_click(SHEET)])

    assert (again.accepted, again.ignored) == (1, {Ignored.REPEATED: 1})


@pytest.mark.parametrize(
    ("caller", "event", "reason"),
    [
        (CAMILLE, a_click(query_id="q-forged"), Ignored.UNKNOWN_QUERY),
        (ALEX, a_click(), Ignored.OTHER_PERSON),
        (CAMILLE, a_click(a_document("sheet:other")), Ignored.NOT_SHOWN),
    ],
    ids=["forged", "another-person", "not-shown"],
)
def test_what_does_not_belong_together_is_ignored_and_counted(
    recorder: FeedbackRecorder,
    log: MemoryLog,
    caller: Caller,
    event: ReportedEvent,
    reason: Ignored,
) -> None:
    recorder.record_search(CAMILLE, "prix", a_page())

    done = recorder.record_events(caller, [event])
    vote = recorder.note_vote(caller, event.query_id, event.document_id)
    recorder.flush()

    assert (done.accepted, done.ignored, vote) == (0, {reason: 1}, reason)
    assert recorder.ignored() == {(Part.EVENT, reason): 1, (Part.VOTE, reason): 1}
    assert log.events == []


def test_a_vote_that_no_search_led_to_teaches_nothing(recorder: FeedbackRecorder) -> None:
    assert recorder.note_vote(CAMILLE, None, VIDEO.id) is Ignored.NO_SEARCH


def test_a_vote_never_overtakes_its_search(recorder: FeedbackRecorder, log: MemoryLog) -> None:
    recorder.record_search(CAMILLE, "prix", a_page())

    recorder.note_vote(CAMILLE, QueryId("q-1"), VIDEO.id)

    assert [each.query_id for each in log.found] == ["q-1"]


def test_floods_are_left_out_and_counted(open_recorder: Open, log: MemoryLog) -> None:
    recorder = open_recorder(searches_per_minute=2, events_per_minute=1, votes_per_minute=3)
    for number in range(5):
        recorder.record_search(CAMILLE, "prix", a_page(f"q-{number}"))
    recorder.record_events(CAMILLE, [a_click(SHEET, "q-0"), a_click(VIDEO, "q-0")])
    votes = [recorder.may_vote(CAMILLE) for _ in range(5)]
    recorder.record_search(ALEX, "prix", a_page("q-alex"))
    recorder.flush()

    assert [each.query_id for each in log.found] == ["q-0", "q-1", "q-alex"]
    assert len(log.events) == 1
    assert votes == [True] * 3 + [False] * 2
    assert recorder.ignored() == {
        (Part.SEARCH, Ignored.FLOOD): 3,
        (Part.EVENT, Ignored.FLOOD): 1,
        (Part.VOTE, Ignored.FLOOD): 2,
    }


def test_a_clock_set_back_puts_nothing_before_its_search(
    recorder: FeedbackRecorder, log: MemoryLog, clock: Clock
) -> None:
    recorder.record_search(CAMILLE, "prix", a_page())
    clock.now = A_MOMENT - timedelta(days=400)
    recorder.record_events(CAMILLE, [a_click()])
    recorder.record_search(CAMILLE, "prix", a_page("q-2"))
    recorder.flush()

    assert [each.at for each in log.events] == [A_MOMENT]
    assert [each.query_id for each in log.found] == ["q-1", "q-2"]


def test_while_the_database_is_away_nothing_is_lost(
    recorder: FeedbackRecorder, log: MemoryLog
) -> None:
    log.n_refusals = 1
    recorder.record_search(CAMILLE, "prix", a_page())

    assert recorder.flush(10)
    assert len(log.found) == 1


def test_a_search_that_is_there_already_takes_no_other_along(
    recorder: FeedbackRecorder, log: MemoryLog
) -> None:
    recorder.record_search(CAMILLE, "prix", a_page("q-1"))
    recorder.flush()
    log.gate.clear()
    for query_id in ("q-0", "q-1", "q-2"):
        recorder.record_search(CAMILLE, "prix", a_page(query_id))
    log.gate.set()
    recorder.flush()

    assert [each.query_id for each in log.found] == ["q-1", "q-0", "q-2"]


def test_a_line_that_nobody_foresaw_takes_no_other_along_and_is_counted(
    recorder: FeedbackRecorder, log: MemoryLog
) -> None:
    log.gate.clear()
    log.unfit = {QueryId("q-1")}
    for query_id in ("q-0", "q-1", "q-2"):
        recorder.record_search(CAMILLE, "prix", a_page(query_id))
    log.gate.set()
    recorder.flush()
    recorder.record_search(CAMILLE, "prix", a_page("q-3"))
    recorder.flush()

    assert [each.query_id for each in log.found] == ["q-0", "q-2", "q-3"]
    assert recorder.ignored() == {(Part.SEARCH, Ignored.UNWRITTEN): 1}


def test_closing_writes_what_waits_and_takes_nothing_more(
    recorder: FeedbackRecorder, log: MemoryLog
) -> None:
    recorder.record_search(CAMILLE, "prix", a_page())
    recorder.close()
    recorder.close()

    refused = recorder.record_search(CAMILLE, "prix", a_page("q-2"))

    assert ([each.query_id for each in log.found], refused) == (["q-1"], Ignored.QUEUE_FULL)


def test_a_full_queue_refuses_and_makes_nobody_wait(log: MemoryLog) -> None:
    log.gate.clear()
    writer = LogWriter(
        log, NoPhrasings(), on_written=lambda: None, on_lost=lambda _: None, max_queued=2
    )
    search = LoggedSearch(
        QueryId("q-1"), PSEUDONYMS.of(CAMILLE.person_id), Role.STUDENT, A_MOMENT, "prix",
        phrasing_id("prix"), "default@4", (), 1, 0,
    )  # fmt: skip

    taken = [
        writer.put(QueuedSearch(msgspec.structs.replace(search, query_id=QueryId(f"q-{n}")), ""))
        for n in range(3)
    ]
    log.gate.set()
    writer.close()

    assert taken == [True, True, False]
    assert len(log.found) == 2


def test_who_listens_is_told_when_lines_were_written(recorder: FeedbackRecorder) -> None:
    told = threading.Event()
    recorder.listen(told.set)
    recorder.record_search(CAMILLE, "prix", a_page())

    assert told.wait(5)


class NoPhrasings:
    def new(self, searches: object) -> list[Phrasing]:
        return []

    def keep(self, written: object) -> None:
        pass
