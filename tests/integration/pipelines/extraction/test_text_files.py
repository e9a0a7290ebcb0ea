"""Text formats by their bytes, archives that bite, and everything that is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest

from fixtures.builders import an_exchange_json
from schemas.content import BlockRole
from schemas.document import DocumentKind, MediaKind
from schemas.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    LimitExceededError,
    NoTextError,
    UnsupportedFormatError,
)

ExtractBytes = Callable[..., Any]
PAGE = """<!doctype html><html><head><title>Fixer ses prix</title></head><body>
<nav><a href="/">Accueil</a></nav><main><h1>Le prix</h1><p>Un prix <b>se calcule</b>.</p>
<script>alert(1)</script><ul><li>Matière</li></ul>
<table><tr><th>Statut</th><th>TVA</th></tr><tr><td>EURL</td><td>oui</td></tr></table>
</main><footer>Mentions</footer></body></html>"""
MARKDOWN = """# Fixer ses prix

Un *prix* [se calcule](https://exemple.fr).

- Matière

| Statut | TVA |
|--------|-----|
| EURL   | oui |
"""


def a_docx() -> docx.document.Document:
    document = docx.Document()
    document.add_heading("Fixer ses prix", level=1)
    document.add_paragraph("Un prix se calcule.")
    document.add_paragraph("Matière", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Statut", "TVA", "EURL", "oui"], strict=True):  # noqa: SLF001
        cell.text = text
    return document


def packed(document: docx.document.Document, **members: bytes) -> bytes:
    """Save a DOCX and add members to its archive."""
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def roles(found: Any) -> list[tuple[BlockRole, str]]:
    return [(b.role, b.text) for b in found.content.blocks]


EXPECTED = [
    (BlockRole.PARAGRAPH, "Un prix se calcule."),
    (BlockRole.LIST_ITEM, "Matière"),
    (BlockRole.TABLE, "Statut | TVA\nEURL | oui"),
]


@pytest.mark.parametrize(
    ("filename", "data", "heading"),
    [
        ("a.html", PAGE.encode(), "Le prix"),
        ("a.md", MARKDOWN.encode(), "Fixer ses prix"),
        ("a.docx", packed(a_docx()), "Fixer ses prix"),
    ],
)
def test_headings_paragraphs_lists_and_tables_are_told_apart(
    extract_bytes: ExtractBytes, filename: str, data: bytes, heading: str
) -> None:
    found = extract_bytes(filename, data)
    assert roles(found) == [(BlockRole.HEADING, heading), *EXPECTED]
    assert found.title == "Fixer ses prix"


def test_a_text_is_titled_by_its_name(extract_bytes: ExtractBytes) -> None:
    assert extract_bytes("guide_des-prix.txt", b"Un prix.").title == "guide des prix"


@pytest.mark.parametrize(
    ("data", "media_kind"),
    [
        (an_exchange_json(), MediaKind.MESSAGES),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour.\n", MediaKind.TRANSCRIPT),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nBonjour.\r\n", MediaKind.TRANSCRIPT),
        (
            b"\xef\xbb\xbfWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nBonjour.\r\n",
            MediaKind.TRANSCRIPT,
        ),
        (PAGE.encode(), MediaKind.TEXT),
        (packed(a_docx()), MediaKind.TEXT),
        ("Été".encode("utf-16"), MediaKind.TEXT),
    ],
)
def test_the_format_is_told_from_the_bytes(
    extract_bytes: ExtractBytes, data: bytes, media_kind: MediaKind
) -> None:
    assert extract_bytes("notes.txt", data).media_kind is media_kind


def test_an_exchange_says_its_kind_people_and_time(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("ex.json", an_exchange_json())
    assert found.kind is DocumentKind.EXCHANGE
    assert [p.id for p in found.participants] == ["s-17", "m-4"]
    assert found.created_at.isoformat() == "2026-03-02T10:00:00+01:00"


def test_html_in_the_encoding_it_declares_is_read(extract_bytes: ExtractBytes) -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><body><p>Été</p></body></html>'
    assert roles(extract_bytes("a.html", page.encode("latin-1"))) == [(BlockRole.PARAGRAPH, "Été")]


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("filename", ["a.txt", "a.pdf", "a.mp4", "a.json"])
def test_an_empty_file_is_refused(extract_bytes: ExtractBytes, filename: str, data: bytes) -> None:
    with pytest.raises(EmptyFileError, match="is empty"):
        extract_bytes(filename, data)


@pytest.mark.parametrize(
    ("filename", "data", "place"),
    [
        ("ex.json", an_exchange_json().replace(b"Fixer", b"Fix\xff\xfe"), r"byte \d+ \(line 1\)"),
        ("a.txt", b"Bonjour\nl'\xe9t\xe9", r"byte 10 \(line 2\)"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\n\xe9t\xe9\n", r"byte 32 \(line 3\)"),
        ("a.md", b"# Titre\n" + b"a" * 70_000 + b"\xff", r"byte 70008 \(line 2\)"),
    ],
)
def test_bytes_that_are_not_utf8_are_named(
    extract_bytes: ExtractBytes, filename: str, data: bytes, place: str
) -> None:
    with pytest.raises(DamagedFileError, match=place):
        extract_bytes(filename, data)


def test_an_archive_bomb_is_refused_before_it_is_unpacked(extract_bytes: ExtractBytes) -> None:
    bomb = packed(a_docx(), **{"word/media/bomb.xml": bytes(60_000_000)})
    with pytest.raises(LimitExceededError, match="archive bomb"):
        extract_bytes("bombe.docx", bomb)


def test_an_archive_that_is_too_large_is_refused(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(LimitExceededError, match="would unpack to"):
        extract_bytes("a.docx", packed(a_docx()), max_archive_bytes=1_000)


def test_a_member_that_climbs_out_of_the_archive_writes_nothing(
    extract_bytes: ExtractBytes, tmp_path: Any
) -> None:
    extract_bytes("a.docx", packed(a_docx(), **{"../escaped.txt": b"out"}))
    assert not list(tmp_path.parent.rglob("escaped.txt"))


def test_a_docx_cut_short_is_damaged(extract_bytes: ExtractBytes) -> None:
    data = packed(a_docx())
    with pytest.raises(DamagedFileError):
        extract_bytes("a.docx", data[: len(data) // 2])


def test_a_docx_whose_text_is_no_xml_is_damaged(extract_bytes: ExtractBytes) -> None:
    source, target = io.BytesIO(packed(a_docx())), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<w:doc" if name == "word/document.xml" else old.read(name))
    with pytest.raises(DamagedFileError, match="damaged Word file"):
        extract_bytes("a.docx", target.getvalue())


@pytest.mark.parametrize("offset", [6, 10], ids=["of a later version", "packed in an unknown way"])
def test_an_archive_that_our_unpacker_does_not_know_is_damaged(
    extract_bytes: ExtractBytes, offset: int
) -> None:
    """To zipfile both are ``NotImplementedError``: opening the one, reading the other."""
    data = bytearray(packed(a_docx()))
    for entry in re.finditer(rb"PK\x01\x02", data):  # of the directory at the archive's end
        data[entry.start() + offset] = 99
    with pytest.raises(DamagedFileError):
        extract_bytes("a.docx", bytes(data))


def test_an_office_file_behind_a_password_is_refused(extract_bytes: ExtractBytes) -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(EncryptedFileError, match="protected by a password"):
        extract_bytes("a.docx", ole)


def test_a_plain_archive_is_no_document(extract_bytes: ExtractBytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "Bonjour")
    with pytest.raises(UnsupportedFormatError, match="is an archive"):
        extract_bytes("a.docx", buffer.getvalue())


def test_a_picture_is_no_document(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(UnsupportedFormatError, match="not supported"):
        extract_bytes("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100))


@pytest.mark.parametrize(
    "page", ["<html><body></body></html>", "<html><script>x()</script></html>"]
)
def test_a_page_without_text_is_refused(extract_bytes: ExtractBytes, page: str) -> None:
    with pytest.raises(NoTextError, match="holds no text"):
        extract_bytes("a.html", page.encode())
