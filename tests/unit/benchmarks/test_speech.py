"""How the benchmark of speech tells where words begin, without a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.speech import FRAME_MS, candidates, ends_of_pauses, plain

LOUD, QUIET = 3_000.0, 40.0


def frames(*stretches: tuple[float, int]) -> Any:
    return np.concatenate([np.full(ms // FRAME_MS, loudness) for loudness, ms in stretches])


def word(text: str, start_ms: int, end_ms: int) -> dict[str, Any]:
    return {"text": text, "start_ms": start_ms, "end_ms": end_ms}


def test_speech_sets_in_where_a_pause_ends() -> None:
    loudness = frames((QUIET, 500), (LOUD, 1_000), (QUIET, 300), (LOUD, 2_000))

    assert ends_of_pauses(loudness) == [500, 1_800]


def test_a_stop_inside_a_word_is_no_pause() -> None:
    assert ends_of_pauses(frames((LOUD, 1_000), (QUIET, 90), (LOUD, 1_000))) == [0]


def test_words_count_that_follow_a_pause_and_the_nearest_end_is_theirs() -> None:
    words = [
        word("Bonjour", 100, 600),
        word("l'assemblée,", 1_000, 1_500),
        word("réunie", 1_510, 1_900),  # no pause before it
        word("ici", 2_500, 2_700),  # too short to be searched
        word("Parmi", 9_000, 9_500),
    ]

    first, *_, last = candidates(words, [950, 1_040, 2_480, 8_900])

    assert [(w["text"], onset) for w, onset in first] == [("l'assemblée,", 1_040)]
    assert [(w["text"], onset) for w, onset in last] == [("Parmi", 8_900)]


def test_case_and_punctuation_are_no_error() -> None:
    assert plain("L'Homme, né LIBRE !") == "l homme né libre"
