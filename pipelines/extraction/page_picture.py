"""Pictures of pages: how crooked they lie, and set straight."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

_SIDE_PX: Final = 1_000  # lines of text are still told apart, and thirty turns take 0.2 s
_COARSE: Final = tuple(step * 0.5 for step in range(-10, 11))  # degrees
_FINE: Final = tuple(step * 0.1 for step in range(-4, 5))
_MIN_GAIN: Final = 1.05  # a page that gains less by turning lies straight, or holds no lines
_QUARTER: Final = 90


def find_skew(picture: Image.Image) -> float:
    """Return the degrees clockwise, at most 5.4 either way, by which text lines become level.

    Where lines are level, rows of ink and rows of paper alternate: the angle is the one at which
    the ink of neighbouring rows differs most. 0 when no angle is clearly better than none.

    Source:
        Postl, "Detection of linear oblique structures and skew scan in digitized documents",
        ICPR 1986.
    """
    small = picture.convert("L")
    small.thumbnail((_SIDE_PX, _SIDE_PX))
    ink = small.point(lambda grey: 255 - grey)
    coarse = max(_COARSE, key=lambda angle: _alternation(ink, angle))
    best = max((coarse + step for step in _FINE), key=lambda angle: _alternation(ink, angle))
    gains = _alternation(ink, best) > _MIN_GAIN * _alternation(ink, 0.0)
    return round(best, 1) if gains else 0.0


def turned(picture: Image.Image, clockwise: float) -> Image.Image:
    """Return the picture turned; quarter turns change its shape, smaller ones keep it."""
    quarters, rest = divmod(clockwise + _QUARTER / 2, _QUARTER)
    rest -= _QUARTER / 2
    if quarters % 4:
        picture = picture.rotate(-_QUARTER * quarters, expand=True)
    if rest:
        white = 255 if picture.mode == "L" else (255,) * len(picture.getbands())
        picture = picture.rotate(-rest, resample=Image.Resampling.BICUBIC, fillcolor=white)
    return picture


def _alternation(ink: Image.Image, clockwise: float) -> float:
    rows = np.asarray(ink.rotate(-clockwise), dtype=np.float64).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())
