"""What a list of documents says of each, and every line of it that says nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.sources.manifest import read_manifest
from schemas.document import DocumentKind
from schemas.errors import InvalidInputError


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_json_lines_say_what_files_are(tmp_path: Path) -> None:
    put(tmp_path / "sheets" / "prix.pdf")
    listing = put(
        tmp_path / "manifest.jsonl",
        '{"path": "sheets/prix.pdf", "kind": "sheet", "title": "Fixer ses prix", "tags": ["a"]}\n',
    )

    (found,) = read_manifest(listing).documents

    assert (found.name, found.kind, found.title, found.tags) == (
        "prix.pdf",
        DocumentKind.SHEET,
        "Fixer ses prix",
        ("a",),
    )


@pytest.mark.parametrize("mark", ["", "\N{BYTE ORDER MARK}"])
def test_a_table_says_the_same(tmp_path: Path, mark: str) -> None:
    put(tmp_path / "prix.pdf")
    listing = put(
        tmp_path / "list.csv",
        mark
        + "path,url,kind,title,tags,source,date\n"
        + 'prix.pdf,,sheet,"Prix, et marges",a; b,fiche-1,2026-03-02\n'
        + ",https://exemple.fr/tva.html,,,,,\n",
    )

    first, second = read_manifest(listing).documents

    assert (first.name, first.title, first.tags) == ("prix.pdf", "Prix, et marges", ("a", "b"))
    assert (first.source, first.created_at) == ("fiche-1", datetime(2026, 3, 2, tzinfo=UTC))
    assert (second.path, second.url, second.line) == (None, "https://exemple.fr/tva.html", 3)


@pytest.mark.parametrize(("said", "is_said"), [("true", True), ("false", False), ("", False)])
def test_a_table_says_what_is_anonymised(tmp_path: Path, said: str, *, is_said: bool) -> None:
    put(tmp_path / "ex.json")
    listing = put(tmp_path / "list.csv", f"path,anonymised,kind\nex.json,{said},exchange\n")

    (found,) = read_manifest(listing).documents

    assert found.anonymised == is_said


def test_a_table_that_is_not_sure_what_is_anonymised_is_wrong(tmp_path: Path) -> None:
    put(tmp_path / "ex.json")
    listing = put(tmp_path / "list.csv", "path,anonymised\nex.json,peut-être\n")

    read = read_manifest(listing)

    assert read.documents == ()
    assert "anonymised" in read.wrong[0]


def test_columns_are_parted_as_a_french_spreadsheet_parts_them(tmp_path: Path) -> None:
    put(tmp_path / "prix.pdf")
    listing = put(tmp_path / "list.csv", "path;kind;tags\nprix.pdf;sheet;a|b\n")

    (found,) = read_manifest(listing).documents

    assert (found.kind, found.tags) == (DocumentKind.SHEET, ("a", "b"))


def test_every_wrong_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    put(tmp_path / "prix.pdf")
    listing = put(
        tmp_path / "list.csv",
        "path,url,kind,date\nprix.pdf,,sheet,\nabsent.pdf,,,\nprix.pdf,,poem,\n"
        ",file:///etc/passwd,,\nprix.pdf,,,hier\nprix.pdf,https://exemple.fr/,,\n",
    )

    manifest = read_manifest(listing)

    assert [document.name for document in manifest.documents] == ["prix.pdf"]
    said = [sentence.removeprefix(str(listing)) for sentence in manifest.wrong]
    assert [sentence.split(":")[0] for sentence in said] == [f", line {n}" for n in range(3, 8)]
    with pytest.raises(InvalidInputError, match=r"absent\.pdf[\s\S]*poem[\s\S]*hier"):
        manifest.require_whole()


@pytest.mark.parametrize("line", ["{", '{"path": "x", "colour": "red"}', '{"kind": "sheet"}'])
def test_a_wrong_line_of_json_is_named(tmp_path: Path, line: str) -> None:
    listing = put(tmp_path / "manifest.jsonl", "\n" + line)

    with pytest.raises(InvalidInputError, match="line 2"):
        read_manifest(listing).require_whole()


def test_a_table_without_names_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="name the columns"):
        read_manifest(put(tmp_path / "list.csv", "prix.pdf,sheet\n"))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("list.csv", "path,media\nappel.json,lea.m4a; marc.m4a\n"),
        ("list.tsv", "path\tmedia\nappel.json\tlea.m4a|marc.m4a\n"),
        ("list.jsonl", '{"path": "appel.json", "media": ["lea.m4a", "marc.m4a"]}\n'),
    ],
)
def test_an_exchange_is_listed_with_the_recordings_of_all(
    tmp_path: Path, name: str, line: str
) -> None:
    for file in ("appel.json", "lea.m4a", "marc.m4a"):
        put(tmp_path / file)

    (found,) = read_manifest(put(tmp_path / name, line)).documents

    assert found.media == (tmp_path / "lea.m4a", tmp_path / "marc.m4a")
