"""The track that says which thumbnail shows when."""

from __future__ import annotations

from api.views.thumbnails import to_thumbnail_track
from schemas.document import ThumbnailGrid


def test_each_cue_names_its_part_of_the_sheet() -> None:
    assert to_thumbnail_track(ThumbnailGrid(5_000, 3, 2, 160, 90)) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:05.000\nthumbnails#xywh=0,0,160,90\n\n"
        "00:00:05.000 --> 00:00:10.000\nthumbnails#xywh=160,0,160,90\n\n"
        "00:00:10.000 --> 00:00:15.000\nthumbnails#xywh=0,90,160,90\n"
    )
