"""Stretches of a recording that are not to be heard, and of a video not to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from schemas.span import TimeSpan

BIT_RATE: Final = "96k"
_BLOCK_SAMPLES: Final = 128
"""ffmpeg silences whole blocks: of 3 ms at 48 kHz, where those of a codec are of 21 to 64 ms."""
_EDGE_S: Final = 0.02
"""Taken along on both sides: what is cut at a block is still heard a little in how codecs blend."""


def muted(sound: Any, spans: Sequence[TimeSpan]) -> Any:
    """Return a stream of sound, of ffmpeg-python, that is silent in these stretches."""
    if not spans:
        return sound
    blocks = sound.filter("asetnsamples", n=_BLOCK_SAMPLES, p=0)
    return blocks.filter("volume", volume=0, enable=during(spans))


def during(spans: Sequence[TimeSpan]) -> str:
    """Return what tells ffmpeg's filters that a moment is in one of these stretches, or at one."""
    return "+".join(
        f"between(t,{max(0.0, s.start_ms / 1000 - _EDGE_S):.3f},{s.end_ms / 1000 + _EDGE_S:.3f})"
        for s in spans
    )
