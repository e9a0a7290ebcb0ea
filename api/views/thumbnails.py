"""Thumbnails of a video as a WebVTT track, as players and scripts read them."""

from __future__ import annotations

from api.views.subrip import timestamp
from schemas.document import ThumbnailGrid


def to_thumbnail_track(grid: ThumbnailGrid) -> str:
    """Write one cue per thumbnail: the address of the sheet, and which part of it.

    Source:
        W3C, Media Fragments URI 1.0, section 4.2.2: ``#xywh=`` in pixels.
    """
    return "\n\n".join(["WEBVTT", *(_cue(grid, number) for number in range(grid.count))]) + "\n"


def _cue(grid: ThumbnailGrid, number: int) -> str:
    row, column = divmod(number, grid.n_columns)
    x, y = column * grid.width_px, row * grid.height_px
    start, end = (timestamp(n * grid.step_ms, ".") for n in (number, number + 1))
    # Beside the track, so a relative address does.
    return f"{start} --> {end}\nthumbnails#xywh={x},{y},{grid.width_px},{grid.height_px}"
