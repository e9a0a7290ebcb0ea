"""Plain text: decoding that names the byte that is wrong, and paragraphs."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from pipelines.extraction.blocks import RawBlock, to_body
from schemas.content import Body
from schemas.errors import DamagedFileError, LimitExceededError

MAX_TEXT_BYTES: Final = 64 * 1024**2
"""A text file is held in memory whole; the longest novel is a twentieth of this."""
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\r\f\v\x1b"))


def looks_like_text(head: bytes) -> bool:
    """Tell whether the first bytes of a file are UTF-8 text, or UTF-16 text with its mark."""
    encoding = "utf-16" if head.startswith(_UTF16_MARKS) else "utf-8"
    if encoding == "utf-8" and head.translate(None, _CONTROLS) != head:
        return False
    try:
        # Incremental and not final: the end of the head may cut a character in two.
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def read_text(path: Path, filename: str, *, encoding: str = "utf-8") -> str:
    """Return the file's text with Unix line ends and without a byte order mark.

    Args:
        path: Where the bytes are.
        filename: The name to use in messages.
        encoding: What the bytes are when no UTF-16 mark says otherwise.

    Raises:
        DamagedFileError: If the bytes are not valid in that encoding; names the first wrong byte.
        LimitExceededError: If there are more than ``MAX_TEXT_BYTES`` bytes.
    """
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise LimitExceededError(
            f"“{filename}” is a text of more than {MAX_TEXT_BYTES // 1024**2} MB: split it."
        )
    data = path.read_bytes()
    chosen = "utf-16" if data.startswith(_UTF16_MARKS) else encoding
    try:
        text = data.decode(chosen)
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise DamagedFileError(
            f"“{filename}” is not valid {chosen.upper()} text: byte {exc.start} (line {line}) "
            "is wrong. Save it as UTF-8."
        ) from exc
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def text_to_body(text: str) -> Body:
    """Return one paragraph per stretch between blank lines; line breaks inside become spaces."""
    return to_body(RawBlock(part) for part in _BLANK_LINES.split(text))
