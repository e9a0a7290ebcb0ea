"""Times of speech: where a recording may be cut, and when words are really said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from schemas.content import Word
from schemas.span import TimeSpan

_CUT_WITHIN_MS: Final = 60_000  # a block is cut in the longest silence of its last minute
_LONGEST_WORD_MS: Final = 1_000
_STRETCHED_MS: Final = 2_000


def cut_point_ms(speech: Sequence[TimeSpan], block_ms: int) -> int:
    """Return where to end a block of audio: the middle of the longest late silence, else its end.

    Args:
        speech: Detected speech of all channels, in any order, from the start of the block.
        block_ms: Length of the block.
    """
    earliest = max(0, block_ms - _CUT_WITHIN_MS)
    merged = merge_spans(speech)
    edges = [
        TimeSpan(0, earliest),
        *(s for s in merged if s.end_ms > earliest),
        TimeSpan(block_ms, block_ms),
    ]
    silences = [(b.start_ms - a.end_ms, (a.end_ms + b.start_ms) // 2) for a, b in pairwise(edges)]
    length, middle = max(silences)
    return middle if length > 0 else block_ms


def merge_spans(spans: Iterable[TimeSpan]) -> list[TimeSpan]:
    """Return the union of the spans as disjoint spans in order."""
    merged: list[TimeSpan] = []
    for span in sorted(spans, key=lambda s: (s.start_ms, s.end_ms)):
        if merged and span.start_ms <= merged[-1].end_ms:
            end_ms = max(span.end_ms, merged[-1].end_ms)
            merged[-1] = TimeSpan(merged[-1].start_ms, end_ms)
        else:
            merged.append(span)
    return merged


def clamp(words: Iterable[Word], speech: Sequence[TimeSpan]) -> list[Word]:
    """Move word times that reach into silence to the edge of the speech they overlap most.

    Whisper starts words early after a pause, by 0.3 s as a rule. A word that meets no detected
    speech keeps its times.

    Args:
        words: In any order.
        speech: Detected speech, tightly cut, disjoint and in order.
    """
    return [_clamped(word, speech) for word in words]


def find_holes(words: Iterable[Word], speech: Sequence[TimeSpan], *, min_ms: int) -> list[TimeSpan]:
    """Return stretches with detected speech and no word: what the recogniser skipped.

    It hides a skip by stretching one word over it, so a word counts for one second at most.

    Args:
        words: Of all voices, without the doubtful ones.
        speech: Detected speech of all voices, disjoint and in order.
        min_ms: Least detected speech of a hole.
    """
    if not speech:
        return []
    said = sorted((w.start_ms, min(w.end_ms, w.start_ms + _LONGEST_WORD_MS)) for w in words)
    end_ms = speech[-1].end_ms
    holes = []
    silent_from = 0
    for start_ms, word_end_ms in [*said, (end_ms, end_ms)]:
        silence = TimeSpan(silent_from, max(silent_from, start_ms))
        spoken = [common for s in speech if (common := _common(silence, s))]
        if sum(s.duration_ms for s in spoken) >= min_ms:
            holes.append(TimeSpan(spoken[0].start_ms, spoken[-1].end_ms))
        silent_from = max(silent_from, word_end_ms)
    return holes


def is_stretched(word: Word) -> bool:
    """Tell whether a word lasts longer than anybody says a word: it hides what was skipped."""
    return word.end_ms - word.start_ms > _STRETCHED_MS


def within(word: Word, hole: TimeSpan) -> bool:
    """Tell whether the middle of the word lies in the hole."""
    return hole.start_ms <= (word.start_ms + word.end_ms) / 2 < hole.end_ms


def _clamped(word: Word, speech: Sequence[TimeSpan]) -> Word:
    common = [c for s in speech if (c := _common(TimeSpan(word.start_ms, word.end_ms), s))]
    if not common:
        return word
    best = max(common, key=lambda c: c.duration_ms)
    return msgspec.structs.replace(word, start_ms=best.start_ms, end_ms=best.end_ms)


def _common(a: TimeSpan, b: TimeSpan) -> TimeSpan | None:
    start_ms, end_ms = max(a.start_ms, b.start_ms), min(a.end_ms, b.end_ms)
    return TimeSpan(start_ms, end_ms) if start_ms < end_ms else None
