"""Speech put together into clips of up to half a minute: what Whisper hears at once.

Whisper always works on half a minute, however little of it is speech, so pauses are shortened and
clips are filled; and it hears several clips together for less than one after the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from pipelines.extraction.channels import FRAME, frame_levels
from pipelines.extraction.convert import SAMPLE_RATE
from pipelines.extraction.timing import merge_spans
from schemas.span import TimeSpan

if TYPE_CHECKING:
    from pipelines.extraction.channels import Samples

LONGEST_MS: Final = 29_000
"""Of a clip; Whisper hears 30 s."""
_SHORTEST_FULL_MS: Final = 20_000  # from here on a clip may end in a long pause
_PAUSE_MS: Final = 1_000  # longer pauses are heard as this one
_QUIET_WITHIN_MS: Final = 5_000  # speech without a pause is cut where it is softest in this time
_PER_MS: Final = SAMPLE_RATE // 1000
_FRAME_MS: Final = FRAME // _PER_MS


class Clip(msgspec.Struct, frozen=True):
    """Stretches of one track that are heard as one."""

    parts: tuple[TimeSpan, ...]
    """On the track, disjoint and in order; what lies between them is silence and left out."""

    @property
    def duration_ms(self) -> int:
        """How long the clip is without what is left out."""
        return sum(part.duration_ms for part in self.parts)

    def samples(self, track: Samples) -> Samples:
        """Return the sound of the clip, shape (duration_ms * 16,)."""
        parts = [track[p.start_ms * _PER_MS : p.end_ms * _PER_MS] for p in self.parts]
        return np.concatenate(parts)

    def on_track(self, span: TimeSpan) -> TimeSpan:
        """Return where a stretch of the clip lies on the track; its end never before its start."""
        start_ms, end_ms = self._start_on_track(span.start_ms), self._end_on_track(span.end_ms)
        return TimeSpan(start_ms, max(start_ms, end_ms))

    def _start_on_track(self, at_ms: int) -> int:
        for part in self.parts:
            if at_ms < part.duration_ms:
                return part.start_ms + at_ms
            at_ms -= part.duration_ms
        return self.parts[-1].end_ms

    def _end_on_track(self, at_ms: int) -> int:
        for part in self.parts:
            if at_ms <= part.duration_ms:
                return part.start_ms + at_ms
            at_ms -= part.duration_ms
        return self.parts[-1].end_ms


def clips_of(track: Samples, speech: Sequence[TimeSpan]) -> list[Clip]:
    """Return the clips that hold all the speech of a track, in order.

    A clip ends in a long pause where one leaves it well filled, so that topics stay whole.

    Args:
        track: 16 000 samples a second, shape (n,).
        speech: Detected speech, tightly cut, disjoint and in order, within the track.
    """
    spans = [part for span in speech for part in _hearable(track, span)]
    padded = _padded(spans, len(track) // _PER_MS)
    pauses = [b.start_ms - a.end_ms for a, b in pairwise(spans)]
    clips, taken = [], 0
    while taken < len(padded):
        n = _n_of_next(padded[taken:], pauses[taken:])
        clips.append(Clip(tuple(merge_spans(padded[taken : taken + n]))))
        taken += n
    return clips


def _hearable(track: Samples, span: TimeSpan) -> Iterator[TimeSpan]:
    """Cut speech without a pause into what fits a clip with its margins."""
    most_ms = LONGEST_MS - _PAUSE_MS
    start_ms = span.start_ms
    while span.end_ms - start_ms > most_ms:
        from_ms = start_ms + most_ms - _QUIET_WITHIN_MS
        levels = frame_levels(track[from_ms * _PER_MS : (start_ms + most_ms) * _PER_MS])
        cut_ms = from_ms + int(levels.argmin()) * _FRAME_MS + _FRAME_MS // 2
        yield TimeSpan(start_ms, cut_ms)
        start_ms = cut_ms
    yield TimeSpan(start_ms, span.end_ms)


def _padded(spans: Sequence[TimeSpan], length_ms: int) -> list[TimeSpan]:
    """Give each stretch half a pause before and after it, at most half of what there is."""
    edges = [TimeSpan(0, 0), *spans, TimeSpan(length_ms, length_ms)]
    gaps = [max(0, b.start_ms - a.end_ms) for a, b in pairwise(edges)]
    shares = [min(gap // 2, _PAUSE_MS // 2) for gap in gaps]
    return [
        TimeSpan(span.start_ms - before, span.end_ms + after)
        for span, before, after in zip(spans, shares[:-1], shares[1:], strict=True)
    ]


def _n_of_next(spans: Sequence[TimeSpan], pauses: Sequence[int]) -> int:
    """Return how many of the stretches the next clip takes, whose pauses follow each but the last.

    The last clip of a track takes what fits. Any other one that is filled well enough ends in the
    longest pause; where there are short ones only, it takes what fits as well.
    """
    ends = list(accumulate(span.duration_ms for span in spans))
    n_fit = max(1, bisect_right(ends, LONGEST_MS))
    if n_fit == len(spans):
        return n_fit
    full = [n for n in range(1, n_fit + 1) if ends[n - 1] >= _SHORTEST_FULL_MS]
    return max(full, key=lambda n: (max(pauses[n - 1], _PAUSE_MS), n), default=n_fit)
