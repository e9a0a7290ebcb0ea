"""PDFs whose pages are pictures of text: read by the real engine, where there is no text layer."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.ocr import all_sheets, measure
from fixtures.build.scans import Scanner
from fixtures.build.slides import FONTS
from indexer.ports import BlobStore
from pipelines.extraction.page_picture import find_skew
from schemas.content import Block, BlockRole, Extraction
from schemas.errors import NoTextError, OcrMissingError
from tests.integration.pipelines.extraction.conftest import ExtractBytes

A6 = (298, 420)
DPI = 150
TYPED = "Une page de texte, tapee au clavier"
TITLE = "Le prix plancher"
LINES = (
    "Un prix se calcule avant de se discuter",
    "avec un client : il couvre la matière, le",
    "temps passé et une part des charges du",
    "mois, puis la marge souhaitée qui paie",
    "les ratés, les congés et l'année d'après.",
)
STAMP = "Scan 12"


def a_scanned_page(angle: float = 0) -> Image.Image:
    """Draw a small sheet of paper as a scanner sees it."""
    picture = Image.new("L", (A6[0] * DPI // 72, A6[1] * DPI // 72), 255)
    draw = ImageDraw.Draw(picture)
    draw.text((60, 70), TITLE, font=ImageFont.truetype(str(FONTS / "VeraBd.ttf"), 34), fill=20)
    font = ImageFont.truetype(str(FONTS / "Vera.ttf"), 22)
    for n, line in enumerate(LINES):
        draw.text((60, 160 + 36 * n), line, font=font, fill=20)
    return picture.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def a_pdf(*pages: str | Image.Image, stamp: str = "") -> bytes:
    """Write a PDF of pages of text and of pictures; the stamp is text over each picture."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A6)
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(30, 300, page)
        else:
            canvas.setPageSize((page.width * 72 / DPI, page.height * 72 / DPI))
            canvas.drawImage(ImageReader(page), 0, 0, page.width * 72 / DPI, page.height * 72 / DPI)
            canvas.drawString(10, 10, stamp)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def blocks(found: Extraction) -> tuple[Block, ...]:
    return found.content.blocks  # type: ignore[union-attr] # a PDF gives blocks


def test_a_scanned_page_is_read_with_its_heading(extract_bytes: ExtractBytes) -> None:
    seen: list[float] = []
    found = extract_bytes("scan.pdf", a_pdf(a_scanned_page()), progress=seen.append)
    assert [(b.role, b.text) for b in blocks(found)] == [
        (BlockRole.HEADING, TITLE),
        (BlockRole.PARAGRAPH, " ".join(LINES)),
    ]
    assert found.title == TITLE
    assert found.warnings == ("Read from pictures (OCR), so words may be wrong: page 1.",)
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_what_was_read_is_marked_where_it_stands(
    extract_bytes: ExtractBytes, blobs: BlobStore
) -> None:
    found = extract_bytes("scan.pdf", a_pdf(a_scanned_page()))
    paragraph = blocks(found)[-1]
    with Image.open(io.BytesIO(blobs.read(found.media.pages[0]))) as picture:
        assert picture.width < picture.height
    font = ImageFont.truetype(str(FONTS / "Vera.ttf"), 22)
    left, top, _, bottom = font.getbbox(LINES[0])
    widest = max(font.getlength(line) for line in LINES)
    width, height = A6[0] * DPI // 72, A6[1] * DPI // 72
    assert paragraph.box is not None
    assert paragraph.box.x == pytest.approx(1000 * (60 + left) / width, abs=6)
    assert paragraph.box.y == pytest.approx(1000 * (160 + top) / height, abs=6)
    assert paragraph.box.width == pytest.approx(1000 * widest / width, abs=8)
    assert paragraph.box.height == pytest.approx(1000 * (36 * 4 + bottom - top) / height, abs=10)


