"""Bytes on disk: digests, checks against pins, and what a finished model consists of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from indexer.models.manifest import MARKER, Marker, PinnedFile
from schemas.errors import DamagedFileError

BLOCK_BYTES: Final = 1 << 20


def check(path: Path, pin: PinnedFile, *, where: str) -> None:
    """Compare a file with its pin.

    Raises:
        DamagedFileError: If it is missing or has other bytes; the message names the file and
            ``where`` it came from.
    """
    if not path.is_file():
        raise DamagedFileError(f"{where}: file {pin.path} is missing.")
    size = path.stat().st_size
    if size != pin.size:
        raise DamagedFileError(
            f"{where}: file {pin.path} has {size} bytes instead of {pin.size}; it is not whole."
        )
    found = digest(path)
    if found != pin.sha256:
        raise DamagedFileError(
            f"{where}: file {pin.path} has SHA-256 {found} instead of {pin.sha256}."
        )


def describe(directory: Path) -> tuple[PinnedFile, ...]:
    """Return every file below a directory with its digest and size, by path; marker left out."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and path.name != MARKER)
    return tuple(
        PinnedFile(path.relative_to(directory).as_posix(), digest(path), path.stat().st_size)
        for path in paths
    )


def damage(directory: Path, marker: Marker) -> str:
    """Return what is wrong with a finished model's files, or an empty string."""
    try:
        for pin in marker.files:
            check(directory / pin.path, pin, where=f"Model {marker.name!r}")
    except DamagedFileError as error:
        return error.message
    return ""


def size_of(paths: Iterable[Path]) -> int:
    """Return the bytes of all files below these paths; files that vanish meanwhile count 0."""
    total = 0
    for root in paths:
        for path in root.rglob("*"):
            try:
                total += path.stat().st_size if path.is_file() else 0
            except FileNotFoundError:
                continue
    return total


def digest(path: Path) -> str:
    """Return the lower-case hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
