"""Text in pictures, read by the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from fixtures.build.slides import FONTS
from pipelines.extraction.ocr import Layout, read_picture, require_ocr, to_lines
from schemas.errors import OcrMissingError

LINES = ("Où fixer le prix d'un gâteau ?", "Le coût d'achat, puis la marge.")


def a_picture(lines: tuple[str, ...] = LINES, size: int = 32) -> Image.Image:
    picture = Image.new("RGB", (900, 120 + 2 * size * len(lines)), "#fbf8f1")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(FONTS / "Vera.ttf"), size)
    for n, line in enumerate(lines):
        draw.text((60, 40 + 2 * size * n), line, font=font, fill="#1d2b36")
    return picture


@pytest.mark.parametrize("layout", Layout)
def test_french_is_read_with_its_accents(layout: Layout) -> None:
    assert to_lines(read_picture(a_picture(), layout=layout)) == list(LINES)


def test_a_word_lies_where_it_was_drawn() -> None:
    words = read_picture(a_picture())
    font = ImageFont.truetype(str(FONTS / "Vera.ttf"), 32)
    at = 60 + font.getlength("Le coût ")
    word = next(w for w in words if "achat" in w.text)
    assert abs(word.x0 - at) <= 4
    assert 104 <= word.y0 < word.y1 <= 104 + 48
    assert word.line == 1
    assert word.confidence > 0.8


def test_larger_type_is_told_from_smaller() -> None:
    small, large = (read_picture(a_picture(size=size))[0].size for size in (24, 40))
    assert 1.4 < large / small < 1.9


def test_a_picture_without_text_has_no_words() -> None:
    assert read_picture(Image.new("L", (300, 200), 255)) == ()


def test_boxes_of_a_huge_picture_are_in_its_own_pixels() -> None:
    picture = Image.new("L", (9_000, 500), 255)
    picture.paste(a_picture(), (8_000, 0))
    words = read_picture(picture)
    assert words[0].text == "Où"
    assert abs(words[0].x0 - 8_060) <= 8


def test_a_missing_engine_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OcrMissingError, match="tesseract-ocr tesseract-ocr-fra"):
        read_picture(a_picture())
    with pytest.raises(OcrMissingError, match="install tesseract-ocr"):
        require_ocr()


def test_a_missing_language_names_its_package() -> None:
    require_ocr()
    with pytest.raises(OcrMissingError, match="tesseract-ocr-oci"):
        require_ocr("oci")
    with pytest.raises(OcrMissingError, match="tesseract-ocr-oci"):
        read_picture(a_picture(), languages="oci")
