"""Which files a path means, and which recording belongs to which exchange."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.filesystem import discover, media_of, name_beside
from schemas.errors import NotFoundError


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_folder_gives_its_files_in_order_without_hidden_ones(tmp_path: Path) -> None:
    put(tmp_path / "b" / "2.md")
    put(tmp_path / "a.md")
    put(tmp_path / ".git" / "config")
    put(tmp_path / "b" / ".DS_Store")

    assert [d.path.name for d in discover([str(tmp_path)])] == ["a.md", "2.md"]


def test_a_document_named_twice_is_found_once(tmp_path: Path) -> None:
    path = put(tmp_path / "a.md")

    assert len(discover([str(path), str(tmp_path / "*.md"), str(tmp_path)])) == 1


def test_a_name_that_means_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        discover([str(tmp_path / "nowhere" / "*.pdf")])


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_exchange_brings_its_recording_along(tmp_path: Path, mark: str) -> None:
    put(tmp_path / "call.m4a")
    exchange = put(tmp_path / "call.json", mark + '{"kind": "exchange", "media": "call.m4a"}')

    found = discover([str(tmp_path)])

    assert [(d.path, d.media) for d in found] == [(exchange, (tmp_path / "call.m4a",))]


@pytest.mark.parametrize("pointer", ["../secret.m4a", "/etc/hostname", "missing.m4a", ""])
def test_an_exchange_cannot_reach_outside_its_folder(tmp_path: Path, pointer: str) -> None:
    put(tmp_path / "secret.m4a")
    exchange = put(tmp_path / "in" / "x.json", f'{{"kind": "exchange", "media": "{pointer}"}}')

    assert media_of(exchange) == ()


def test_an_exchange_brings_the_recordings_of_all_participants_along(tmp_path: Path) -> None:
    voices = [put(tmp_path / "sons" / name) for name in ("lea.m4a", "marc.m4a")]
    files = '[{"file": "sons/lea.m4a"}, {"file": "sons/marc.m4a"}, {"file": "../x.m4a"}]'
    exchange = put(tmp_path / "call.json", f'{{"kind": "exchange", "media": {files}}}')

    found = discover([str(tmp_path)])

    assert [(d.path, d.media) for d in found] == [(exchange, tuple(voices))]
    assert [name_beside(exchange, each) for each in voices] == ["sons/lea.m4a", "sons/marc.m4a"]
    assert name_beside(exchange, Path("/elsewhere/lea.m4a")) == "lea.m4a"


def test_an_address_is_taken_as_it_is(tmp_path: Path) -> None:
    put(tmp_path / "a.md")

    found = discover(["https://exemple.fr/*.pdf", str(tmp_path)])

    assert [d.name for d in found] == ["a.md", "https://exemple.fr/*.pdf"]


def test_ten_thousand_files_are_found_by_one_pattern(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.md").touch()

    assert len(discover([str(tmp_path / "**" / "*.md")])) == 10_000
