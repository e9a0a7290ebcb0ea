"""PDFs written byte by byte: layout, limits and what is refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PIL import Image

from indexer.ports import BlobStore
from schemas.content import BlockRole, Body
from schemas.errors import (
    DamagedFileError,
    EncryptedFileError,
    LimitExceededError,
    NoTextError,
)

ExtractBytes = Callable[..., Any]
Text = tuple[float, float, float, str]
"""x and y in points from the bottom left, font size, text."""
LOREM = (
    "Un prix se calcule avant de se discuter",
    "avec un client et il couvre la matiere",
    "le temps passe et une part des charges",
    "fixes du mois puis la marge souhaitee",
    "qui paie les ratages et les vacances",
)


def a_pdf(
    pages: Sequence[Sequence[Text]], *, title: str = "", trailer: str = "", drawing: str = ""
) -> bytes:
    """Write a PDF whose pages hold these texts in Helvetica."""
    n = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(n))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {n} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, page in enumerate(pages):
        shown = "\n".join(f"BT /F1 {s} Tf 1 0 0 1 {x} {y} Tm ({t}) Tj ET" for x, y, s, t in page)
        content = f"{drawing}\n{shown}"
        resources = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * i} 0 R"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    objects.append(f"<< /Title ({title}) >>")
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    xref = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    info = f"/Info {len(objects)} 0 R" if title else ""
    end = f"trailer\n<< /Size {size} /Root 1 0 R {info} {trailer} >>\n"
    return f"{out}{xref}{end}startxref\n{len(out)}\n%%EOF\n".encode("cp1252")


def paragraph(x: float, top: float, lines: Sequence[str] = LOREM, size: float = 10) -> list[Text]:
    return [(x, top - 13 * n, size, line) for n, line in enumerate(lines)]


def texts(body: Body) -> list[str]:
    return [block.text for block in body.blocks]


def test_lines_are_joined_into_paragraphs(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("a.pdf", a_pdf([paragraph(60, 700)]))
    assert texts(found.content) == [" ".join(LOREM)]


def test_a_word_hyphenated_at_the_line_end_is_mended(extract_bytes: ExtractBytes) -> None:
    lines = ["Le prix plancher couvre les coti-", "sations et le reste du mois aussi."]
    found = extract_bytes("a.pdf", a_pdf([paragraph(60, 700, lines)]))
    assert "les cotisations et" in texts(found.content)[0]


def test_two_columns_are_read_one_after_the_other(extract_bytes: ExtractBytes) -> None:
    right = [f"{line} bis" for line in LOREM]
    # written row by row, as some programs do: the order in the file is of no help
    rows = [
        x for pair in zip(paragraph(60, 700), paragraph(320, 700, right), strict=True) for x in pair
    ]
    page = [*paragraph(60, 760, ["Un titre en pleine largeur qui barre les deux colonnes"]), *rows]
    page += paragraph(60, 600, ["Une phrase de fin en pleine largeur, sous les deux colonnes."])
    joined = " ".join(texts(extract_bytes("a.pdf", a_pdf([page])).content))
    assert joined.index(" ".join(LOREM)) < joined.index(" ".join(right)) < joined.index("de fin")


def test_larger_type_is_a_heading_with_its_level(extract_bytes: ExtractBytes) -> None:
    page = [(60, 780, 20, "Fixer ses prix"), (60, 740, 14, "Le plancher"), *paragraph(60, 700)]
    blocks = extract_bytes("a.pdf", a_pdf([page])).content.blocks
    assert [(b.text, b.level) for b in blocks if b.role is BlockRole.HEADING] == [
        ("Fixer ses prix", 1),
        ("Le plancher", 2),
    ]


def test_a_table_is_kept_as_rows(extract_bytes: ExtractBytes) -> None:
    rows = [("Statut", "Cotisations", "TVA"), ("EURL", "45 %", "oui"), ("Micro", "21 %", "non")]
    cells = [
        (60 + 150 * column, 600 - 16 * n, 10, cell)
        for n, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]
    body = extract_bytes("a.pdf", a_pdf([[*paragraph(60, 700), *cells]])).content
    tables = [b.text for b in body.blocks if b.role is BlockRole.TABLE]
    assert tables == ["Statut | Cotisations | TVA\nEURL | 45 % | oui\nMicro | 21 % | non"]


def test_headers_and_page_numbers_are_dropped(extract_bytes: ExtractBytes) -> None:
    pages = [
        [(60, 820, 8, "Ecole Cordee"), *paragraph(60, 700), (300, 20, 8, f"Page {n} sur 3")]
        for n in (1, 2, 3)
    ]
    assert texts(extract_bytes("a.pdf", a_pdf(pages)).content) == [" ".join(LOREM)] * 3


def test_a_header_is_the_same_however_it_is_spelled(extract_bytes: ExtractBytes) -> None:
    headers = ("Au cœur du prix", "AU COEUR DU PRIX")  # a ligature, as some printers write it
    pages = [[(60, 820, 8, header), *paragraph(60, 700)] for header in headers]
    assert texts(extract_bytes("a.pdf", a_pdf(pages)).content) == [" ".join(LOREM)] * 2


def test_amounts_at_the_foot_of_pages_are_no_page_numbers(extract_bytes: ExtractBytes) -> None:
    amounts = ("1 200 €", "980 €", "1 450,50")
    pages = [[*paragraph(60, 700), (300, 20, 10, amount)] for amount in amounts]
    found = texts(extract_bytes("a.pdf", a_pdf(pages)).content)
    assert found == [text for amount in amounts for text in (" ".join(LOREM), amount)]


@pytest.mark.parametrize(
    "number", ["{}", "- {} -", "Page {}", "p. {}", "{} / 12", "{} | 12", "[{}]"]
)
def test_page_numbers_are_dropped_however_they_are_written(
    extract_bytes: ExtractBytes, number: str
) -> None:
    pages = [[*paragraph(60, 700), (300, 20, 8, number.format(n))] for n in (1, 2)]
    assert texts(extract_bytes("a.pdf", a_pdf(pages)).content) == [" ".join(LOREM)] * 2


def test_blocks_know_their_page(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("a.pdf", a_pdf([paragraph(60, 700), paragraph(60, 700)]))
    assert [b.page for b in found.content.blocks] == [1, 2]


def test_a_block_s_box_is_where_its_ink_is_on_the_picture(
    extract_bytes: ExtractBytes, blobs: BlobStore
) -> None:
    found = extract_bytes("a.pdf", a_pdf([paragraph(60, 700)]))
    (block,) = found.content.blocks

    with Image.open(io.BytesIO(blobs.read(found.media.pages[0]))) as picture:
        width, height = picture.size
        # what differs from white paper, and not by the noise that compression leaves around it
        ink = picture.convert("L").point(lambda grey: 255 if grey < 128 else 0).getbbox()

    assert ink is not None
    left, top, right, bottom = (
        1000 * at / side for at, side in zip(ink, (width, height) * 2, strict=True)
    )
    assert (block.box.x, block.box.x + block.box.width) == pytest.approx((left, right), abs=5)
    assert block.box.y == pytest.approx(top, abs=8)
    assert block.box.y + block.box.height == pytest.approx(bottom, abs=8)


def test_every_page_gets_a_webp_picture(extract_bytes: ExtractBytes, blobs: BlobStore) -> None:
    found = extract_bytes("a.pdf", a_pdf([paragraph(60, 700), paragraph(60, 500)]))
    assert [blobs.read(key)[8:12] for key in found.media.pages] == [b"WEBP", b"WEBP"]


@pytest.mark.parametrize(
    ("declared", "title"),
    [("Le guide des prix", "Le guide des prix"), ("Microsoft Word - x", "guide des prix 2")],
)
def test_the_title_is_the_declared_one_unless_a_program_wrote_it(
    extract_bytes: ExtractBytes, declared: str, title: str
) -> None:
    data = a_pdf([paragraph(60, 700)], title=declared)
    assert extract_bytes("guide_des_prix-2.pdf", data).title == title


@pytest.mark.slow
def test_300_pages_are_read(extract_bytes: ExtractBytes) -> None:
    seen: list[float] = []
    data = a_pdf([paragraph(60, 700)] * 300)
    found = extract_bytes("long.pdf", data, progress=seen.append)
    assert (found.n_pages, len(set(seen))) == (300, len(seen))
    assert found.content.blocks[-1].page == 300


def test_too_many_pages_are_refused(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(LimitExceededError, match="has 3 pages; the limit is 2"):
        extract_bytes("a.pdf", a_pdf([paragraph(60, 700)] * 3), max_pages=2)


def test_a_pdf_behind_a_password_is_refused(extract_bytes: ExtractBytes) -> None:
    # Owner and user entries of no password we know, so the empty password does not open it.
    entry = "<" + "5a" * 32 + ">"
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {entry} /U {entry} /P -4 >>"
    with pytest.raises(EncryptedFileError, match="protected by a password"):
        extract_bytes("a.pdf", a_pdf([paragraph(60, 700)], trailer=f"{lock} /ID [<00> <00>]"))


def test_a_pdf_of_pictures_without_text_is_refused(extract_bytes: ExtractBytes) -> None:
    with pytest.raises(NoTextError, match="2 pages of pictures, and no text"):
        extract_bytes("scan.pdf", a_pdf([[], []], drawing="0 0 1 rg 100 100 300 300 re f"))


def test_a_page_without_text_among_others_is_a_warning(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("a.pdf", a_pdf([paragraph(60, 700), []]))
    assert found.warnings[0].startswith("No text was found on page 2")


@pytest.mark.parametrize("data", [b"%PDF-1.4\nnothing more", b"%PDF-1.7\n" + bytes(2000)])
def test_a_damaged_pdf_is_refused(extract_bytes: ExtractBytes, data: bytes) -> None:
    with pytest.raises(DamagedFileError, match=r"damaged PDF: .*[^.]\.$"):
        extract_bytes("a.pdf", data)


SCRIPT = "<< /S /JavaScript /JS (app.alert\\('Bonjour'\\)) >>"


def test_scripts_of_a_pdf_are_ignored_and_named(extract_bytes: ExtractBytes) -> None:
    data = a_pdf([paragraph(60, 700)]).replace(
        b"/Type /Catalog", f"/Type /Catalog /OpenAction {SCRIPT}".encode()
    )
    found = extract_bytes("a.pdf", data)
    assert found.warnings == ("The PDF contains scripts: they were ignored.",)
    assert texts(found.content) == [" ".join(LOREM)]


def test_ten_thousand_pages_are_refused_before_any_is_read(
    extract_bytes: ExtractBytes, blobs: BlobStore
) -> None:
    seen: list[float] = []
    with pytest.raises(LimitExceededError, match="has 10000 pages; the limit is 2000"):
        extract_bytes("long.pdf", a_pdf([[(60, 700, 10, "x")]] * 10_000), progress=seen.append)
    assert seen == []
