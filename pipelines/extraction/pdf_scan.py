"""Scanned pages of a PDF: found by what their text layer lacks, and read by OCR.

Only pages without a text layer are read: what a program wrote is never replaced by a guess. Lines
come out in points, as those of a text layer, so that one layout analysis serves both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from pipelines.extraction.ocr import PictureWord, find_turn, read_picture, require_ocr
from pipelines.extraction.page_picture import find_skew, turned
from pipelines.extraction.pdf_file import POINTS_PER_INCH, opened
from pipelines.extraction.pdf_layout import Page, body_size
from pipelines.extraction.pdf_table import Line
from schemas.errors import DamagedFileError

_STAMP_LETTERS: Final = 16  # fewer over a full-page picture are a scanner's mark
_FULL_PAGE_SHARE: Final = 0.5
_DPI: Final = 300  # what Tesseract was trained on; a coarser scan gains from being enlarged to it
_MAX_SIDE_PX: Final = 5_000  # A4 at 300 dpi is 3 508
_BLANK_CONTRAST: Final = 40  # of 255, on a reduced picture: paper grain and dust stay under it
_BLANK_SIDE_PX: Final = 400
_MIN_WORD: Final = 0.3  # confidence; what is below is ink that is no writing
_MIN_LINE: Final = 0.45
_NEXT_STEP: Final = 0.35  # of a step: lines of one size differ by 4 %, and bold is measured small
_MISREAD_BULLETS: Final = frozenset("+*©®¢°»e")  # what a dot before a line is taken for
_POOR_PAGE: Final = 0.6  # mean confidence under which a page may lie on its side
_JUMP: Final = 1.5  # times the type size: a gap this wide parts the cells of a table
_SIZE_STEP: Final = 1.25  # sizes of a scan are measured, so they are told apart in steps only


class Scanned(NamedTuple):
    """A page that was read, upright."""

    page: Page
    turn: float
    """Degrees clockwise by which it had to be turned to stand upright and straight."""


Scans = dict[int, Scanned | None]
"""By page number, from 1; ``None`` where the engine failed, no lines where the page is blank."""


def pages_to_read(path: Path, pages: Iterable[Page]) -> list[int]:
    """Return the numbers of the pages, from 1, that have no text layer worth the name.

    A page with no letter at all is one, and so is one with a few letters over a picture that
    covers half of it. Whether there is anything to read is not known yet.
    """
    few = [page for page in pages if n_letters(page) < _STAMP_LETTERS]
    if not few:
        return []
    with opened(path) as document:
        return [p.number for p in few if not n_letters(p) or _is_covered(document[p.number - 1])]


def read_scans(
    path: Path, numbers: Sequence[int], languages: str, on_page: Callable[[int], None]
) -> Scans:
    """Read pages one by one, holding one picture at a time.

    Args:
        path: The PDF.
        numbers: Pages, from 1.
        languages: As for ``read_picture``.
        on_page: Called with how many are done.

    Returns:
        One entry for each of the numbers.

    Raises:
        OcrMissingError: If the engine, a language or what tells how a page lies is not installed.
    """
    require_ocr(f"{languages}+osd")  # and what tells how a page lies, before it is needed
    read: Scans = {}
    for n, number in enumerate(numbers, start=1):
        try:
            read[number] = _read_page(path, number, languages)
        except DamagedFileError:  # one bad picture costs its page, not the document
            read[number] = None
        on_page(n)
    return read


def with_scans(pages: Sequence[Page], read: Scans) -> list[Page]:
    """Put what was read in the place of its pages, in the type sizes of the others.

    A measured size is a little off, so sizes are told in steps from that of most letters; that one
    is set to the body size of the pages with text, where there are any.
    """
    scanned = [s.page for s in read.values() if s and s.page.lines]
    written = [p for p in pages if n_letters(p) and p.number not in read]
    if not scanned:
        return list(pages)
    measured = _usual_size(scanned)
    body = body_size(written) if written else measured
    return [
        _in_steps(found.page, measured, body) if (found := read.get(page.number)) else page
        for page in pages
    ]


def _usual_size(pages: Sequence[Page]) -> float:
    """Return the type size in points of the middle letter, all letters put in order of size."""
    sizes = sorted((x.size, len(x.text)) for page in pages for x in page.lines)
    half = sum(n for _, n in sizes) / 2
    below = 0
    for size, n in sizes:
        below += n
        if below >= half:
            return size
    return 0.0


def n_letters(page: Page) -> int:
    """Return how many letters the page's lines hold."""
    return sum(char.isalpha() for line in page.lines for char in line.text)


