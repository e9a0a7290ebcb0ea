"""Uploads, streamed to disk as they come: nothing large is ever held in memory.

A request that is too large is refused from its announced length before anything is read, and
when it announced nothing or lied, as soon as it passes the limit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from litestar.concurrency import sync_to_thread
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from api.problems import TooLargeError
from schemas.errors import InvalidInputError

MAX_FIELDS_BYTES: Final = 64 * 1024
"""All text fields together: titles and tags, not documents."""
MAX_PARTS: Final = 64
ENVELOPE_BYTES: Final = 256 * 1024
"""What boundaries, headers and fields may add to the files of a request."""


class ReceivedFile(msgspec.Struct, frozen=True):
    """One file of an upload, on disk until the request ends."""

    field: str
    filename: str
    """As the sender wrote it: not to be trusted."""
    path: Path


class ReceivedForm(msgspec.Struct, frozen=True):
    """Everything one multipart request carried."""

    files: tuple[ReceivedFile, ...]
    fields: dict[str, list[str]]


class _FormWriter:
    """Takes the parser's events and writes each file part to its own numbered file."""

    def __init__(self, directory: Path, closing: ExitStack) -> None:
        self._directory = directory
        self._closing = closing
        self._segment: MultipartSegment | None = None
        self._file: BinaryIO | None = None
        self._text = bytearray()
        self._n_text_bytes = 0
        self.files: list[ReceivedFile] = []
        self.fields: dict[str, list[str]] = {}

    def take(self, event: MultipartSegment | bytearray | bytes | None) -> None:
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event:
            self._add(event)
        else:
            self._end()

    def _begin(self, segment: MultipartSegment) -> None:
        self._segment = segment
        if segment.filename is None:
            return
        path = self._directory / str(len(self.files))  # never a name that the sender chose
        self.files.append(ReceivedFile(segment.name, segment.filename, path))
        self._file = self._closing.enter_context(path.open("wb"))

    def _add(self, piece: bytearray | bytes) -> None:
        if self._file is not None:
            self._file.write(piece)
            return
        self._n_text_bytes += len(piece)
        if self._n_text_bytes > MAX_FIELDS_BYTES:
            raise TooLargeError("The text fields of the form are too long.")
        self._text.extend(piece)

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
        elif self._segment is not None:
            text = self._text.decode("utf-8", errors="replace")
            self.fields.setdefault(self._segment.name, []).append(text)
        self._segment, self._file, self._text = None, None, bytearray()


async def read_form(
    stream: AsyncIterator[bytes], boundary: bytes, directory: Path, *, max_bytes: int
) -> ReceivedForm:
    """Receive a multipart form into ``directory``.

    Args:
        stream: The request's body as it arrives.
        boundary: From the request's content type.
        directory: Empty, and removed by the caller when the request ends.
        max_bytes: Limit of the whole body.

    Raises:
        TooLargeError: As soon as the body passes ``max_bytes``, or the fields their own limit.
        InvalidInputError: If the body is no multipart form, or breaks off.
    """
    with ExitStack() as closing:
        writer = _FormWriter(directory, closing)
        try:
            await _receive(limited(stream, max_bytes=max_bytes), boundary, writer)
        except MultipartError as exc:
            raise InvalidInputError("The body is not a complete multipart form.") from exc
        return ReceivedForm(tuple(writer.files), writer.fields)


async def read_body(stream: AsyncIterator[bytes], path: Path, *, max_bytes: int) -> None:
    """Receive a whole body into one file.

    Raises:
        TooLargeError: As soon as it passes ``max_bytes``.
    """
    with path.open("wb") as file:
        async for piece in limited(stream, max_bytes=max_bytes):
            await sync_to_thread(file.write, piece)


async def limited(stream: AsyncIterator[bytes], *, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield the pieces of a body, and stop with ``TooLargeError`` when they grow too many."""
    n_bytes = 0
    async for piece in stream:
        n_bytes += len(piece)
        if n_bytes > max_bytes:
            raise too_large(max_bytes)
        if piece:
            yield piece


def too_large(max_bytes: int) -> TooLargeError:
    """Return the error that says how much may be sent at once."""
    return TooLargeError(f"The upload is larger than the {max_bytes // 1024**2} MB allowed here.")


async def _receive(pieces: AsyncIterator[bytes], boundary: bytes, writer: _FormWriter) -> None:
    with PushMultipartParser(boundary, max_segment_count=MAX_PARTS) as parser:  # checks the end
        async for piece in pieces:
            await sync_to_thread(_feed, parser, writer, piece)


def _feed(parser: PushMultipartParser, writer: _FormWriter, piece: bytes) -> None:
    for event in parser.parse(piece):
        writer.take(event)
