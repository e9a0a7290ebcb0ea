"""DOCX to blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import docx.document
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import PartFactory
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.table import Table
from docx.text.paragraph import Paragraph

from pipelines.extraction.archive import DAMAGE, guard_archive, macro_warnings
from pipelines.extraction.blocks import RawBlock, clean, table_text, to_body
from schemas.content import BlockRole, Body
from schemas.errors import DamagedFileError
from schemas.settings import IngestionSettings

_HEADING_STYLE: Final = re.compile(r"(?:heading|titre)\s*(\d)", re.IGNORECASE)
_TITLE_STYLES: Final = frozenset({"title", "titre"})
_LIST_STYLE: Final = re.compile(r"list|liste", re.IGNORECASE)
_MAIN_TYPES: Final = tuple(
    f"application/vnd.{family}"
    for family in (
        "ms-word.document.macroEnabled.main+xml",
        "ms-word.template.macroEnabledTemplate.main+xml",
        "openxmlformats-officedocument.wordprocessingml.template.main+xml",
    )
)
for _main_type in _MAIN_TYPES:
    # How python-docx registers its own parts: with macros or as a template, a document is one.
    PartFactory.part_type_for.setdefault(_main_type, DocumentPart)


class WordFile(NamedTuple):
    """What a Word file holds."""

    body: Body
    title: str | None
    """What the properties declare."""
    lines: tuple[str, ...]
    """The paragraphs outside tables, cut at their line breaks: what transcripts are written in."""
    warnings: tuple[str, ...]


def read_docx(path: Path, filename: str, limits: IngestionSettings) -> WordFile:
    """Return the blocks, and what else the file says; macros are not looked at.

    Raises:
        DamagedFileError: If a part is missing, cut short or not XML.
        LimitExceededError: See ``guard_archive``.
        EncryptedFileError: See ``guard_archive``.
    """
    try:
        guard_archive(path, filename, limits)
        part = Package.open(str(path)).main_document_part
        if not isinstance(part, DocumentPart):
            raise ValueError(f"its main part is {part.content_type}")  # noqa: TRY004 - damage
        document = part.document
        return WordFile(
            to_body(_iter_blocks(document)),
            clean(document.core_properties.title or "") or None,
            tuple(line for p in document.paragraphs for line in p.text.split("\n")),
            macro_warnings(path),
        )
    except (*DAMAGE, PackageNotFoundError) as exc:
        raise DamagedFileError(f"“{filename}” is a damaged Word file: {exc}.") from exc


def _iter_blocks(document: docx.document.Document) -> Iterator[RawBlock]:
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            yield RawBlock(_table_rows(item), BlockRole.TABLE)
        else:
            yield _paragraph_block(item)


def _paragraph_block(paragraph: Paragraph) -> RawBlock:
    name = (paragraph.style.name if paragraph.style else None) or ""
    if name.lower() in _TITLE_STYLES:
        return RawBlock(paragraph.text, BlockRole.HEADING, 1)
    if found := _HEADING_STYLE.match(name):
        return RawBlock(paragraph.text, BlockRole.HEADING, int(found.group(1)))
    properties = paragraph._p.pPr  # noqa: SLF001 - python-docx has no public way to numbering
    numbered = properties is not None and properties.numPr is not None
    role = BlockRole.LIST_ITEM if numbered or _LIST_STYLE.match(name) else BlockRole.PARAGRAPH
    return RawBlock(paragraph.text, role)


def _table_rows(table: Table) -> str:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        last = None
        for cell in row.cells:
            if cell._tc is not last:  # noqa: SLF001 - a merged cell is listed once per column
                cells.append(cell.text)
            last = cell._tc  # noqa: SLF001
        rows.append(cells)
    return table_text(rows)
