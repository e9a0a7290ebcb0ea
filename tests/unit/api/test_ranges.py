"""HTTP ranges: what part of a file a header asks for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.problems import RangeError
from api.ranges import PIECE_BYTES, ByteRange, iter_pieces, parse_range
from indexer.blobs import open_blobs


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-99", ByteRange(0, 100)),
        ("bytes=900-", ByteRange(900, 1000)),
        ("bytes=900-5000", ByteRange(900, 1000)),
        ("bytes=-100", ByteRange(900, 1000)),
        ("bytes=-5000", ByteRange(0, 1000)),
        ("Bytes=0-0", ByteRange(0, 1)),
        ("bytes=0-1,5-6", None),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("seconds=0-1", None),
        ("bytes=a-b", None),
        ("", None),
    ],
)
def test_a_header_asks_for_one_part_or_for_everything(
    header: str, expected: ByteRange | None
) -> None:
    assert parse_range(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_a_part_outside_of_the_file_is_an_error_that_says_the_length(header: str) -> None:
    with pytest.raises(RangeError) as caught:
        parse_range(header, 1000)

    assert caught.value.size_bytes == 1000


def test_an_empty_file_has_no_part() -> None:
    with pytest.raises(RangeError):
        parse_range("bytes=0-", 0)


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=30) | st.from_regex(r"bytes=\d*-\d*", fullmatch=True), st.integers(0, 99))
def test_any_header_gives_a_part_inside_the_file(header: str, size_bytes: int) -> None:
    try:
        part = parse_range(header, size_bytes)
    except RangeError:
        return

    assert part is None or 0 <= part.start < part.end <= size_bytes


def test_pieces_are_small_and_make_up_the_part() -> None:
    content = bytes(range(256)) * (3 * PIECE_BYTES // 256 + 1)
    blobs = open_blobs("memory://")
    key = blobs.put(content)

    pieces = list(iter_pieces(blobs, key, ByteRange(10, len(content) - 10)))

    assert b"".join(pieces) == content[10:-10]
    assert max(map(len, pieces)) <= PIECE_BYTES
