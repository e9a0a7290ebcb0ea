"""Lines of a PDF page put in reading order, and joined into headings, paragraphs, lists, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple

from indexer.analysis.normalize import fold
from pipelines.extraction.blocks import RawBlock
from pipelines.extraction.pdf_table import Line, read_table, table_length
from schemas.content import BlockRole, PageBox

_HEADING_RATIO: Final = 1.15  # of the body's font size
_MAX_HEADING_CHARS: Final = 120
_BULLET: Final = re.compile(r"^(?:[•◦▪‣●○■·\uf0b7–—-]|\d{1,2}[.)]|[a-z]\))\s+(?=\S)")
_MARKS: Final = r"[-–—·•.()\[\]\s]*"  # around a page's number; what an amount has is not among them
_PAGE_NUMBER: Final = re.compile(
    rf"^{_MARKS}(?:page|p)?{_MARKS}\d{{1,5}}{_MARKS}(?:(?:/|\||sur|of){_MARKS}\d{{1,5}}{_MARKS})?$",
    re.IGNORECASE,
)
_EDGE_SHARE: Final = 0.1  # headers and footers live in this share of the page's height
_REPEAT_SHARE: Final = 0.4  # headers of odd and even pages may differ
_MIN_REPEATS: Final = 2
_SAME_ROW: Final = 0.5  # of the line height: baselines this near are one row
_PARAGRAPH_GAP: Final = 0.75  # of the line height: more space than this ends a paragraph
_MIN_COLUMN_LINES: Final = 4
_MIN_COLUMN_CHARS: Final = 18  # shorter lines side by side are table cells, not columns of prose
_MIN_FILL: Final = 0.7  # of the column's width
_MIN_GUTTER: Final = 8.0  # points


class Page(NamedTuple):
    """The lines of one page, in any order."""

    number: int
    width: float
    """In points, as the height."""
    height: float
    lines: tuple[Line, ...]


def body_size(pages: Iterable[Page]) -> float:
    """Return the font size of most characters, in points."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda s: (sizes[s], -s), default=10.0)


def without_furniture(pages: Sequence[Page], body: float) -> list[Page]:
    """Drop page numbers, and headers and footers that come back; larger type is kept."""
    seen = Counter(
        key for page in pages for key in {_key(x) for x in page.lines if _at_edge(x, page)}
    )
    least = max(_MIN_REPEATS, _REPEAT_SHARE * len(pages))
    # Without a letter there is no key: sums of money have none, and are not one header.
    repeated = {key for key, n in seen.items() if key and n >= least}
    return [
        page._replace(
            lines=tuple(x for x in page.lines if not _is_furniture(x, page, repeated, body))
        )
        for page in pages
    ]


def heading_levels(pages: Iterable[Page], body: float) -> dict[float, int]:
    """Return the level of each heading size, the largest being 1."""
    sizes = {_half(x.size) for p in pages for x in p.lines if x.size >= body * _HEADING_RATIO}
    return {size: n for n, size in enumerate(sorted(sizes, reverse=True), start=1)}


def to_blocks(page: Page, body: float, levels: dict[float, int]) -> Iterator[RawBlock]:
    """Yield the page's blocks in reading order."""
    for region in _columns(page.lines):
        rows = _rows(region)
        at = 0
        while at < len(rows):
            n_table = table_length(rows[at:])
            if n_table:
                table = rows[at : at + n_table]
                box = _box([line for row in table for line in row], page)
                yield RawBlock(read_table(table), BlockRole.TABLE, 0, page.number, box)
                at += n_table
                continue
            taken = _run_length(rows[at:], body)
            lines = [_merged(row) for row in rows[at : at + taken]]
            prose = _prose(lines, page.number, body, levels)
            yield prose._replace(box=_box(lines, page))
            at += taken


def _half(size: float) -> float:
    return round(size * 2) / 2


def _key(line: Line) -> str:
    """Return what is the same of a header on every page, read from pictures or not."""
    return " ".join(re.findall(r"[^\W\d_]+", fold(line.text)))


def _at_edge(line: Line, page: Page) -> bool:
    edge = page.height * _EDGE_SHARE
    return line.y1 <= edge or line.y0 >= page.height - edge


def _is_furniture(line: Line, page: Page, repeated: Collection[str], body: float) -> bool:
    if line.size >= body * _HEADING_RATIO or not _at_edge(line, page):
        return False
    return _key(line) in repeated or bool(_PAGE_NUMBER.match(line.text.strip()))


