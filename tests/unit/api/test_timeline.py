from hypothesis import given
from hypothesis import strategies as st

from api.pages.reading import Line
from api.pages.timeline import WIDTH, timeline_of
from schemas.span import CharSpan
from schemas.wire import ChapterView, HoleView


def _line(start_ms: int, *, is_said: bool = True) -> Line:
    return Line(
        ordinal=0,
        text="Le prix.",
        marks=(CharSpan(3, 7),) if is_said else (),
        speaker_id=None,
        is_new_speaker=False,
        start_ms=start_ms,
        end_ms=start_ms + 1000,
        is_doubtful=False,
        is_matched=False,
        is_current=False,
    )


def test_only_lines_in_which_a_word_is_said_are_marks() -> None:
    drawn = timeline_of(10_000, [_line(0, is_said=False), _line(5000)], (), ())

    assert drawn is not None
    assert [(mark.x, mark.start_ms) for mark in drawn.words] == [(WIDTH // 2, 5000)]


def test_a_recording_of_unknown_length_has_no_timeline() -> None:
    assert timeline_of(None, [_line(0)], (), ()) is None


@given(st.integers(1, 10**8), st.integers(0, 2 * 10**8), st.integers(0, 10**8))
def test_nothing_is_drawn_outside(duration_ms: int, start_ms: int, length_ms: int) -> None:
    chapter = ChapterView("Fin", start_ms, start_ms + length_ms)

    drawn = timeline_of(duration_ms, [_line(start_ms)], (), [chapter])

    assert drawn is not None
    for mark in (*drawn.words, *drawn.chapters):
        assert 0 <= mark.x < mark.x + mark.width <= WIDTH


def test_speech_without_a_transcript_is_drawn() -> None:
    drawn = timeline_of(10_000, (), (), (), holes=[HoleView(5000, 6000)])

    assert drawn is not None
    assert [(mark.x, mark.width) for mark in drawn.holes] == [(WIDTH // 2, WIDTH // 10)]
    assert not drawn.is_empty
