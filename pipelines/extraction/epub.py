"""EPUB to blocks: the chapters in reading order, each under a heading.

The container, the package and the table of contents are small XML files whose names are fixed by
the format (EPUB 3.3, section 4.2.6; EPUB 2 alike), so no library is needed to find the chapters.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from pipelines.extraction.archive import DAMAGE, guard_archive, parse_xml
from pipelines.extraction.blocks import RawBlock, clean, to_body
from pipelines.extraction.html import html_to_blocks
from schemas.content import BlockRole, Body
from schemas.errors import DamagedFileError, EncryptedFileError
from schemas.settings import IngestionSettings

CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_PAGES: Final = frozenset({"application/xhtml+xml", "text/html"})
_TOC: Final = "application/x-dtbncx+xml"
_SCRAMBLED_FONTS: Final = frozenset({
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
})
"""Fonts that are scrambled so that nobody lifts them out of the book; its text is open."""
_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([\w-]+)[\"']")


def epub_to_body(path: Path, filename: str, limits: IngestionSettings) -> tuple[Body, str | None]:
    """Return the blocks of all chapters, and the book's title.

    A chapter without a heading of its own gets the name that the table of contents gives it.

    Raises:
        EncryptedFileError: If the chapters are locked (DRM), or a member needs a password.
        DamagedFileError: If a part is missing, cut short or not XML.
        LimitExceededError: See ``guard_archive``.
    """
    try:
        guard_archive(path, filename, limits)
        with zipfile.ZipFile(path) as archive:
            if _is_locked(archive):
                raise EncryptedFileError(
                    f"“{filename}” is locked by its seller (DRM): send a copy without a lock."
                )
            package_name = _package_name(archive)
            package = parse_xml(archive.read(package_name))
            names = _chapter_names(package, posixpath.dirname(package_name))
            titles = _toc_titles(archive, package, posixpath.dirname(package_name))
            body = to_body(b for name in names for b in _iter_chapter(archive, name, titles))
    except DAMAGE as exc:
        raise DamagedFileError(f"“{filename}” is a damaged EPUB book: {exc}.") from exc
    title = package.xpath("string(//*[local-name()='metadata']/*[local-name()='title'])")
    return body, clean(str(title)) or None


def _is_locked(archive: zipfile.ZipFile) -> bool:
    if _ENCRYPTION not in archive.namelist():
        return False
    tree = parse_xml(archive.read(_ENCRYPTION))
    methods = tree.xpath("//*[local-name()='EncryptedData']/*[local-name()='EncryptionMethod']")
    return any(method.get("Algorithm") not in _SCRAMBLED_FONTS for method in methods)


def _package_name(archive: zipfile.ZipFile) -> str:
    paths = parse_xml(archive.read(CONTAINER)).xpath("//*[local-name()='rootfile']/@full-path")
    if not paths:
        raise ValueError("it names no package")
    return str(paths[0])


def _items(package: Any) -> dict[str, Any]:
    found = package.xpath("//*[local-name()='manifest']/*[local-name()='item']")
    return {item.get("id"): item for item in found}


def _chapter_names(package: Any, folder: str) -> list[str]:
    """Return the members that hold the chapters, in reading order, each once."""
    items = _items(package)
    spine = package.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref")
    chosen = (items[i] for i in spine if i in items)
    return list(
        dict.fromkeys(
            _joined(folder, item.get("href", ""))
            for item in chosen
            if item.get("media-type") in _PAGES and "nav" not in item.get("properties", "").split()
        )
    )


def _joined(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _toc_titles(archive: zipfile.ZipFile, package: Any, folder: str) -> dict[str, str]:
    """Return the first name that the table of contents has for each chapter, EPUB 3 or 2."""
    titles: dict[str, str] = {}
    for item in _items(package).values():
        name = _joined(folder, item.get("href", ""))
        is_nav = "nav" in item.get("properties", "").split()
        if not is_nav and item.get("media-type") != _TOC:
            continue
        tree = parse_xml(archive.read(name))
        links = (
            [(a.get("href"), "".join(a.itertext())) for a in tree.xpath("//*[local-name()='a']")]
            if is_nav
            else [
                (point.xpath("string(*[local-name()='content']/@src)"), _label(point))
                for point in tree.xpath("//*[local-name()='navPoint']")
            ]
        )
        for href, label in links:
            titles.setdefault(_joined(posixpath.dirname(name), href or ""), clean(label))
    return titles


def _label(point: Any) -> str:
    return str(point.xpath("string(*[local-name()='navLabel'])"))


def _iter_chapter(
    archive: zipfile.ZipFile, name: str, titles: dict[str, str]
) -> Iterator[RawBlock]:
    blocks, _ = html_to_blocks(_decode(archive.read(name)))
    has_heading = any(b.role is BlockRole.HEADING and clean(b.text) for b in blocks)
    if not has_heading and titles.get(name) and any(clean(b.text) for b in blocks):
        yield RawBlock(titles[name], BlockRole.HEADING, 1)
    yield from blocks


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    found = _ENCODING.match(data)
    return data.decode(found.group(1).decode() if found else "utf-8").removeprefix("\ufeff")
