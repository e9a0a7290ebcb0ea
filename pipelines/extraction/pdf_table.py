"""Tables of a PDF page: rows of cells that stand in columns, kept as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipelines.extraction.blocks import table_text

_SAME_COLUMN: Final = 4.0  # points between the left edges of cells of one column
_ROW_GAP: Final = 2.5  # of the line height: rows further apart are not one table


class Line(NamedTuple):
    """A line of text where it stands, in points from the page's top left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool

    @property
    def height(self) -> float:
        """Height of the box, at least one point."""
        return max(1.0, self.y1 - self.y0)


def table_length(rows: Sequence[Sequence[Line]]) -> int:
    """Return how many of the first rows make a table, 0 when they make none.

    A table begins with a row of two cells or more. It goes on while rows have as many, or have
    only cells that stand in its columns (the second line of a cell), and it has two rows or more.
    """
    if not rows or len(rows[0]) < 2:  # noqa: PLR2004 - one cell is a line of text
        return 0
    columns = [cell.x0 for cell in rows[0]]
    n = n_full = 1
    while n < len(rows) and _continues(rows[n - 1], rows[n], columns):
        n_full += len(rows[n]) > 1
        columns += [cell.x0 for cell in rows[n] if _column_of(cell, columns) is None]
        n += 1
    return n if n_full > 1 else 0


def read_table(rows: Sequence[Sequence[Line]]) -> str:
    """Return one line per row; the further lines of a cell are joined to its first."""
    columns = sorted(_column_edges(rows))
    table: list[list[str]] = []
    for row in rows:
        cells = [""] * len(columns)
        for line in row:
            at = _column_of(line, columns) or 0
            cells[at] = f"{cells[at]} {line.text}".strip()
        if table and not cells[0]:
            table[-1] = [f"{a} {b}".strip() for a, b in zip(table[-1], cells, strict=True)]
        else:
            table.append(cells)
    return table_text(table)


def _column_edges(rows: Sequence[Sequence[Line]]) -> list[float]:
    edges: list[float] = []
    for row in rows:
        edges += [line.x0 for line in row if _column_of(line, edges) is None]
    return edges


def _column_of(line: Line, columns: Sequence[float]) -> int | None:
    near = [n for n, x0 in enumerate(columns) if abs(line.x0 - x0) <= _SAME_COLUMN]
    return near[0] if near else None


def _continues(above: Sequence[Line], row: Sequence[Line], columns: Sequence[float]) -> bool:
    if row[0].y0 - max(x.y1 for x in above) > _ROW_GAP * row[0].height:
        return False
    if len(row) > 1:
        return True
    first = _column_of(row[0], sorted(columns))
    return first is not None and row[0].x0 > min(columns) + _SAME_COLUMN
