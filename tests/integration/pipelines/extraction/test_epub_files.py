"""EPUB books: chapters in reading order, their names, and what is refused."""

from __future__ import annotations

import pytest

from fixtures.documents import an_epub, with_members
from schemas.content import BlockRole, Extraction
from schemas.errors import DamagedFileError, EncryptedFileError, LimitExceededError, NoTextError
from tests.integration.pipelines.extraction.conftest import ExtractBytes

HEADING, TEXT = BlockRole.HEADING, BlockRole.PARAGRAPH
CHAPTERS = {
    "un.xhtml": "<h1>Le stand</h1><p>On vend ce qu&#8217;on montre&#160;!</p><a id='x'/>"
    "<p>Oui.</p>",
    "deux.xhtml": "<p>Le prix est écrit en grand.</p>",
}


def blocks(found: Extraction) -> list[tuple[BlockRole, str]]:
    return [(b.role, b.text) for b in found.content.blocks]  # type: ignore[union-attr] # texts


def lock(algorithm: str) -> bytes:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        f'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{algorithm}"/>'
        '<CipherData><CipherReference URI="OEBPS/un.xhtml"/></CipherData></EncryptedData>'
        "</encryption>"
    ).encode()


def test_chapters_are_read_in_order_and_named(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("livre.epub", an_epub(CHAPTERS, names=("Chapitre 1", "L’étiquette")))
    assert blocks(found) == [
        (HEADING, "Le stand"),
        (TEXT, "On vend ce qu’on montre\u00a0!"),
        (TEXT, "Oui."),
        (HEADING, "L’étiquette"),
        (TEXT, "Le prix est écrit en grand."),
    ]
    assert found.title == "Vendre au marché"


def test_a_book_is_known_by_its_bytes(extract_bytes: ExtractBytes) -> None:
    assert extract_bytes("livre.zip", an_epub(CHAPTERS)).title == "Vendre au marché"


def test_a_locked_book_says_so(extract_bytes: ExtractBytes) -> None:
    locked = {"META-INF/encryption.xml": lock("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    with pytest.raises(EncryptedFileError, match="locked by its seller"):
        extract_bytes("a.epub", with_members(an_epub(CHAPTERS), locked))


def test_scrambled_fonts_are_no_lock(extract_bytes: ExtractBytes) -> None:
    fonts = {"META-INF/encryption.xml": lock("http://www.idpf.org/2008/embedding")}
    found = extract_bytes("a.epub", with_members(an_epub(CHAPTERS), fonts))
    assert blocks(found)[0] == (HEADING, "Le stand")


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("META-INF/container.xml", b"<container/>"),
        ("META-INF/container.xml", b"not XML"),
        ("OEBPS/content.opf", b"<package"),
        ("OEBPS/un.xhtml", b'<?xml version="1.0" encoding="no-such"?><html/>'),
    ],
)
def test_a_damaged_book_is_refused(
    extract_bytes: ExtractBytes, member: str, content: bytes
) -> None:
    with pytest.raises(DamagedFileError, match="damaged EPUB book"):
        extract_bytes("a.epub", with_members(an_epub(CHAPTERS), {member: content}))


def test_a_book_without_words_is_refused(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(NoTextError):
        extract_bytes("a.epub", an_epub({"un.xhtml": "<img src='x.png'/>"}, names=("Images",)))


def test_entities_are_neither_expanded_nor_fetched(extract_bytes: ExtractBytes) -> None:
    hostile = (
        b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY s SYSTEM "file:///etc/passwd">]>'
        b'<package xmlns="http://www.idpf.org/2007/opf"><metadata><title>A&s;</title></metadata>'
        b'<manifest><item id="c" href="un.xhtml" media-type="application/xhtml+xml"/></manifest>'
        b'<spine><itemref idref="c"/></spine></package>'
    )
    found = extract_bytes("a.epub", with_members(an_epub(CHAPTERS), {"OEBPS/content.opf": hostile}))
    assert found.title == "A"
    laughs = b'<!ENTITY a "' + b"ha" * 50_000 + b'">'
    book = {
        f"OEBPS/{n}": b"<!DOCTYPE html [" + laughs + b"]><p>" + b"&a;" * 9_999 + b"</p>"
        for n in CHAPTERS
    }
    found = extract_bytes("a.epub", with_members(an_epub(CHAPTERS), book))
    assert "hahaha" not in "".join(text for _, text in blocks(found))


def test_a_bomb_of_a_book_is_refused(extract_bytes: ExtractBytes) -> None:
    data = with_members(an_epub(CHAPTERS), {"OEBPS/big.png": bytes(64 * 1024**2)})
    with pytest.raises(LimitExceededError, match="archive bomb"):
        extract_bytes("a.epub", data)
