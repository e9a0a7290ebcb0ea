"""Documents that are ZIP archives: how much they would unpack to, before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Final

from lxml import etree

from schemas.errors import EncryptedFileError, LimitExceededError
from schemas.settings import IngestionSettings

MACROS_IGNORED: Final = "The file contains macros: they were ignored."
_MAX_MEMBERS: Final = 20_000  # a presentation of 1 000 slides has some 5 000
_MACRO_PARTS: Final = frozenset({"word/vbaProject.bin", "ppt/vbaProject.bin"})
_ENCRYPTED_BIT: Final = 0x1
_SMALL_BYTES: Final = 1024**2  # repetitive XML packs a thousandfold: harmless while it is small

DAMAGE: Final = (
    LookupError,  # a part that another one names is missing, or its encoding is unknown
    ValueError,
    AttributeError,  # python-docx, python-pptx: an element lacks a part that it must have
    SyntaxError,  # lxml: a part is not XML
    zipfile.BadZipFile,
    NotImplementedError,  # raised by zipfile itself: packed by a method that it does not know
    zlib.error,  # a part is cut short or overwritten
    EOFError,
    OSError,
)
"""What the libraries raise for bytes that are no sound archive, or hold no sound document."""


def guard_archive(path: Path, filename: str, limits: IngestionSettings) -> None:
    """Check sizes before anything is unpacked.

    The declared sizes can be trusted that far: ``zipfile`` unpacks no byte more than a member
    declares, and one that holds more is damaged. Members are only ever read into memory, so a name
    like ``../x`` reaches no directory, and an archive inside the archive is not opened.

    Raises:
        LimitExceededError: If the content is too large, or packed far too well to be a document.
        EncryptedFileError: If a member needs a password.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if any(m.flag_bits & _ENCRYPTED_BIT for m in members):
        raise EncryptedFileError(f"“{filename}” needs a password: send a copy without one.")
    if len(members) > _MAX_MEMBERS:
        raise LimitExceededError(
            f"“{filename}” holds {len(members)} parts; the limit is {_MAX_MEMBERS}."
        )
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


def macro_warnings(path: Path) -> tuple[str, ...]:
    """Return the warning that an Office file brings macros, if it does; nothing runs them."""
    with zipfile.ZipFile(path) as archive:
        has_macros = not _MACRO_PARTS.isdisjoint(archive.namelist())
    return (MACROS_IGNORED,) if has_macros else ()


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML that may be hostile: no entity is expanded, no file and no address is opened.

    Raises:
        SyntaxError: If it is not XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(data, parser)
