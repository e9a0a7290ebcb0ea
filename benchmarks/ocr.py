"""How well scanned pages are read: character error of sheets, scanned ever worse.

    python -m benchmarks.ocr [--languages fra] [--sheets 4]

Sheets of the demo school are drawn as pictures (`fixtures/build/scans.py`) and go through the whole
extraction of a PDF: reading, layout, blocks. What comes out is compared with what the same
extraction makes of their text layer, so an error of the reading order counts as well as a wrong
letter. Pages with charts are left out: their labels are in no text layer. White space counts as one
space. Printed for each scanner: character error, word error, headings found, seconds a page.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from rapidfuzz.distance import Levenshtein

from fixtures.build.layout import CORPUS
from fixtures.build.scans import Scanner, scan
from fixtures.fakes import FakeTranscriber
from indexer.blobs import open_blobs
from pipelines.extraction.pdf import extract_pdf
from pipelines.ports import ExtractionDeps
from schemas.content import Block, BlockRole, Body
from schemas.settings import IngestionSettings

SCANNERS: Final = {
    "300 dpi": Scanner(300),
    "200 dpi": Scanner(200),
    "150 dpi": Scanner(150),
    "100 dpi": Scanner(100),
    "200 dpi, 1 degree off, dust": Scanner(200, angle=1.0, noise=12, blur=0.6),
    "150 dpi, 2 degrees off, dust": Scanner(150, angle=-2.0, noise=20, blur=0.5),
    "200 dpi, on its side": Scanner(200, angle=90),
    "200 dpi, upside down": Scanner(200, angle=180),
}
MIN_PAGE_CHARS: Final = 1_000


class Outcome(NamedTuple):
    """What one scanner cost."""

    character_error: float
    word_error: float
    headings_found: float
    """Share of the headings of the text layer that are headings, with the same words."""
    page_s: float


def measure(sheets: Sequence[Path], scanner: Scanner, languages: str = "fra") -> Outcome:
    """Scan the sheets and compare what is read on their plain pages with what is written there."""
    settings = msgspec.structs.replace(IngestionSettings(), ocr_languages=languages)
    deps = ExtractionDeps(settings, open_blobs("memory://"), FakeTranscriber(), lambda _: None)
    written: list[str] = []
    read: list[str] = []
    headings: list[bool] = []
    n_pages, spent_s = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "scan.pdf"
        for sheet in sheets:
            target.write_bytes(scan(sheet, scanner, range(1, count_pages(sheet) + 1)))
            started = time.perf_counter()
            scanned = extract_pdf(target, target.name, deps)
            spent_s += time.perf_counter() - started
            original = extract_pdf(sheet, sheet.name, deps)
            pages = plain_pages(sheet)
            found = [block for block in _blocks(scanned.content) if block.page in pages]
            truth = [block for block in _blocks(original.content) if block.page in pages]
            written.append(" ".join(block.text for block in truth))
            read.append(" ".join(block.text for block in found))
            seen = {_key(b) for b in found if b.role is BlockRole.HEADING}
            headings += [_key(b) in seen for b in truth if b.role is BlockRole.HEADING]
            n_pages += scanned.n_pages or 0
    return Outcome(
        _error(written, read),
        _error([w.split() for w in written], [r.split() for r in read]),
        sum(headings) / max(1, len(headings)),
        spent_s / n_pages,
    )


def plain_pages(sheet: Path) -> list[int]:
    """Return the pages that are all text, numbered from 1."""
    with pdfium.PdfDocument(sheet) as document:
        return [
            number
            for number, page in enumerate(document, start=1)
            if not list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
            and len(page.get_textpage().get_text_range()) > MIN_PAGE_CHARS
        ]


def count_pages(sheet: Path) -> int:
    """Return how many pages a PDF has."""
    with pdfium.PdfDocument(sheet) as document:
        return len(document)


def all_sheets() -> list[Path]:
    """Return the demo school's PDF sheets."""
    return sorted((CORPUS / "sheets").glob("*.pdf"))


def _blocks(content: object) -> list[Block]:
    assert isinstance(content, Body)  # noqa: S101 - a PDF gives blocks
    return list(content.blocks)


def _key(block: Block) -> str:
    return "".join(c for c in block.text.lower() if c.isalnum())


def _error(written: Sequence[Sequence[object]], read: Sequence[Sequence[object]]) -> float:
    wrong = sum(Levenshtein.distance(w, r) for w, r in zip(written, read, strict=True))
    return wrong / sum(map(len, written))


def main() -> None:
    """Print one line per scanner."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--languages", default="fra")
    parser.add_argument("--sheets", type=int, default=4, help="how many sheets (default 4)")
    arguments = parser.parse_args()
    sheets = all_sheets()[: arguments.sheets]
    print(f"{sum(len(plain_pages(s)) for s in sheets)} pages, read as {arguments.languages}")
    print(f"{'scanner':30} {'char error':>10} {'word error':>10} {'headings':>9} {'s a page':>9}")
    for name, scanner in SCANNERS.items():
        o = measure(sheets, scanner, arguments.languages)
        print(
            f"{name:30} {o.character_error:10.2%} {o.word_error:10.2%} {o.headings_found:9.0%} "
            f"{o.page_s:9.1f}"
        )


if __name__ == "__main__":
    main()
