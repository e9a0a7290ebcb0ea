"""PDF to blocks with pages, and a picture of each page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pypdfium2 as pdfium
from pdftext.extraction import dictionary_output
from pdftext.postprocessing import postprocess_text

from pipelines.extraction.blocks import clean, first_heading, title_from_filename, to_body
from pipelines.extraction.page_picture import turned
from pipelines.extraction.pdf_file import (
    PDFIUM,
    POINTS_PER_INCH,
    has_scripts,
    opened,
    vendor_errors,
)
from pipelines.extraction.pdf_layout import (
    Page,
    body_size,
    heading_levels,
    to_blocks,
    without_furniture,
)
from pipelines.extraction.pdf_scan import (
    Scans,
    n_letters,
    pages_to_read,
    read_scans,
    with_scans,
)
from pipelines.extraction.pdf_table import Line
from pipelines.ports import ExtractionDeps
from schemas.content import Body, Extraction
from schemas.document import MediaFiles, MediaKind
from schemas.errors import (
    DamagedFileError,
    LimitExceededError,
    NoTextError,
    OcrMissingError,
)
from schemas.ids import BlobKey

_PAGES_AT_ONCE: Final = 16  # text of this many pages is read per call: bounds the memory
_DPI: Final = 110
_MAX_SIDE_PX: Final = 2_400  # a poster of two metres becomes no gigapixel
_WEBP: Final[dict[str, Any]] = {"format": "WEBP", "quality": 80, "method": 2}
_JUMP: Final = 1.2  # times the font size: wider than any space, narrower than a table's gutter
_HYPHENS: Final = {0x02: "-", 0xFFFE: "-"}  # how PDFium writes a hyphen at a line's end
_BOLD_WEIGHT: Final = 600
_MIN_LETTERS: Final = 16  # fewer in a whole document is a stamp or a scanner's mark, not text
_MAX_RUNS_NAMED: Final = 10
_TEXT_DONE: Final = 0.2
_OCR_COST: Final = 20  # pages drawn in the time that one page is read
_SCRIPTS_IGNORED: Final = "The PDF contains scripts: they were ignored."
_TOOL_TITLES: Final = ("microsoft word", "microsoft powerpoint", "untitled", "sans titre")


def extract_pdf(path: Path, filename: str, deps: ExtractionDeps) -> Extraction:
    """Return the blocks of all pages, without headers and footers, and the page pictures.

    Pages without a text layer are read by OCR; those that lie on their side are turned.

    Raises:
        EncryptedFileError: If it needs a password.
        DamagedFileError: If it cannot be opened, or a page cannot be read.
        LimitExceededError: If it has too many pages.
        NoTextError: If no page holds text, not even in its picture.
        OcrMissingError: If all pages are pictures, and the worker has no OCR.
    """
    with vendor_errors(filename):
        n_pages, declared, warnings = _look(path)
        _check_pages(n_pages, filename, deps)
        pages = [page for pages in _iter_pages(path, n_pages, deps) for page in pages]
        to_read = pages_to_read(path, pages)
        read_done = _TEXT_DONE + _share_of_ocr(len(to_read), n_pages)
        scans, unread = _read_scans(path, pages, to_read, deps, read_done=read_done)
        pages = with_scans(pages, scans)
        body = _to_body(pages)
        _require_text(body, n_pages, filename)
        turns = {number: scan.turn for number, scan in scans.items() if scan}
        pictures = tuple(_iter_pictures(path, n_pages, turns, deps, done=read_done))
    title = declared or first_heading(body) or title_from_filename(filename)
    return Extraction(
        media_kind=MediaKind.PDF,
        content=body,
        title=title,
        media=MediaFiles(pages=pictures),
        n_pages=n_pages,
        warnings=(*warnings, *unread, *_page_warnings(pages, scans, to_read)),
    )


def _look(path: Path) -> tuple[int, str | None, tuple[str, ...]]:
    with opened(path) as document:
        title = clean(document.get_metadata_value("Title") or "")
        usable = title and not title.lower().startswith(_TOOL_TITLES)
        warnings = (_SCRIPTS_IGNORED,) if has_scripts(path, document) else ()
        return len(document), title if usable else None, warnings


def _check_pages(n_pages: int, filename: str, deps: ExtractionDeps) -> None:
    if n_pages == 0:
        raise DamagedFileError(f"“{filename}” is a PDF without any page.")
    if n_pages > deps.settings.max_pages:
        raise LimitExceededError(
            f"“{filename}” has {n_pages} pages; the limit is {deps.settings.max_pages}."
        )


def _iter_pages(path: Path, n_pages: int, deps: ExtractionDeps) -> Iterator[list[Page]]:
    for first in range(0, n_pages, _PAGES_AT_ONCE):
        numbers = range(first, min(n_pages, first + _PAGES_AT_ONCE))
        with PDFIUM:
            found = dictionary_output(path, page_range=numbers, disable_links=True, keep_chars=True)
        yield [_to_page(n + 1, page) for n, page in zip(numbers, found, strict=True)]
        deps.progress(_TEXT_DONE * numbers.stop / n_pages)


def _to_page(number: int, page: Any) -> Page:
    lines = (x for b in page["blocks"] for line in b["lines"] for x in _iter_lines(line))
    size = float(page["width"]), float(page["height"])
    return Page(number, *size, tuple(x for x in lines if x.text))


def _iter_lines(line: Any) -> Iterator[Line]:
    """Part a line where it jumps: pdftext joins the cells of a table's row into one line."""
    spans = [s for s in line["spans"] if s["text"].strip()]
    size = max((_font_size(s) for s in spans), default=0.0)
    bold = bool(spans) and all(_is_bold(s["font"]) for s in spans)
    run: list[Any] = []
    right = None
    for char in (c for s in line["spans"] for c in s["chars"]):
        visible = bool(char["char"].strip())
        if visible and right is not None and char["bbox"][0] - right > _JUMP * size:
            yield _to_line(run, size, bold=bold)
            run = []
        run.append(char)
        right = char["bbox"][2] if visible else right
    yield _to_line(run, size, bold=bold)