def test_pages_with_text_keep_theirs(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("mixed.pdf", a_pdf(TYPED, a_scanned_page()))
    assert [(b.page, b.text) for b in blocks(found)] == [
        (1, TYPED),
        (2, TITLE),
        (2, " ".join(LINES)),
    ]
    assert [b.role for b in blocks(found)][:2] == [BlockRole.PARAGRAPH, BlockRole.HEADING]
    assert found.warnings == ("Read from pictures (OCR), so words may be wrong: page 2.",)


def test_a_scanner_s_stamp_is_no_text_layer(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("scan.pdf", a_pdf(a_scanned_page(), stamp=STAMP))
    assert " ".join(LINES) in [b.text for b in blocks(found)]


@pytest.mark.slow
@pytest.mark.parametrize("angle", [90, 180, 3])
def test_a_page_that_lies_otherwise_is_set_upright(
    extract_bytes: ExtractBytes, blobs: BlobStore, angle: float
) -> None:
    found = extract_bytes("scan.pdf", a_pdf(a_scanned_page(angle)))
    assert [b.text for b in blocks(found)][:2] == [TITLE, " ".join(LINES)]
    with Image.open(io.BytesIO(blobs.read(found.media.pages[0]))) as picture:
        assert picture.width < picture.height
        assert abs(find_skew(picture)) < 0.3


def test_a_blank_page_is_not_read(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("mixed.pdf", a_pdf(TYPED, Image.new("L", (600, 800), 250)))
    assert found.warnings == ("No text was found on page 2.",)


def test_without_the_engine_a_scan_fails_with_the_packages_to_install(
    extract_bytes: ExtractBytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = a_pdf(a_scanned_page())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OcrMissingError, match="install tesseract-ocr tesseract-ocr-fra"):
        extract_bytes("scan.pdf", data)


def test_without_the_engine_pages_with_text_are_kept_and_the_others_named(
    extract_bytes: ExtractBytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = a_pdf(TYPED, a_scanned_page(), a_scanned_page())
    monkeypatch.setenv("PATH", str(tmp_path))
    found = extract_bytes("mixed.pdf", data)
    assert [b.text for b in blocks(found)] == [TYPED]
    assert found.warnings[0].startswith("Not read for lack of OCR: page 2–3.")
    assert "tesseract-ocr-fra" in found.warnings[0]
    assert len(found.warnings) == 1  # and not said to be blank as well


def a_tesseract(directory: Path, languages: str) -> None:
    """Write an engine that knows these languages and fails at every picture."""
    program = directory / "tesseract"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = --list-langs ] && echo "{languages}" && exit 0\nexit 1\n'
    )
    program.chmod(0o755)


def test_a_page_that_the_engine_fails_at_is_named(
    extract_bytes: ExtractBytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = a_pdf(TYPED, a_scanned_page())
    a_tesseract(tmp_path, "fra eng osd")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = extract_bytes("mixed.pdf", data)
    assert [b.text for b in blocks(found)] == [TYPED]
    assert found.warnings == ("Not read, since reading the picture (OCR) failed: page 2.",)


def test_what_tells_how_a_page_lies_is_asked_for_like_a_language(
    extract_bytes: ExtractBytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = a_pdf(a_scanned_page())
    a_tesseract(tmp_path, "fra eng")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OcrMissingError, match=r"no data for osd.*tesseract-ocr-osd"):
        extract_bytes("scan.pdf", data)


def test_a_picture_without_text_says_so(extract_bytes: ExtractBytes) -> None:
    picture = Image.new("L", (600, 800), 255)
    ImageDraw.Draw(picture).ellipse((100, 100, 500, 500), fill=60)
    with pytest.raises(NoTextError, match="1 page of pictures, and no text was found in them"):
        extract_bytes("photo.pdf", a_pdf(picture))


@pytest.mark.slow
def test_scans_of_sheets_are_read_nearly_without_error() -> None:
    sheet = next(s for s in all_sheets() if s.stem == "fixer-ses-prix")
    outcome = measure([sheet], Scanner(200, angle=1.0, noise=12, blur=0.6))
    assert outcome.character_error < 0.01
    assert outcome.headings_found >= 0.5
