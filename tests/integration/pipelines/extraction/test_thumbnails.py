"""Sheets of thumbnails: of videos made by ffmpeg on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from indexer.erasing.leftovers import files_of
from indexer.ports import BlobStore
from pipelines.extraction import recording
from pipelines.extraction.thumbnails import to_thumbnails
from schemas.document import ThumbnailGrid
from schemas.errors import DamagedFileError

TONE = "sine=frequency=300:duration=20"
# ten seconds red, then blue
COLOURS = "color=red:s=128x72:r=5:d=20,drawbox=c=blue:t=fill:enable='gte(t,10)'"
H264 = {"vcodec": "libx264", "pix_fmt": "yuv420p", "g": 25}
Make = Callable[..., Path]
ExtractBytes = Callable[..., Any]


def colours(sheet: Path, grid: ThumbnailGrid) -> str:
    """Return the first letter of the colour in the middle of each thumbnail."""
    with Image.open(sheet) as picture:
        middles = [
            picture.convert("RGB").getpixel((
                (n % grid.n_columns) * grid.width_px + grid.width_px // 2,
                (n // grid.n_columns) * grid.height_px + grid.height_px // 2,
            ))
            for n in range(grid.count)
        ]
    return "".join("r" if red > 200 > blue else "b" if blue > 200 > red else "-"
                   for red, _, blue in middles)  # fmt: skip


def test_each_thumbnail_shows_its_second(make_media: Make, tmp_path: Path) -> None:
    video = make_media("v.mp4", COLOURS, **H264)
    sheet, grid = to_thumbnails(video, tmp_path, "v.mp4", duration_ms=20_000)
    assert grid == ThumbnailGrid(5_000, 4, 4, 160, 90)
    assert colours(sheet, grid) == "rrbb"


def test_the_last_picture_stands_to_the_end(make_media: Make, tmp_path: Path) -> None:
    video = make_media("v.mp4", COLOURS, **H264)
    sheet, grid = to_thumbnails(video, tmp_path, "v.mp4", duration_ms=58_000)
    assert (grid.count, grid.n_columns) == (12, 10)
    assert colours(sheet, grid) == "rr" + 10 * "b"


def test_a_long_video_has_a_hundred(make_media: Make, tmp_path: Path) -> None:
    video = make_media("v.mp4", COLOURS, **H264)
    sheet, grid = to_thumbnails(video, tmp_path, "v.mp4", duration_ms=3_600_000)
    assert (grid.step_ms, grid.count) == (36_000, 100)
    with Image.open(sheet) as picture:
        assert picture.size == (1_600, 900)


def test_an_upright_video_fits_the_box(make_media: Make, tmp_path: Path) -> None:
    video = make_media("v.mp4", "testsrc=size=72x128:rate=5:duration=6", **H264)
    grid = to_thumbnails(video, tmp_path, "v.mp4", duration_ms=6_000).grid
    assert (grid.width_px, grid.height_px) == (pytest.approx(68, abs=2), 120)


def test_thumbnails_are_kept_with_the_document_and_not_swept(
    extract_bytes: ExtractBytes, make_media: Make, blobs: BlobStore
) -> None:
    video = make_media("v.mp4", COLOURS, TONE, **H264)
    media = extract_bytes("v.mp4", video.read_bytes()).media
    assert blobs.read(media.thumbnails).startswith(b"\xff\xd8\xff")
    assert media.thumbnail_grid.count == 4
    assert media.thumbnails in set(files_of(media))


def test_sound_has_none(extract_bytes: ExtractBytes, make_media: Make) -> None:
    media = extract_bytes("a.wav", make_media("a.wav", TONE).read_bytes()).media
    assert (media.thumbnails, media.thumbnail_grid) == (None, None)


def test_a_video_without_thumbnails_is_published_with_a_warning(
    extract_bytes: ExtractBytes, make_media: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DamagedFileError("no key frame")

    monkeypatch.setattr(recording, "to_thumbnails", fail)
    video = make_media("v.mp4", COLOURS, TONE, **H264)
    found = extract_bytes("v.mp4", video.read_bytes())
    assert found.media.poster is not None
    assert found.media.thumbnails is None
    assert found.warnings == ("No thumbnails could be made: no key frame",)
