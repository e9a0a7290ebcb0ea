"""DOCX to blocks, after a look at how much the archive would unpack to."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import docx
import docx.document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from pipelines.extraction.blocks import RawBlock, clean, table_text, to_body
from schemas.content import BlockRole, Body
from schemas.errors import DamagedFileError, EncryptedFileError, LimitExceededError
from schemas.settings import IngestionSettings

_HEADING_STYLE: Final = re.compile(r"(?:heading|titre)\s*(\d)", re.IGNORECASE)
_TITLE_STYLES: Final = frozenset({"title", "titre"})
_LIST_STYLE: Final = re.compile(r"list|liste", re.IGNORECASE)
_ENCRYPTED_BIT: Final = 0x1
_SMALL_BYTES: Final = 1024**2  # repetitive XML packs a thousandfold: harmless while it is small
_DAMAGE: Final = (
    PackageNotFoundError,  # python-docx: no archive
    KeyError,  # python-docx: a part that another one names is missing
    ValueError,
    SyntaxError,  # lxml: a part is not XML
    zipfile.BadZipFile,
    NotImplementedError,  # zipfile: a compression method that it does not know
    zlib.error,  # a part is cut short or overwritten
    EOFError,
    OSError,
)
"""What the libraries raise for bytes that are no sound Word file."""


def guard_archive(path: Path, filename: str, limits: IngestionSettings) -> None:
    """Check sizes before anything is unpacked; the unpacker reads no more than is declared.

    Members are only ever read into memory, so a name like ``../x`` reaches no directory.

    Raises:
        LimitExceededError: If the content is too large, or packed far too well to be a document.
        EncryptedFileError: If a member needs a password.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if any(m.flag_bits & _ENCRYPTED_BIT for m in members):
        raise EncryptedFileError(f"“{filename}” needs a password: send a copy without one.")
    unpacked = sum(m.file_size for m in members)
    ratio = unpacked / max(1, path.stat().st_size)
    if unpacked > limits.max_archive_bytes:
        raise LimitExceededError(
            f"“{filename}” would unpack to {unpacked // 1024**2} MB; the limit is "
            f"{limits.max_archive_bytes // 1024**2} MB."
        )
    if unpacked > _SMALL_BYTES and ratio > limits.max_archive_ratio:
        raise LimitExceededError(
            f"“{filename}” would unpack to {ratio:.0f} times its size; the limit is "
            f"{limits.max_archive_ratio} times. It looks like an archive bomb."
        )


def docx_to_body(path: Path, filename: str, limits: IngestionSettings) -> tuple[Body, str | None]:
    """Return the blocks, and the title that the properties or a title line give.

    Raises:
        DamagedFileError: If a part is missing, cut short or not XML.
        LimitExceededError: See ``guard_archive``.
        EncryptedFileError: See ``guard_archive``.
    """
    try:
        guard_archive(path, filename, limits)
        document = docx.Document(str(path))
        body = to_body(_iter_blocks(document))
        title = clean(document.core_properties.title or "")
    except _DAMAGE as exc:
        raise DamagedFileError(f"“{filename}” is a damaged Word file: {exc}.") from exc
    return body, title or None


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