def _columns(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield stretches of the page in reading order; columns of prose from left to right.

    An X-Y cut that looks for the tallest stretch with a gutter, and asks for prose on both sides
    of it, so that tables are not read column by column.
    """
    ordered = sorted(lines, key=lambda x: (x.y0, x.x0))
    found = _tallest_with_gutter(ordered)
    if found is None:
        if ordered:
            yield ordered
        return
    first, last, gutter = found
    yield from _columns(ordered[:first])
    inside = ordered[first:last]
    yield from _columns([x for x in inside if x.x1 <= gutter])
    yield from _columns([x for x in inside if x.x1 > gutter])
    yield from _columns(ordered[last:])


def _tallest_with_gutter(lines: Sequence[Line]) -> tuple[int, int, float] | None:
    """Return [first, last) and the gutter's x; lines are ordered from top to bottom."""
    side_by_side = [r for r in _rows(lines) if len(r) > 1]
    if len(side_by_side) < _MIN_COLUMN_LINES:
        return None
    cuts = [n for n in range(len(lines)) if _is_clean_cut(lines, n)] + [len(lines)]
    stretches = sorted(
        ((first, last) for first in cuts for last in cuts if last > first),
        key=lambda s: s[0] - s[1],
    )
    for first, last in stretches:
        gutter = _gutter(lines[first:last])
        if gutter is not None:
            return first, last, gutter
    return None


def _is_clean_cut(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a horizontal line above line ``at`` crosses nothing."""
    return at == 0 or lines[at].y0 >= max(x.y1 for x in lines[:at]) - 1


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return an x that no line crosses, with prose on both sides."""
    edges = sorted((x.x0, x.x1) for x in lines)
    right = edges[0][1] if edges else 0.0
    for x0, x1 in edges:
        if x0 - right >= _MIN_GUTTER:
            middle = (x0 + right) / 2
            if _is_prose([x for x in lines if x.x1 <= middle]) and _is_prose([
                x for x in lines if x.x0 >= middle
            ]):
                return middle
        right = max(right, x1)
    return None


def _is_prose(lines: Sequence[Line]) -> bool:
    """Tell prose, whose lines are long and fill their column, from the cells of a table."""
    if len(lines) < _MIN_COLUMN_LINES:
        return False
    width = max(x.x1 for x in lines) - min(x.x0 for x in lines)
    fills = median((x.x1 - x.x0) / max(1.0, width) for x in lines) >= _MIN_FILL
    return fills and median(len(x.text) for x in lines) >= _MIN_COLUMN_CHARS


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines whose middles are level, each row from left to right."""
    rows: list[list[Line]] = []
    for line in lines:
        middle = (line.y0 + line.y1) / 2
        if rows:
            last = rows[-1][0]
            if abs(middle - (last.y0 + last.y1) / 2) < _SAME_ROW * min(line.height, last.height):
                rows[-1].append(line)
                continue
        rows.append([line])
    return [sorted(row, key=lambda x: x.x0) for row in rows]


def _merged(row: Sequence[Line]) -> Line:
    text = " ".join(x.text.strip() for x in row)
    return row[0]._replace(
        text=text,
        x1=max(x.x1 for x in row),
        y0=min(x.y0 for x in row),
        y1=max(x.y1 for x in row),
        bold=all(x.bold for x in row),
    )


def _is_heading(line: Line, body: float) -> bool:
    if len(line.text) > _MAX_HEADING_CHARS or not any(c.isalpha() for c in line.text):
        return False
    if line.size >= body * _HEADING_RATIO:
        return True
    return line.bold and not line.text.rstrip().endswith((".", ",", ";", ":"))


def _run_length(rows: Sequence[Sequence[Line]], body: float) -> int:
    """Return how many of the first rows make one block."""
    n = 1
    while n < len(rows) and not table_length(rows[n:]):
        above, line = _merged(rows[n - 1]), _merged(rows[n])
        if _BULLET.match(line.text) or _is_heading(line, body) != _is_heading(above, body):
            break
        if line.y0 - above.y1 > _PARAGRAPH_GAP * line.height:
            break
        if _half(line.size) != _half(above.size) and _is_heading(line, body):
            break
        n += 1
    return n


def _prose(lines: Sequence[Line], page: int, body: float, levels: dict[float, int]) -> RawBlock:
    text = _join(x.text for x in lines)
    if all(_is_heading(x, body) for x in lines):
        level = levels.get(_half(lines[0].size), len(levels) + 1)
        return RawBlock(text, BlockRole.HEADING, level, page)
    if bullet := _BULLET.match(text):
        kept = text if text[0].isalnum() else text[bullet.end() :]
        return RawBlock(kept, BlockRole.LIST_ITEM, 0, page)
    return RawBlock(text, BlockRole.PARAGRAPH, 0, page)


def _box(lines: Sequence[Line], page: Page) -> PageBox:
    """Return the rectangle around lines, within the page."""
    width, height = max(1.0, page.width), max(1.0, page.height)
    x0 = _thousandths(min(line.x0 for line in lines) / width)
    y0 = _thousandths(min(line.y0 for line in lines) / height)
    x1 = _thousandths(max(line.x1 for line in lines) / width)
    y1 = _thousandths(max(line.y1 for line in lines) / height)
    return PageBox(x0, y0, max(0, x1 - x0), max(0, y1 - y0))


def _thousandths(share: float) -> int:
    return round(min(1.0, max(0.0, share)) * 1000)


def _join(lines: Iterable[str]) -> str:
    """Join lines by spaces, mending words that were hyphenated at a line's end."""
    text = ""
    for line in lines:
        part = line.strip()
        if (
            text.endswith(("-", "\u00ad", "\u2010"))
            and text[-2:-1].isalpha()
            and part[:1].islower()
        ):
            text = text[:-1] + part
        else:
            text = f"{text} {part}" if text else part
    return text
