"""Names, ids and kinds told from a file's outside; receiving itself is in integration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.intake import MAX_FILENAME_CHARS, clean_filename, peek_source
from indexer.recordings import is_recording


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("fiche\x00 prix\n.pdf", "fiche prix.pdf"),
        ("gpj.\u202eexe.pdf", "gpj.exe.pdf"),
        ("..", "document"),
        ("", "document"),
        (".hidden", "hidden"),
        ("a" * 400 + ".mp4", "a" * 146 + ".mp4"),
    ],
)
def test_a_name_is_cleaned(given_name: str, kept: str) -> None:
    assert clean_filename(given_name) == kept


@given(st.text())
def test_a_clean_name_is_safe_and_stays_as_it_is(name: str) -> None:
    clean = clean_filename(name)

    assert 0 < len(clean) <= MAX_FILENAME_CHARS
    assert not set(clean) & set("/\\\x00\n\r")
    assert clean_filename(clean) == clean


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (b'{"kind": "exchange", "id": "ex-1", "messages": [1]}', "exchange:ex-1"),
        (b'\xef\xbb\xbf {"id": 7, "kind": "exchange"}', "exchange:7"),
        (b'{"kind": "thread", "id": "t-1"}', "thread:t-1"),
        (b'{"kind": "course", "id": "c-1"}', None),
        (b'{"kind": "exchange"}', None),
        (b'{"kind": "exchange", "id": "../x y"}', None),
        (b'{"kind": "exchange", "id": "ex-1"', None),
        (b'{"kind": "exchange", "id": "\xff"}', None),
        (b'{"kind":' + b"[" * 100_000, None),
        (b"Bonjour {", None),
    ],
)
def test_an_exchange_is_known_by_its_own_id(content: bytes, source: str | None) -> None:
    assert peek_source(content) == source


@given(st.binary(max_size=200))
def test_peeking_never_raises(content: bytes) -> None:
    peek_source(b"{" + content)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x00\x00\x00\x20ftypisom", True),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", True),
        (b"OggS\x00", True),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", False),
        (b"%PDF-1.7", False),
        (b"pas une video", False),
        (b"", False),
    ],
)
def test_a_recording_is_told_from_its_first_bytes(*, head: bytes, expected: bool) -> None:
    assert is_recording(head) is expected
