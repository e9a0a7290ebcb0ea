"""What a file really is, told from its bytes; its name only breaks ties between text formats."""

from __future__ import annotations

import mmap
import re
import zipfile
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final

from pipelines.extraction.media import Probe, probe
from pipelines.extraction.text import looks_like_text
from schemas.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    UnsupportedFormatError,
)


class Format(StrEnum):
    """What an extractor exists for."""

    PDF = "PDF"
    DOCX = "Word"
    PPTX = "PowerPoint"
    EPUB = "EPUB"
    MEDIA = "audio or video"
    JSON = "JSON"
    WEBVTT = "WebVTT"
    SRT = "SRT"
    SBV = "SBV"
    HTML = "HTML"
    MARKDOWN = "Markdown"
    TEXT = "text"


_HEAD_BYTES: Final = 64 * 1024
_PDF_MAGIC_WITHIN: Final = 1024  # the PDF specification lets readers skip that much rubbish
_ZIP_MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")  # Word 97-2003, and password-protected DOCX
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE_POWERPOINT: Final = "PowerPoint Document".encode("utf-16-le")
_ZIP_FORMATS: Final = {
    "word/document.xml": Format.DOCX,
    "ppt/presentation.xml": Format.PPTX,
    "META-INF/container.xml": Format.EPUB,
}
_UNREAD_ZIPS: Final = {
    "xl/workbook.xml": ("a spreadsheet (Excel)", "PDF"),
    "content.xml": ("an OpenDocument file (ODT, ODP, ODS)", "DOCX, PPTX or PDF"),
    "Index/Document.iwa": ("a Pages, Keynote or Numbers file", "DOCX, PPTX or PDF"),
}
"""What an archive with this member is, and what a reader can make of it."""
_RTF: Final = "{\\rtf"
_MEDIA_EXTENSIONS: Final = frozenset(
    ".3gp .aac .aif .aiff .avi .flac .flv .m4a .m4v .mka .mkv .mov .mp3 .mp4 .mpeg .mpg .oga .ogg"  # noqa: SIM905
    " .ogv .opus .ts .wav .webm .wma .wmv".split()
)
_BINARY_EXTENSIONS: Final = _MEDIA_EXTENSIONS | {".pdf", ".docx", ".pptx", ".epub"}
_SRT_START: Final = re.compile(
    r"\s*(?:\d+\s*\n)?\s*-?(?:\d+:)?\d{2}:\d{2}[,.]\d{1,3}[ \t]*-->", re.ASCII
)
_SBV_START: Final = re.compile(
    r"\s*\d+:\d{2}:\d{2}\.\d{1,3},\d+:\d{2}:\d{2}\.\d{1,3}[ \t]*\n", re.ASCII
)
_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_HEADING: Final = re.compile(r"^#{1,6} \S", re.MULTILINE)


def sniff(path: Path, filename: str) -> Format:
    """Return the format of the file at ``path``.

    Args:
        path: Where the bytes are; its own name is not looked at.
        filename: The name under which the file was sent.

    Raises:
        EmptyFileError: If there is no byte, or only white space.
        UnsupportedFormatError: If no extractor reads this, or text hides under a media name.
        DamagedFileError: If the file starts like a known format that cannot be opened.
        EncryptedFileError: If it is an office file behind a password.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf") and path.stat().st_size <= _HEAD_BYTES:
        raise EmptyFileError(f"“{filename}” is empty: it holds no text, sound or picture.")
    if b"%PDF-" in head[:_PDF_MAGIC_WITHIN]:
        return Format.PDF
    if head.startswith(_ZIP_MAGICS):
        return _sniff_zip(path, filename)
    if head.startswith(_OLE_MAGIC):
        raise _ole_error(path, filename)
    if looks_like_text(head):
        return _sniff_text(head, filename)
    return _sniff_binary(path, head, filename)


def _sniff_zip(path: Path, filename: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    # zipfile itself raises NotImplementedError for an archive that says it needs a later version of
    # the format than it reads: bytes from outside, not something of ours that is unfinished.
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as exc:
        raise DamagedFileError(
            f"“{filename}” starts like an Office file or ZIP archive and cannot be opened: {exc}."
        ) from exc
    for member, found in _ZIP_FORMATS.items():
        if member in names:
            return found
    for member, (what, instead) in _UNREAD_ZIPS.items():
        if member in names:
            raise _unsupported(filename, what, instead)
    raise UnsupportedFormatError(
        f"“{filename}” is an archive, not a document: unpack it and send the files in it."
    )


def _unsupported(filename: str, what: str, instead: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"“{filename}” is {what}, which is not supported: save it as {instead} and send that."
    )


def _ole_error(path: Path, filename: str) -> EncryptedFileError | UnsupportedFormatError:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(_OLE_ENCRYPTED) >= 0:
            return EncryptedFileError(
                f"“{filename}” is protected by a password: send a copy without one."
            )
        of_powerpoint = data.find(_OLE_POWERPOINT) >= 0
    if of_powerpoint:
        return _unsupported(filename, "an old PowerPoint file (97-2003)", "PPTX or PDF")
    return _unsupported(filename, "an old Office file (Word 97-2003)", "DOCX or PDF")


def _sniff_text(head: bytes, filename: str) -> Format:
    extension = PurePath(filename).suffix.lower()
    if extension in _BINARY_EXTENSIONS:
        wanted = "video or sound" if extension in _MEDIA_EXTENSIONS else "a document"
        raise UnsupportedFormatError(
            f"“{filename}” holds text, not {wanted}: its bytes do not match its name."
        )
    text = _decode_head(head)
    if text.startswith(_RTF):
        raise _unsupported(filename, "an RTF file", "DOCX or PDF")
    return _by_signature(text) or _by_name(text, extension)


def _by_signature(text: str) -> Format | None:
    if text.startswith("WEBVTT"):
        return Format.WEBVTT
    if _SRT_START.match(text):
        return Format.SRT
    if _SBV_START.match(text):
        return Format.SBV
    return Format.HTML if _HTML_START.match(text) else None


def _by_name(text: str, extension: str) -> Format:
    if extension in {".html", ".htm", ".xhtml"}:
        return Format.HTML
    if extension in {".md", ".markdown"} or (not extension and _MARKDOWN_HEADING.search(text)):
        return Format.MARKDOWN
    is_json = extension == ".json" or text.lstrip().startswith("{")
    return Format.JSON if is_json else Format.TEXT


def _decode_head(head: bytes) -> str:
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return head.decode(encoding, errors="replace").replace("\r\n", "\n")


def _sniff_binary(path: Path, head: bytes, filename: str) -> Format:
    found = probe(path)
    if isinstance(found, Probe):
        return Format.MEDIA
    extension = PurePath(filename).suffix.lower()
    if extension in _MEDIA_EXTENSIONS or b"ftyp" in head[4:12]:
        raise DamagedFileError(
            f"“{filename}” cannot be read as video or sound: it is cut short or damaged ({found})."
        )
    if b"\x00" not in head:
        # Text in another encoding than UTF-8: its extractor names the first byte that is wrong.
        return _sniff_text(head, filename)
    raise UnsupportedFormatError(
        f"“{filename}” is of a kind that is not supported. Send video, sound, PDF, DOCX, PPTX, "
        "EPUB, HTML, Markdown, text, WebVTT, SRT, SBV or exchange JSON."
    )
