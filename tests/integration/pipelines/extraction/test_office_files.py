"""Word and PowerPoint files: what they say, and those that bite."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from fixtures.documents import Slide, a_deck, a_word_file, saved, with_members
from schemas.content import BlockRole, Extraction
from schemas.document import MediaKind
from schemas.errors import (
    DamagedFileError,
    LimitExceededError,
    NoTextError,
    UnsupportedFormatError,
)
from tests.integration.pipelines.extraction.conftest import ExtractBytes

HEADING, TEXT, ITEM, TABLE = (
    BlockRole.HEADING,
    BlockRole.PARAGRAPH,
    BlockRole.LIST_ITEM,
    BlockRole.TABLE,
)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "'
    + b"&a;" * 1000
    + b'"><!ENTITY c "'
    + b"&b;" * 1000
    + b'"><!ENTITY d "'
    + b"&c;" * 1000
    + b'"><!ENTITY secret SYSTEM "file:///etc/passwd">]>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def blocks(found: Extraction) -> list[tuple[int | None, BlockRole, str]]:
    return [(b.page, b.role, b.text) for b in found.content.blocks]  # type: ignore[union-attr] # texts


def test_a_slide_is_a_page_with_title_list_table_and_notes(extract_bytes: ExtractBytes) -> None:
    deck = a_deck(
        Slide("Fixer ses prix", ("Le coût d'achat", "La marge")),
        Slide(
            "Les statuts",
            ("Un seul point",),
            "Dire que la TVA dépend du seuil.",
            (("Statut", "TVA"), ("EURL", "oui"), ("Micro", "non")),
        ),
    )
    found = extract_bytes("a.pptx", saved(deck))
    assert blocks(found) == [
        (1, HEADING, "Fixer ses prix"),
        (1, ITEM, "Le coût d'achat"),
        (1, ITEM, "La marge"),
        (2, HEADING, "Les statuts"),
        (2, TEXT, "Un seul point"),
        (2, TABLE, "Statut | TVA\nEURL | oui\nMicro | non"),
        (2, TEXT, "Dire que la TVA dépend du seuil."),
    ]
    assert (found.title, found.n_pages, found.media_kind) == ("Fixer ses prix", 2, MediaKind.TEXT)


def test_boxes_of_a_slide_are_read_in_rows_from_the_left(extract_bytes: ExtractBytes) -> None:
    boxes = {(5.0, 5.05): "quatre", (1.0, 3.0): "un", (5.0, 3.1): "deux", (1.0, 5.0): "trois"}
    found = extract_bytes("a.pptx", saved(a_deck(Slide("Le plan", boxes=boxes))))
    assert [text for *_, text in blocks(found)] == ["Le plan", "un", "deux", "trois", "quatre"]


def test_the_numbers_of_a_chart_are_a_table(extract_bytes: ExtractBytes) -> None:
    deck = a_deck(Slide("Les ventes"))
    numbers = CategoryChartData()
    numbers.categories = ["mars", "avril"]
    numbers.add_series("Pains", (80, 120.5))
    place = (Inches(1), Inches(2), Inches(4), Inches(3))
    deck.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, numbers)
    found = extract_bytes("a.pptx", saved(deck))
    assert blocks(found)[1][1:] == (TABLE, "| Pains\nmars | 80\navril | 120.5")


def test_large_numbers_of_a_chart_are_not_rounded(extract_bytes: ExtractBytes) -> None:
    deck = a_deck(Slide("Les ventes"))
    numbers = CategoryChartData()
    numbers.categories = ["2025"]
    numbers.add_series("Euros", (1_234_567.89,))
    place = (Inches(1), Inches(2), Inches(4), Inches(3))
    deck.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, numbers)
    found = extract_bytes("a.pptx", saved(deck))
    assert blocks(found)[1][1:] == (TABLE, "| Euros\n2025 | 1234567.89")


def test_a_chart_of_an_unknown_kind_costs_its_numbers_and_not_the_slides(
    extract_bytes: ExtractBytes,
) -> None:
    deck = a_deck(Slide("Les ventes"))
    numbers = CategoryChartData()
    numbers.categories = ["mars"]
    numbers.add_series("Pains", (80,))
    place = (Inches(1), Inches(2), Inches(4), Inches(3))
    frame = deck.slides[0].shapes.add_chart(XL_CHART_TYPE.PIE, *place, numbers)
    frame.chart.chart_title.text_frame.text = "Nos pains"
    (pie,) = frame.chart.plots
    pie._element.tag = pie._element.tag.replace("pieChart", "pie3DChart")  # noqa: SLF001
    found = extract_bytes("a.pptx", saved(deck))
    assert [text for *_, text in blocks(found)] == ["Les ventes", "Nos pains"]


def test_groups_are_read_and_shapes_of_an_unknown_kind_too(extract_bytes: ExtractBytes) -> None:
    deck = a_deck(Slide("Le plan"))
    group = deck.slides[0].shapes.add_group_shape()
    outer = group.shapes.add_textbox(Inches(1), Inches(2), Inches(2), Inches(1))
    inner = group.shapes.add_group_shape().shapes.add_textbox(
        Inches(1), Inches(4), Inches(2), Inches(1)
    )
    outer.text_frame.text, inner.text_frame.text = "Le coût", "La marge"
    for shape in (outer, inner):  # neither a box of text nor drawn: no kind that has a name
        properties = shape._element.spPr  # noqa: SLF001
        properties.remove(properties.prstGeom)
        del shape._element.nvSpPr.cNvSpPr.attrib["txBox"]  # noqa: SLF001
    found = extract_bytes("a.pptx", saved(deck))
    assert [text for *_, text in blocks(found)] == ["Le plan", "Le coût", "La marge"]


def test_a_hidden_slide_stays_hidden(extract_bytes: ExtractBytes) -> None:
    deck = a_deck(Slide("Pour tous"), Slide("Pour le jury"))
    deck.slides[1]._element.set("show", "0")  # noqa: SLF001 - python-pptx has no word for hidden
    assert [b[2] for b in blocks(extract_bytes("a.pptx", saved(deck)))] == ["Pour tous"]


def test_the_declared_title_wins_over_the_first_slide(extract_bytes: ExtractBytes) -> None:
    deck = a_deck(Slide("Bonjour"), title="Atelier prix")
    assert extract_bytes("a.pptx", saved(deck)).title == "Atelier prix"
    stock = a_deck(Slide("Bonjour"), title="Présentation PowerPoint")
    assert extract_bytes("a.pptx", saved(stock)).title == "Bonjour"


def test_a_presentation_without_slides_or_words_says_so(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(NoTextError, match="is a presentation without any slide"):
        extract_bytes("vide.pptx", saved(a_deck()))
    with pytest.raises(NoTextError, match="holds no text"):
        extract_bytes("vide.pptx", saved(a_deck(Slide(""))))


def test_more_slides_than_pages_allowed_are_refused(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(LimitExceededError, match="has 3 slides; the limit is 2"):
        extract_bytes("a.pptx", saved(a_deck(*[Slide("x")] * 3)), max_pages=2)


@pytest.mark.parametrize("kind", ["docm", "pptm"])
def test_macros_are_ignored_and_named(extract_bytes: ExtractBytes, kind: str) -> None:
    if kind == "docm":
        data, folder = saved(a_word_file("Un prix se calcule.")), "word"
        plain = "openxmlformats-officedocument.wordprocessingml.document.main"
        armed = "ms-word.document.macroEnabled.main"
    else:
        data, folder = saved(a_deck(Slide("Un prix se calcule."))), "ppt"
        plain = "openxmlformats-officedocument.presentationml.presentation.main"
        armed = "ms-powerpoint.presentation.macroEnabled.main"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml").replace(plain.encode(), armed.encode())
    members = {"[Content_Types].xml": types, f"{folder}/vbaProject.bin": b"Sub AutoOpen()"}
    found = extract_bytes(f"a.{kind}", with_members(data, members))
    assert [text for *_, text in blocks(found)] == ["Un prix se calcule."]
    assert found.warnings == ("The file contains macros: they were ignored.",)


@pytest.mark.parametrize("reference", ["&d;", "&secret;"])
def test_entities_of_a_word_file_are_not_expanded(
    extract_bytes: ExtractBytes, reference: str
) -> None:
    body = f"<w:p><w:r><w:t>Un prix. {reference}</w:t></w:r></w:p>"
    xml = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    data = with_members(saved(a_word_file("x")), {"word/document.xml": LAUGHS + xml.encode()})
    try:
        found = " ".join(text for *_, text in blocks(extract_bytes("a.docx", data)))
    except DamagedFileError:
        return
    assert "haha" not in found
    assert "root:" not in found


def test_an_archive_bomb_in_slides_is_refused(extract_bytes: ExtractBytes) -> None:
    data = saved(a_deck(Slide("x")), **{"ppt/media/image1.png": bytes(64 * 1024**2)})
    with pytest.raises(LimitExceededError, match="looks like an archive bomb"):
        extract_bytes("a.pptx", data)


def test_an_archive_in_the_archive_is_not_opened(extract_bytes: ExtractBytes) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(64 * 1024**2))
    data = saved(a_word_file("Un prix."), **{"word/embeddings/inner.zip": inner.getvalue()})
    assert [text for *_, text in blocks(extract_bytes("a.docx", data))] == ["Un prix."]


def test_a_member_larger_than_it_says_is_not_unpacked_to_its_end(
    extract_bytes: ExtractBytes,
) -> None:
    honest = saved(a_word_file("Un prix."))
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        xml = archive.read("word/document.xml")
    bomb = with_members(honest, {"word/document.xml": xml + b" " * 32 * 1024**2})
    # the directory at the end of the archive is what readers go by: there the size is a lie
    name = b"word/document.xml"
    at = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(name))
    lie = bomb[: at + 24] + struct.pack("<I", len(xml)) + bomb[at + 28 :]
    with pytest.raises(DamagedFileError, match="damaged Word file"):
        extract_bytes("a.docx", lie)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("content.xml", "an OpenDocument file .* save it as DOCX, PPTX or PDF"),
        ("xl/workbook.xml", "a spreadsheet .* save it as PDF"),
        ("Index/Document.iwa", "Pages, Keynote or Numbers"),
    ],
)
def test_other_office_files_are_refused_with_what_to_do(
    extract_bytes: ExtractBytes, member: str, said: str
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, "<x/>")
    with pytest.raises(UnsupportedFormatError, match=said):
        extract_bytes("a.odt", buffer.getvalue())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{\\rtf1\\ansi Bonjour}", "an RTF file.*save it as DOCX or PDF"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "WordDocument".encode("utf-16-le"),
            r"Word 97-2003.*save it as DOCX or PDF",
        ),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + "PowerPoint Document".encode("utf-16-le"),
            r"PowerPoint file \(97-2003\).*save it as PPTX or PDF",
        ),
    ],
)
def test_old_files_are_refused_with_what_to_do(
    extract_bytes: ExtractBytes, data: bytes, said: str
) -> None:
    with pytest.raises(UnsupportedFormatError, match=said):
        extract_bytes("a.doc", data)


def test_slides_named_as_a_word_file_are_still_slides(extract_bytes: ExtractBytes) -> None:
    assert blocks(extract_bytes("a.docx", saved(a_deck(Slide("Le prix"))))) == [
        (1, HEADING, "Le prix")
    ]
