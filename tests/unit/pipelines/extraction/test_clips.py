"""Clips of speech: all of it, in order, well filled, and back to where it was said."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.clips import LONGEST_MS, Clip, clips_of
from schemas.span import TimeSpan

PER_MS = 16


def silence(length_ms: int) -> np.ndarray:
    return np.zeros(length_ms * PER_MS, dtype=np.float32)


@st.composite
def speech(draw: st.DrawFn) -> list[TimeSpan]:
    spans, at_ms = [], 0
    for pause_ms, length_ms in draw(
        st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 40_000)), max_size=15)
    ):
        spans.append(TimeSpan(at_ms + pause_ms, at_ms + pause_ms + length_ms))
        at_ms += pause_ms + length_ms
    return spans


@given(speech(), st.integers(0, 3_000))
def test_every_millisecond_of_speech_is_in_one_clip_and_no_clip_is_too_long(
    spans: list[TimeSpan], after_ms: int
) -> None:
    length_ms = (spans[-1].end_ms if spans else 0) + after_ms
    clips = clips_of(silence(length_ms), spans)
    parts = [part for clip in clips for part in clip.parts]
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(parts))
    heard_ms = sum(
        max(0, min(p.end_ms, s.end_ms) - max(p.start_ms, s.start_ms)) for p in parts for s in spans
    )
    assert heard_ms == sum(s.duration_ms for s in spans)
    assert all(clip.duration_ms <= LONGEST_MS for clip in clips)
    assert all(0 <= p.start_ms < p.end_ms <= length_ms for p in parts)


@given(speech(), st.data())
def test_a_place_in_a_clip_is_found_again_on_the_track(
    spans: list[TimeSpan], data: st.DataObject
) -> None:
    track = np.arange((spans[-1].end_ms if spans else 0) * PER_MS, dtype=np.float64)
    clips = clips_of(track, spans)
    if not clips:
        return
    clip = data.draw(st.sampled_from(clips))
    at_ms = data.draw(st.integers(0, clip.duration_ms - 1))
    # The track counts its own samples, so the sound itself says where it is from.
    assert (
        clip.samples(track)[at_ms * PER_MS] == clip.on_track(TimeSpan(at_ms, at_ms)).start_ms * 16
    )


def test_long_pauses_are_shortened_and_short_ones_kept() -> None:
    spans = [TimeSpan(2_000, 4_000), TimeSpan(4_800, 6_000), TimeSpan(16_000, 18_000)]
    (clip,) = clips_of(silence(30_000), spans)
    assert clip.parts == (TimeSpan(1_500, 6_500), TimeSpan(15_500, 18_500))


def test_a_stretch_that_ends_at_a_cut_ends_before_the_silence() -> None:
    clip = Clip((TimeSpan(1_000, 2_000), TimeSpan(9_000, 10_000)))
    assert clip.on_track(TimeSpan(500, 1_000)) == TimeSpan(1_500, 2_000)
    assert clip.on_track(TimeSpan(1_000, 1_500)) == TimeSpan(9_000, 9_500)
    assert clip.on_track(TimeSpan(1_900, 2_600)) == TimeSpan(9_900, 10_000)


def test_a_filled_clip_ends_in_a_long_pause() -> None:
    spans = [TimeSpan(0, 21_000), TimeSpan(22_600, 25_000), TimeSpan(25_400, 40_000)]
    assert [c.parts[-1].end_ms for c in clips_of(silence(40_000), spans)] == [21_500, 40_000]


def test_a_clip_takes_what_fits_where_pauses_are_short() -> None:
    spans = [TimeSpan(0, 21_000), TimeSpan(21_900, 25_000), TimeSpan(25_400, 40_000)]
    assert [c.parts[-1].end_ms for c in clips_of(silence(40_000), spans)] == [25_200, 40_000]


def test_speech_without_a_pause_is_cut_where_it_is_softest() -> None:
    track = np.ones(60_000 * PER_MS, dtype=np.float32)
    track[25_000 * PER_MS : 25_100 * PER_MS] = 0.01
    first, second, *_ = clips_of(track, [TimeSpan(0, 60_000)])
    assert 25_000 <= first.parts[-1].end_ms <= 25_100
    assert second.parts[0].start_ms == first.parts[-1].end_ms


def test_without_speech_there_is_no_clip() -> None:
    assert clips_of(silence(1_000), []) == []
