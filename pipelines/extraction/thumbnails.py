"""Small pictures of a video on one sheet, for its timeline: only key frames are decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from pipelines.extraction.ffmpeg_run import open_input, run
from schemas.document import ThumbnailGrid

_SHORTEST_STEP_MS: Final = 5_000  # key frames are seldom nearer to each other
_MOST: Final = 100  # a sheet of some 300 kB, and a hundredth of the timeline each
_N_COLUMNS: Final = 10
_BOX_PX: Final = (160, 120)  # upright videos are kept from becoming towers


class Sheet(NamedTuple):
    """Thumbnails of a video as one JPEG, and how they lie on it."""

    path: Path
    grid: ThumbnailGrid


def to_thumbnails(video: Path, folder: Path, filename: str, *, duration_ms: int) -> Sheet:
    """Write one thumbnail every 5 seconds, or every hundredth of a long video.

    Raises:
        DamagedFileError: If the video cannot be decoded.
    """
    target = folder / "thumbnails.jpg"
    step_ms = max(_SHORTEST_STEP_MS, -(-duration_ms // _MOST))
    count = max(1, -(-duration_ms // step_ms))
    n_columns = min(_N_COLUMNS, count)
    n_rows = -(-count // n_columns)
    frames = open_input(video, skip_frame="nokey")["v:0"]
    frames = frames.filter("fps", fps=f"1000/{step_ms}", round="up", start_time=0)
    # The last picture stands to the end of the sheet, as it does in a player.
    frames = frames.filter("tpad", stop=-1, stop_mode="clone")
    width, height = _BOX_PX
    frames = frames.filter(
        "scale", width, height, force_original_aspect_ratio="decrease", force_divisible_by=2
    )
    sheet = frames.filter("tile", f"{n_columns}x{n_rows}")
    run(sheet.output(str(target), vframes=1, **{"q:v": 5}), filename)
    with Image.open(target) as picture:
        size = (picture.width // n_columns, picture.height // n_rows)
    return Sheet(target, ThumbnailGrid(step_ms, count, n_columns, *size))