def _to_line(chars: list[Any], size: float, *, bold: bool) -> Line:
    boxes = [c["bbox"] for c in chars if c["char"].strip()] or [(0.0, 0.0, 0.0, 0.0)]
    return Line(
        text=clean(postprocess_text("".join(c["char"] for c in chars)).translate(_HYPHENS)),
        x0=min(b[0] for b in boxes),
        y0=min(b[1] for b in boxes),
        x1=max(b[2] for b in boxes),
        y1=max(b[3] for b in boxes),
        size=size,
        bold=bold,
    )


def _font_size(span: Any) -> float:
    """Return the size in points; some writers set 1 and scale by matrix, so the box decides."""
    size = float(span["font"]["size"])
    return size if size > 1 else float(span["bbox"][3] - span["bbox"][1])


def _is_bold(font: Any) -> bool:
    return font["weight"] >= _BOLD_WEIGHT or "bold" in (font["name"] or "").lower()


def _to_body(pages: list[Page]) -> Body:
    size = body_size(pages)
    kept = without_furniture(pages, size)
    levels = heading_levels(kept, size)
    return to_body(block for page in kept for block in to_blocks(page, size, levels))


def _share_of_ocr(n_read: int, n_pages: int) -> float:
    cost = n_read * _OCR_COST
    return (1 - _TEXT_DONE) * cost / (cost + n_pages)


def _read_scans(
    path: Path,
    pages: Sequence[Page],
    numbers: Sequence[int],
    deps: ExtractionDeps,
    *,
    read_done: float,
) -> tuple[Scans, tuple[str, ...]]:
    """Read the pages of these numbers; without OCR they are named in a warning.

    Raises:
        OcrMissingError: If there is no text without it.
    """

    def on_page(n_done: int) -> None:
        deps.progress(_TEXT_DONE + (read_done - _TEXT_DONE) * n_done / len(numbers))

    if not numbers:
        return {}, ()
    try:
        return read_scans(path, numbers, deps.settings.ocr_languages, on_page), ()
    except OcrMissingError as exc:
        if sum(map(n_letters, pages)) < _MIN_LETTERS:
            raise
        return {}, (f"Not read for lack of OCR: page {_named(numbers)}. {exc}",)


def _require_text(body: Body, n_pages: int, filename: str) -> None:
    if sum(c.isalpha() for b in body.blocks for c in b.text) < _MIN_LETTERS:
        raise NoTextError(
            f"“{filename}” holds {n_pages} page{'s' * (n_pages > 1)} of pictures, and no text was "
            "found in them."
        )


def _iter_pictures(
    path: Path, n_pages: int, turns: Mapping[int, float], deps: ExtractionDeps, *, done: float
) -> Iterator[BlobKey]:
    """Draw one page at a time and store it at once, so that memory holds one picture."""
    for number in range(n_pages):
        with opened(path) as document:
            picture = _draw(document[number], turns.get(number + 1, 0))
        yield deps.blobs.put(picture)
        deps.progress(done + (1 - done) * (number + 1) / n_pages)


def _draw(page: pdfium.PdfPage, turn: float) -> bytes:
    longest = max(page.get_size()) or 1.0
    scale = min(_DPI / POINTS_PER_INCH, _MAX_SIDE_PX / longest)
    buffer = io.BytesIO()
    turned(page.render(scale=scale).to_pil(), turn).save(buffer, **_WEBP)
    return buffer.getvalue()


def _page_warnings(pages: Sequence[Page], scans: Scans, to_read: Sequence[int]) -> Iterator[str]:
    if read := [number for number, scan in scans.items() if scan and scan.page.lines]:
        yield f"Read from pictures (OCR), so words may be wrong: page {_named(read)}."
    if failed := [number for number, scan in scans.items() if scan is None]:
        yield f"Not read, since reading the picture (OCR) failed: page {_named(failed)}."
    # Whether there is text on a page that could not be read, nobody knows.
    unread = {number for number in to_read if scans.get(number) is None}
    if blank := [page.number for page in pages if not page.lines and page.number not in unread]:
        yield f"No text was found on page {_named(blank)}."


def _named(numbers: Sequence[int]) -> str:
    """Return the first numbers, consecutive ones as a range: ``1–3, 7``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    more = " and others" if len(named) > _MAX_RUNS_NAMED else ""
    return ", ".join(named[:_MAX_RUNS_NAMED]) + more
