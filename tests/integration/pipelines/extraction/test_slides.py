"""Slides of real videos: read at the second at which they show, by ffmpeg and Tesseract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.extraction import ocr
from pipelines.extraction.media import probe
from pipelines.extraction.slides import read_slides
from schemas.content import Transcript

VIDEO = Path(__file__).parents[4] / "fixtures" / "media" / "tva-franchise.mp4"
TONE = "sine=frequency=300:duration=6"
MOVING = "testsrc2=size=320x180:rate=5:duration=8"
H264 = {"vcodec": "libx264", "pix_fmt": "yuv420p", "acodec": "aac"}
Make = Callable[..., Path]
ExtractBytes = Callable[..., Any]


def test_each_slide_of_a_course_is_read_when_it_shows(tmp_path: Path) -> None:
    found = probe(VIDEO)
    assert not isinstance(found, str)
    shares: list[float] = []
    slides = read_slides(
        VIDEO, tmp_path, VIDEO.name, duration_ms=found.duration_ms or 0, progress=shares.append
    )
    assert [slide.text.splitlines()[0] for slide in slides] == [
        "Comprendre la TVA en franchise",
        "1. Le principe",
        "2. Les seuils à connaître",
        "3. Que se passe-t-il si je",
        "4. Sur la facture",
        "5. Faut-il y renoncer ?",
    ]
    # "Ensuite, les seuils." is said from 34.4 s on, and the next part begins at 55.1 s.
    shown = slides[2].span
    assert 34_000 <= shown.start_ms <= 39_500
    assert 50_000 <= shown.end_ms <= 57_500
    assert "37 500 €" in slides[2].text
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_picture_that_moves_is_not_read(tmp_path: Path, make_media: Make) -> None:
    video = make_media("v.mp4", MOVING, TONE, g=5, **H264)
    assert read_slides(video, tmp_path, "v", duration_ms=6_000, progress=lambda _: None) == ()


def test_a_video_without_ocr_is_published_with_a_warning(
    extract_bytes: ExtractBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "PROGRAM", "tesseract-that-is-not-there")
    found = extract_bytes("cours.mp4", VIDEO.read_bytes())
    assert isinstance(found.content, Transcript)
    assert found.content.slides == ()
    assert any("tesseract-ocr-fra" in warning for warning in found.warnings)


def test_slides_come_with_the_transcript(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("cours.mp4", VIDEO.read_bytes())
    assert len(found.content.slides) == 6
    assert found.content.utterances
