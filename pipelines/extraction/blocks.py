"""Blocks on their way into a Body: cleaned of white space, numbered, and read for a title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final, NamedTuple

from schemas.content import Block, BlockRole, Body, PageBox
from schemas.errors import NoTextError

CELL_SEPARATOR: Final = " | "
_WHITE_SPACE: Final = re.compile(r"\s+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphen, zero-width characters
_MAX_TITLE_CHARS: Final = 200


class RawBlock(NamedTuple):
    """A block as an extractor found it: any white space, no number yet.

    Lines of a table are its rows; in every other role a line break is a space.
    """

    text: str
    role: BlockRole = BlockRole.PARAGRAPH
    level: int = 0
    page: int | None = None
    box: PageBox | None = None


def clean(text: str) -> str:
    """Return the text on one line, with single spaces and without invisible characters.

    No-break spaces are kept: French puts them before its double punctuation marks.
    """
    return _WHITE_SPACE.sub(_keep_no_break, _INVISIBLE.sub("", text)).strip()


def to_body(raw: Iterable[RawBlock]) -> Body:
    """Number the blocks that hold any text, from 0."""
    blocks: list[Block] = []
    for block in raw:
        text = _clean_rows(block.text) if block.role is BlockRole.TABLE else clean(block.text)
        if text:
            blocks.append(
                Block(
                    ordinal=len(blocks),
                    text=text,
                    role=block.role,
                    level=block.level,
                    page=block.page,
                    box=block.box,
                )
            )
    return Body(blocks=tuple(blocks))


def table_text(rows: Iterable[Sequence[str]]) -> str:
    """Return one line per row that has any text, cells in their order."""
    cleaned = ([clean(cell) for cell in row] for row in rows)
    return "\n".join(CELL_SEPARATOR.join(row) for row in cleaned if any(row))


def require_text(body: Body, filename: str) -> Body:
    """Return the body, or raise ``NoTextError`` when it has no block."""
    if not body.blocks:
        raise NoTextError(f"“{filename}” opens and holds no text.")
    return body


def first_heading(body: Body) -> str | None:
    """Return the first heading of the highest level found, if any."""
    headings = [b for b in body.blocks if b.role is BlockRole.HEADING]
    if not headings:
        return None
    return min(headings, key=lambda b: b.level).text[:_MAX_TITLE_CHARS]


def title_from_filename(filename: str) -> str:
    """Return a readable title made of a file name: no extension, spaces for underscores."""
    stem = PurePath(filename).stem or filename
    return clean(re.sub(r"[_]+|(?<=\w)-(?=\w)", " ", stem)) or filename


def _keep_no_break(match: re.Match[str]) -> str:
    space = match.group()
    return space if space in {"\u00a0", "\u202f"} else " "


def _clean_rows(text: str) -> str:
    return "\n".join(filter(None, (clean(line) for line in text.split("\n"))))
