"""Parts of a blob by HTTP range (RFC 9110, section 14), read piece by piece.

One range is served. Of several the whole file is sent, as the RFC allows: no player asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.response import Stream

from api.problems import RangeError
from indexer.ports import BlobStore
from schemas.ids import BlobKey

PIECE_BYTES: Final = 256 * 1024
"""Read at once: small enough that a hundred viewers fit in memory, large enough for few reads."""
_RANGE: Final = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.ASCII)


class ByteRange(msgspec.Struct, frozen=True):
    """Bytes [start, end) of a file."""

    start: int
    end: int


def parse_range(header: str, size_bytes: int) -> ByteRange | None:
    """Return the range asked for, cut to the file; ``None`` means: send everything.

    Syntax that is not understood and several ranges count as "everything", as the RFC wants.

    Raises:
        RangeError: If no byte of the file is in the range.
    """
    match = _RANGE.fullmatch(header.strip().lower())
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(0, size_bytes - int(suffix)), size_bytes
    else:
        start = int(first)
        end = min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None  # not a range at all
    if start >= end:
        raise RangeError(size_bytes)
    return ByteRange(start, end)


def blob_response(
    request: Request[Any, Any, Any],
    blobs: BlobStore,
    key: BlobKey,
    *,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """Answer a GET or HEAD with a blob, or with the part or the 304 that the request asks for.

    Caches may keep the bytes but must ask each time: who may see them can change.
    """
    etag = f'"{key}"'
    size_bytes = blobs.size(key)
    answer = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        **(headers or {}),
    }
    if etag in _listed(request.headers.get("if-none-match", "")):
        return Response(b"", status_code=304, headers=answer)
    part = _wanted(request, etag, size_bytes)
    served = part or ByteRange(0, size_bytes)
    answer["Content-Type"] = media_type
    answer["Content-Length"] = str(served.end - served.start)
    if part is not None:
        answer["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size_bytes}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(b"", status_code=status, headers=answer, media_type=media_type)
    pieces = iter_pieces(blobs, key, served)
    return Stream(pieces, status_code=status, headers=answer, media_type=media_type)


def iter_pieces(blobs: BlobStore, key: BlobKey, part: ByteRange) -> Iterator[bytes]:
    """Yield the bytes of a part in order, at most ``PIECE_BYTES`` at once."""
    for start in range(part.start, part.end, PIECE_BYTES):
        yield blobs.read(key, start=start, end=min(start + PIECE_BYTES, part.end))


def _wanted(request: Request[Any, Any, Any], etag: str, size_bytes: int) -> ByteRange | None:
    header = request.headers.get("range", "")
    condition = request.headers.get("if-range", "")
    if not header or request.method != "GET" or (condition and condition.strip() != etag):
        return None
    return parse_range(header, size_bytes)


def _listed(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
