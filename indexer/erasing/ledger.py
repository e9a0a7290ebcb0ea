"""Which people were erased: one line each, so that an older backup can be made to forget them too.

The file lies beside the data and not in the database, which a restore would put back. It names
nobody: hashes under a key that lies beside it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from schemas.errors import DamagedFileError

LEDGER_FILE: Final = "erasures.jsonl"


class Entry(msgspec.Struct, frozen=True):
    """One erasure, begun or done."""

    id: str
    person: str
    """Keyed hash of the person's id."""
    pseudonym: str
    """Under which the log knew the person: another keyed hash."""
    is_done: bool


def entries(path: Path) -> list[Entry]:
    """Return the latest line of each erasure, in their order; none where there is no file.

    Raises:
        DamagedFileError: If a line cannot be read; the last one may be cut off by a crash.
    """
    found: dict[str, Entry] = {}
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            if number == len(lines):
                break
            raise DamagedFileError(f"{path}, line {number}, cannot be read.") from error
        found[entry.id] = entry
    return list(found.values())


def note(path: Path, entry: Entry) -> None:
    """Add a line, on disk before this returns."""
    line = msgspec.json.encode(entry) + b"\n"
    written = path.read_bytes() if path.exists() else b""
    with path.open("ab") as file:
        # A line that a crash cut off never counted; written on, it would swallow this one.
        file.truncate(written.rfind(b"\n") + 1)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
