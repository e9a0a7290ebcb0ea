"""Uploads: streamed, limited, and never trusting a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.problems import TooLargeError
from api.uploads import MAX_FIELDS_BYTES, ReceivedForm, read_body, read_form
from schemas.errors import InvalidInputError

BOUNDARY = b"frontier"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'--frontier\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def receive(body: bytes, directory: Path, *, max_bytes: int = 10**7, step: int = 7) -> ReceivedForm:
    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    return asyncio.run(read_form(stream(), BOUNDARY, directory, max_bytes=max_bytes))


END = b"--frontier--\r\n"


def test_files_and_fields_arrive_whole_however_they_are_cut(tmp_path: Path) -> None:
    content = b"line\r\n--front\r\n" * 50
    body = part("title", "Évaluer ses prix".encode()) + part("file", content, "a.txt") + END

    form = receive(body, tmp_path)

    assert form.fields == {"title": ["Évaluer ses prix"]}
    assert form.files[0].path.read_bytes() == content


def test_a_name_with_dots_never_chooses_where_bytes_are_written(tmp_path: Path) -> None:
    directory = tmp_path / "in"
    directory.mkdir()

    form = receive(part("file", b"x", "../../escaped.txt") + END, directory)

    assert form.files[0].path.parent == directory
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "0"]


def test_an_empty_file_is_still_a_file(tmp_path: Path) -> None:
    form = receive(part("file", b"", "empty.txt") + END, tmp_path)

    assert form.files[0].path.read_bytes() == b""


def test_a_body_past_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield part("file", b"", "big.bin")[:-2]
        while True:
            read += 1000
            yield b"x" * 1000

    with pytest.raises(TooLargeError):
        asyncio.run(read_form(endless(), BOUNDARY, tmp_path, max_bytes=10_000))

    assert read <= 11_000


def test_a_raw_body_past_the_limit_is_refused(tmp_path: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1000

    with pytest.raises(TooLargeError):
        asyncio.run(read_body(pieces(), tmp_path / "body", max_bytes=10_000))


def test_fields_cannot_fill_the_memory(tmp_path: Path) -> None:
    body = part("title", b"x" * (MAX_FIELDS_BYTES + 1)) + END

    with pytest.raises(TooLargeError):
        receive(body, tmp_path, step=4096)


@pytest.mark.parametrize(
    "body",
    [b"", b"no form at all", part("file", b"cut off", "a.txt"), part("x", b"y")[:20]],
)
def test_a_broken_form_says_so(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        receive(body, tmp_path)
