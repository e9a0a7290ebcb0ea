"""PDF to blocks with pages, and a picture of each page."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdftext.extraction import dictionary_output
from pdftext.postprocessing import postprocess_text

from pipelines.extraction.blocks import clean, first_heading, title_from_filename, to_body
from pipelines.extraction.pdf_layout import (
    Page,
    body_size,
    heading_levels,
    to_blocks,
    without_furniture,
)
from pipelines.extraction.pdf_table import Line
from pipelines.ports import ExtractionDeps
from schemas.content import Body, Extraction
from schemas.document import MediaFiles, MediaKind
from schemas.errors import (
    DamagedFileError,
    EncryptedFileError,
    LimitExceededError,
    NoTextError,
)
from schemas.ids import BlobKey

_PDFIUM: Final = threading.Lock()
"""PDFium may not be called by two threads at once, not even for two documents."""
_PAGES_AT_ONCE: Final = 16  # text of this many pages is read per call: bounds the memory
_DPI: Final = 110
_POINTS_PER_INCH: Final = 72
_MAX_SIDE_PX: Final = 2_400  # a poster of two metres becomes no gigapixel
_WEBP: Final[dict[str, Any]] = {"format": "WEBP", "quality": 80, "method": 2}
_JUMP: Final = 1.2  # times the font size: wider than any space, narrower than a table's gutter
_HYPHENS: Final = {0x02: "-", 0xFFFE: "-"}  # how PDFium writes a hyphen at a line's end
_BOLD_WEIGHT: Final = 600
_MIN_LETTERS: Final = 16  # fewer in a whole document is a stamp or a scanner's mark, not text
_MAX_PAGES_NAMED: Final = 10
_TEXT_DONE: Final = 0.4
_TOOL_TITLES: Final = ("microsoft word", "microsoft powerpoint", "untitled", "sans titre")


def extract_pdf(path: Path, filename: str, deps: ExtractionDeps) -> Extraction:
    """Return the blocks of all pages, without headers and footers, and the page pictures.

    Raises:
        EncryptedFileError: If it needs a password.
        DamagedFileError: If it cannot be opened, or a page cannot be read.
        LimitExceededError: If it has too many pages.
        NoTextError: If no page holds text: it is made of pictures.
    """
    with _vendor_errors(filename):
        n_pages, declared = _look(path)
        _check_pages(n_pages, filename, deps)
        pages = [page for pages in _iter_pages(path, n_pages, deps) for page in pages]
        body = _to_body(pages)
        _require_text(body, n_pages, filename)
        pictures = tuple(_iter_pictures(path, n_pages, deps))
    title = declared or first_heading(body) or title_from_filename(filename)
    return Extraction(
        media_kind=MediaKind.PDF,
        content=body,
        title=title,
        media=MediaFiles(pages=pictures),
        n_pages=n_pages,
        warnings=_blank_page_warnings(pages),
    )


@contextmanager
def _vendor_errors(filename: str) -> Iterator[None]:
    try:
        yield
    except pdfium.PdfiumError as exc:
        if getattr(exc, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
            raise EncryptedFileError(
                f"“{filename}” is protected by a password: send a copy without one."
            ) from exc
        reason = str(exc).rstrip(".")
        raise DamagedFileError(f"“{filename}” is a damaged PDF: {reason}.") from exc


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    with _PDFIUM:
        document = pdfium.PdfDocument(path)
        try:
            yield document
        finally:
            document.close()


def _look(path: Path) -> tuple[int, str | None]:
    with _opened(path) as document:
        title = clean(document.get_metadata_value("Title") or "")
        usable = title and not title.lower().startswith(_TOOL_TITLES)
        return len(document), title if usable else None


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
        with _PDFIUM:
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


def _require_text(body: Body, n_pages: int, filename: str) -> None:
    if sum(c.isalpha() for b in body.blocks for c in b.text) < _MIN_LETTERS:
        raise NoTextError(
            f"“{filename}” holds {n_pages} page{'s' * (n_pages > 1)} of pictures and no text. "
            "Reading text in pictures (OCR) is not available yet: send a PDF with text."
        )


def _iter_pictures(path: Path, n_pages: int, deps: ExtractionDeps) -> Iterator[BlobKey]:
    """Draw one page at a time and store it at once, so that memory holds one picture."""
    for number in range(n_pages):
        with _opened(path) as document:
            picture = _draw(document[number])
        yield deps.blobs.put(picture)
        deps.progress(_TEXT_DONE + (1 - _TEXT_DONE) * (number + 1) / n_pages)


def _draw(page: pdfium.PdfPage) -> bytes:
    longest = max(page.get_size()) or 1.0
    scale = min(_DPI / _POINTS_PER_INCH, _MAX_SIDE_PX / longest)
    buffer = io.BytesIO()
    page.render(scale=scale).to_pil().save(buffer, **_WEBP)
    return buffer.getvalue()


def _blank_page_warnings(pages: list[Page]) -> tuple[str, ...]:
    blank = [str(p.number) for p in pages if not p.lines]
    if not blank:
        return ()
    more = " and others" if len(blank) > _MAX_PAGES_NAMED else ""
    named = ", ".join(blank[:_MAX_PAGES_NAMED])
    return (f"No text was found on page {named}{more}: pictures are not read yet (no OCR).",)
