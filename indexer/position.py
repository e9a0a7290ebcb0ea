"""The position file: how far the indexes beside it have followed the change log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

INDEX_FORMAT: Final = 5
"""Raised whenever fields, analysis or payload change: an index of another format is rebuilt."""
POSITION_FILE: Final = "position.json"


class Position(msgspec.Struct, frozen=True):
    """What an index directory holds."""

    format: int
    encoder: str
    position: int
    """Every change up to this one is in both indexes, durably."""


def read_position(directory: Path) -> Position | None:
    """Return the directory's position; ``None`` for an unfinished build or an unreadable file."""
    try:
        return msgspec.json.decode((directory / POSITION_FILE).read_bytes(), type=Position)
    except (OSError, msgspec.MsgspecError):
        return None


def write_position(directory: Path, position: Position) -> None:
    """Record the position durably: after a crash the file holds the old value or the new one."""
    scratch = directory / f"{POSITION_FILE}.new"
    with scratch.open("wb") as file:
        file.write(msgspec.json.encode(position))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(directory / POSITION_FILE)