def _is_covered(page: pdfium.PdfPage) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for found in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = found.get_bounds()
        covered = max(covered, abs(right - left) * abs(top - bottom))
    return bool(covered >= _FULL_PAGE_SHARE * width * height)


def _read_page(path: Path, number: int, languages: str) -> Scanned:
    picture, scale = _draw(path, number)
    if _is_blank(picture):
        return Scanned(_to_page(number, picture, scale, ()), 0)
    dpi = round(scale * POINTS_PER_INCH)
    skew = find_skew(picture)
    straight = turned(picture, skew)
    words = read_picture(straight, languages=languages, dpi=dpi)
    if _belief(words) < _POOR_PAGE and (turn := find_turn(straight)):
        picture = turned(picture, turn)
        skew = find_skew(picture)
        straight = turned(picture, skew)
        skew += turn
        words = read_picture(straight, languages=languages, dpi=dpi)
    return Scanned(_to_page(number, straight, scale, words), skew)


def _draw(path: Path, number: int) -> tuple[Image.Image, float]:
    """Return the page in grey, and its pixels per point."""
    with opened(path) as document:
        page = document[number - 1]
        scale = min(_DPI / POINTS_PER_INCH, _MAX_SIDE_PX / (max(page.get_size()) or 1.0))
        return page.render(scale=scale, grayscale=True).to_pil(), scale


def _is_blank(picture: Image.Image) -> bool:
    small = picture.copy()
    small.thumbnail((_BLANK_SIDE_PX, _BLANK_SIDE_PX))
    low, high = small.convert("L").getextrema()
    return int(high) - int(low) < _BLANK_CONTRAST  # type: ignore[arg-type] # one band, so numbers


def _belief(words: Sequence[PictureWord]) -> float:
    return fmean(w.confidence for w in words) if words else 0.0


def _to_page(number: int, picture: Image.Image, scale: float, words: Sequence[PictureWord]) -> Page:
    width, height = picture.width / scale, picture.height / scale
    sure = [w for w in words if w.confidence >= _MIN_WORD]
    lines = (x for _, line in groupby(sure, key=lambda w: w.line) for x in _lines(list(line)))
    kept = (x for x in lines if x is not None)
    scaled = (
        x._replace(
            x0=x.x0 / scale, y0=x.y0 / scale, x1=x.x1 / scale, y1=x.y1 / scale, size=x.size / scale
        )
        for x in kept
    )
    return Page(number, width, height, tuple(scaled))


def _lines(words: Sequence[PictureWord]) -> Iterator[Line | None]:
    """Part a line where it jumps: the engine joins the cells of a table's row, too."""
    run: list[PictureWord] = []
    for word in words:
        if run and word.x0 - run[-1].x1 > _JUMP * word.size:
            yield _to_line(run)
            run = []
        run.append(word)
    yield _to_line(run)


def _to_line(words: Sequence[PictureWord]) -> Line | None:
    texts = [w.text for w in words]
    if texts[:1] and texts[0] in _MISREAD_BULLETS and len(texts) > 1:
        texts[0] = "•"
    text = " ".join(texts)
    if not any(c.isalnum() for c in text) or _belief(words) < _MIN_LINE:
        return None
    return Line(
        text=text,
        x0=min(w.x0 for w in words),
        y0=min(w.y0 for w in words),
        x1=max(w.x1 for w in words),
        y1=max(w.y1 for w in words),
        size=words[0].size,
        bold=False,
    )


def _in_steps(page: Page, measured: float, body: float) -> Page:
    return page._replace(
        lines=tuple(
            x._replace(size=body * _SIZE_STEP ** _steps(x.size / measured))
            if x.size > 0 and measured > 0
            else x._replace(size=body)
            for x in page.lines
        )
    )


def _steps(ratio: float) -> int:
    return math.floor(math.log(ratio, _SIZE_STEP) + 1 - _NEXT_STEP)
