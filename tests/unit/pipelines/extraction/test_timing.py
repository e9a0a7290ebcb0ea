"""Clamping, cutting and holes, on spans worked by hand."""

from __future__ import annotations

from pipelines.extraction.doubts import doubts_of, flag_texts
from pipelines.extraction.timing import clamp, cut_point_ms, find_holes, merge_spans
from pipelines.extraction.turns import Piece
from schemas.content import UtteranceFlag, Word
from schemas.span import TimeSpan


def word(start_ms: int, end_ms: int, text: str = "mot") -> Word:
    return Word(text, start_ms, end_ms, 0.9)


def piece(text: str) -> Piece:
    return Piece(tuple(word(0, 1, part) for part in text.split()))


def test_a_word_that_starts_in_silence_is_moved_to_the_speech() -> None:
    moved = clamp([word(700, 1400)], [TimeSpan(0, 500), TimeSpan(1000, 2000)])
    assert (moved[0].start_ms, moved[0].end_ms) == (1000, 1400)


def test_a_word_across_a_pause_goes_where_most_of_it_is() -> None:
    moved = clamp([word(400, 1600)], [TimeSpan(0, 500), TimeSpan(1000, 2000)])
    assert (moved[0].start_ms, moved[0].end_ms) == (1000, 1600)


def test_a_word_without_detected_speech_keeps_its_times() -> None:
    assert clamp([word(600, 900)], [TimeSpan(1000, 2000)]) == [word(600, 900)]


def test_a_block_is_cut_in_its_longest_late_silence() -> None:
    speech = [TimeSpan(0, 570_000), TimeSpan(580_000, 590_000), TimeSpan(591_000, 600_000)]
    assert cut_point_ms(speech, 600_000) == 575_000


def test_a_block_of_speech_without_a_pause_is_cut_at_its_end() -> None:
    assert cut_point_ms([TimeSpan(0, 600_000)], 600_000) == 600_000


def test_a_silent_block_is_cut_in_its_last_minute() -> None:
    assert cut_point_ms([], 600_000) == 570_000


def test_spans_are_merged_where_they_meet() -> None:
    assert merge_spans([TimeSpan(5, 9), TimeSpan(0, 3), TimeSpan(2, 5)]) == [TimeSpan(0, 9)]


def test_speech_without_words_is_a_hole() -> None:
    words = [word(0, 500), word(9_000, 9_500)]
    assert find_holes(words, [TimeSpan(0, 10_000)], min_ms=5_000) == [TimeSpan(500, 9_000)]


def test_silence_without_words_is_no_hole() -> None:
    words = [word(0, 500), word(9_000, 9_500)]
    speech = [TimeSpan(0, 500), TimeSpan(9_000, 9_500)]
    assert find_holes(words, speech, min_ms=5_000) == []


def test_a_word_stretched_over_a_skipped_sentence_hides_no_hole() -> None:
    words = [word(0, 9_000), word(9_000, 9_500)]
    assert find_holes(words, [TimeSpan(0, 9_500)], min_ms=5_000) == [TimeSpan(1_000, 9_000)]


def test_low_confidence_needs_both_figures() -> None:
    assert doubts_of(log_probability=-1.2, no_speech=0.6, compression=1.5) == (
        UtteranceFlag.LOW_CONFIDENCE,
    )
    assert doubts_of(log_probability=-1.2, no_speech=0.4, compression=1.5) == ()


def test_text_that_packs_too_well_is_doubtful() -> None:
    doubts = doubts_of(log_probability=-0.1, no_speech=0, compression=2.5)
    assert doubts == (UtteranceFlag.COMPRESSION,)


def test_all_but_the_first_of_three_equal_sentences_are_flagged() -> None:
    flagged = flag_texts([piece("Merci."), piece("merci"), piece("Merci !"), piece("Au revoir.")])
    assert [bool(p.flags) for p in flagged] == [False, True, True, False]


def test_a_sentence_said_twice_is_no_junk() -> None:
    assert [p.flags for p in flag_texts([piece("Oui."), piece("Oui.")])] == [(), ()]


def test_dots_alone_are_flagged() -> None:
    assert flag_texts([piece("... .")])[0].flags == (UtteranceFlag.NO_WORDS,)
