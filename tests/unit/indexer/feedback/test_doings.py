"""Nothing that is done with a hit counts twice, and no claim counts for more than it can be."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fixtures.builders import a_document, a_search, an_event
from indexer.feedback.doings import MAX_DWELL_MS, MAX_TIME_MS, Doings, normalised, without
from schemas.feedback import Action, Ignored, ReportedEvent
from schemas.ids import DocumentId
from schemas.span import TimeSpan

SHEET = a_document("sheet:prix")
SEARCH = a_search("q-1", SHEET)

times = st.integers(-50, 200)
spans = st.lists(st.builds(TimeSpan, times, times), max_size=8)


def reported(action: Action, **changes: object) -> ReportedEvent:
    return ReportedEvent(SEARCH.query_id, SHEET.id, action, **changes)  # type: ignore[arg-type]


def covered(spans: object) -> set[int]:
    return {ms for span in spans for ms in range(span.start_ms, span.end_ms)}  # type: ignore[attr-defined]


@given(spans)
def test_normalised_spans_cover_the_same_moments_in_order_without_touching(
    given: list[TimeSpan],
) -> None:
    found = normalised(given)

    assert covered(found) == {ms for ms in covered(given) if ms >= 0}
    assert all(a.end_ms < b.start_ms for a, b in pairwise(found))
    assert normalised(found) == found


@given(spans, spans)
def test_what_was_taken_is_not_left(first: list[TimeSpan], second: list[TimeSpan]) -> None:
    a, b = normalised(first), normalised(second)

    left = without(a, b)

    assert covered(left) == covered(a) - covered(b)
    assert normalised(left) == left


def test_a_hit_is_clicked_once() -> None:
    doings = Doings(SEARCH)

    assert doings.take(reported(Action.CLICK)) == reported(Action.CLICK)
    assert doings.take(reported(Action.CLICK)) is Ignored.REPEATED


def test_what_the_log_has_already_is_not_taken_again() -> None:
    doings = Doings(SEARCH, [an_event(SEARCH), an_event(SEARCH, action=Action.COPY, passage=3)])

    assert doings.take(reported(Action.CLICK)) is Ignored.REPEATED
    assert doings.take(reported(Action.COPY, passage=3)) is Ignored.REPEATED
    assert isinstance(doings.take(reported(Action.COPY, passage=4)), ReportedEvent)


def test_of_plays_only_what_was_not_played_before_is_new() -> None:
    doings = Doings(SEARCH)
    doings.take(reported(Action.PLAY, spans=(TimeSpan(0, 10_000),)))

    again = doings.take(reported(Action.PLAY, spans=(TimeSpan(2_000, 8_000),)))
    more = doings.take(reported(Action.PLAY, spans=(TimeSpan(8_000, 15_000),)))

    assert again is Ignored.REPEATED
    assert more == reported(Action.PLAY, spans=(TimeSpan(10_000, 15_000),))


def test_dwell_adds_up_to_half_an_hour_and_no_more() -> None:
    doings = Doings(SEARCH)

    first = doings.take(reported(Action.DWELL, dwell_ms=20 * 60_000))
    second = doings.take(reported(Action.DWELL, dwell_ms=2**60))
    third = doings.take(reported(Action.DWELL, dwell_ms=1))

    assert isinstance(first, ReportedEvent)
    assert isinstance(second, ReportedEvent)
    assert first.dwell_ms + second.dwell_ms == MAX_DWELL_MS
    assert third is Ignored.REPEATED


def test_time_that_is_none_says_nothing() -> None:
    doings = Doings(SEARCH)
    backwards = (TimeSpan(5_000, 1_000), TimeSpan(MAX_TIME_MS, MAX_TIME_MS + 5))

    assert doings.take(reported(Action.DWELL, dwell_ms=-5)) is Ignored.EMPTY
    assert doings.take(reported(Action.PLAY, spans=backwards)) is Ignored.EMPTY


def test_a_document_that_was_not_shown_counts_for_nothing() -> None:
    event = ReportedEvent(SEARCH.query_id, DocumentId("d-other"), Action.CLICK)

    assert Doings(SEARCH).take(event) is Ignored.NOT_SHOWN
