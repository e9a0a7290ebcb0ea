"""PPTX to blocks: each slide a page, its title a heading, then what stands on it, then notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.package import Package
from pptx.shapes.group import GroupShape

from pipelines.extraction.archive import DAMAGE, guard_archive, macro_warnings
from pipelines.extraction.blocks import RawBlock, clean, table_text, to_body
from schemas.content import BlockRole, Body
from schemas.errors import DamagedFileError, LimitExceededError, NoTextError
from schemas.settings import IngestionSettings

_TITLES: Final = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE})
_FURNITURE: Final = frozenset({
    PP_PLACEHOLDER.DATE,
    PP_PLACEHOLDER.FOOTER,
    PP_PLACEHOLDER.HEADER,
    PP_PLACEHOLDER.SLIDE_NUMBER,
})
_ROW_EMU: Final = 457_200  # half an inch: shapes whose tops differ by less stand side by side
_TITLE_LEVEL: Final = 1
_DEEPEST_GROUP: Final = 20


class Deck(NamedTuple):
    """What a presentation holds."""

    body: Body
    title: str | None
    n_slides: int
    warnings: tuple[str, ...]


def read_deck(path: Path, filename: str, limits: IngestionSettings) -> Deck:
    """Return the slides' blocks, whose pages are slide numbers from 1; hidden slides are left out.

    Raises:
        DamagedFileError: If a part is missing, cut short or not XML.
        LimitExceededError: If there are more slides than pages allowed, or see ``guard_archive``.
        EncryptedFileError: See ``guard_archive``.
        NoTextError: If there is no slide.
    """
    try:
        guard_archive(path, filename, limits)
        part: Any = Package.open(str(path)).main_document_part
        slides = list(part.presentation.slides)
        title = clean(part.package.core_properties.title or "")
        _check_slides(len(slides), filename, limits)
        body = to_body(b for n, slide in enumerate(slides, start=1) for b in _iter_slide(slide, n))
        warnings = macro_warnings(path)
    except (*DAMAGE, PythonPptxError) as exc:
        raise DamagedFileError(f"“{filename}” is a damaged PowerPoint file: {exc}.") from exc
    return Deck(body, _own_title(title), len(slides), warnings)


def _check_slides(n_slides: int, filename: str, limits: IngestionSettings) -> None:
    if n_slides == 0:
        raise NoTextError(f"“{filename}” is a presentation without any slide.")
    if n_slides > limits.max_pages:
        raise LimitExceededError(
            f"“{filename}” has {n_slides} slides; the limit is {limits.max_pages}."
        )


def _own_title(title: str) -> str | None:
    """Return the declared title, unless the program wrote it."""
    is_stock = title.lower() in {"powerpoint presentation", "présentation powerpoint"}
    return title if title and not is_stock else None


def _iter_slide(slide: Any, number: int) -> Iterator[RawBlock]:
    if slide._element.get("show") == "0":  # noqa: SLF001 - python-pptx has no word for hidden
        return
    shapes = list(slide.shapes)
    for shape in (s for s in shapes if _placeholder(s) in _TITLES):
        yield RawBlock(_text(shape), BlockRole.HEADING, _TITLE_LEVEL, number)
    others = (s for s in shapes if _placeholder(s) not in _TITLES | _FURNITURE)
    for shape in _in_reading_order(others):
        yield from (block._replace(page=number) for block in _iter_shape(shape, 0))
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame):
        for paragraph in frame.paragraphs:
            yield RawBlock(paragraph.text, page=number)


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _in_reading_order(shapes: Iterable[Any]) -> list[Any]:
    """Order by rows from the top, each from the left; what has no place of its own comes first."""
    return sorted(shapes, key=lambda s: ((s.top or 0) // _ROW_EMU, s.left or 0))


def _iter_shape(shape: Any, depth: int) -> Iterator[RawBlock]:
    if isinstance(shape, GroupShape):  # shape_type fails on shapes of kinds that it does not know
        if depth < _DEEPEST_GROUP:
            for inner in _in_reading_order(shape.shapes):
                yield from _iter_shape(inner, depth + 1)
    elif shape.has_table:
        rows = ([_cell(cell) for cell in row.cells] for row in shape.table.rows)
        yield RawBlock(table_text(rows), BlockRole.TABLE)
    elif shape.has_chart:
        yield from _iter_chart(shape.chart)
    elif shape.has_text_frame:
        yield from _iter_paragraphs(shape)


def _iter_paragraphs(shape: Any) -> Iterator[RawBlock]:
    written = [p.text.replace("\v", " ") for p in shape.text_frame.paragraphs if p.text.strip()]
    is_list = len(written) > 1 and _placeholder(shape) is not None
    for text in written:
        yield RawBlock(text, BlockRole.LIST_ITEM if is_list else BlockRole.PARAGRAPH)


def _text(shape: Any) -> str:
    text: str = shape.text_frame.text
    return text.replace("\v", " ")


def _cell(cell: Any) -> str:
    return "" if cell.is_spanned else cell.text_frame.text


def _iter_chart(chart: Any) -> Iterator[RawBlock]:
    """Yield the title and the numbers behind a chart: categories down, series across."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield RawBlock(chart.chart_title.text_frame.text)
    try:
        plot = chart.plots[0]
    except (IndexError, ValueError):  # none, or of a kind that python-pptx does not know: 3-D pies
        return
    series = list(plot.series)
    head = ["", *(str(s.name or "") for s in series)]
    rows = [
        [str(label), *(_number(s.values, n) for s in series)]
        for n, label in enumerate(plot.categories)
    ]
    yield RawBlock(table_text([head, *rows]), BlockRole.TABLE)


def _number(values: Any, at: int) -> str:
    value = values[at] if at < len(values) else None
    return "" if value is None else f"{value:.15g}"
