"""Recordings of one exchange: one blob, the same for the same, and never more than plain files."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from indexer.blobs import open_blobs
from indexer.ports import BlobStore
from indexer.recordings import MAX_RECORDINGS, Recording, check_names, put_recordings, unpack
from schemas.errors import InvalidInputError


@pytest.fixture
def blobs() -> BlobStore:
    return open_blobs("memory://")


def put(path: Path, name: str, content: bytes) -> Recording:
    path.write_bytes(content)
    return Recording(path, name)


def test_several_recordings_come_back_by_their_names(tmp_path: Path, blobs: BlobStore) -> None:
    lea = put(tmp_path / "1", "sons/léa.m4a", b"un" * 5_000)
    marc = put(tmp_path / "2", "marc.m4a", b"deux")

    key = put_recordings(blobs, [lea, marc], tmp_path)

    assert key is not None
    with blobs.local_path(key) as archive:
        found = {each.name: each.path.read_bytes() for each in unpack(archive, tmp_path)}
    assert found == {"sons/léa.m4a": b"un" * 5_000, "marc.m4a": b"deux"}


def test_the_same_recordings_in_another_order_and_place_are_the_same_blob(
    tmp_path: Path, blobs: BlobStore
) -> None:
    one, two = put(tmp_path / "1", "a", b"un"), put(tmp_path / "2", "b", b"deux")
    moved = put(tmp_path / "3", "a", b"un")

    assert put_recordings(blobs, [one, two], tmp_path) == put_recordings(
        blobs, [two, moved], tmp_path
    )


def test_one_recording_is_stored_as_it_is(tmp_path: Path, blobs: BlobStore) -> None:
    key = put_recordings(blobs, [put(tmp_path / "1", "a", b"un")], tmp_path)

    assert key is not None
    assert blobs.read(key) == b"un"


def test_no_recording_is_no_blob(tmp_path: Path, blobs: BlobStore) -> None:
    assert put_recordings(blobs, [], tmp_path) is None


@pytest.mark.parametrize(
    ("names", "says"),
    [(["a", "b", "a"], "2 recordings are called 'a'"), ([*"abcdefghi"], "at most 8")],
)
def test_what_could_not_be_told_apart_is_refused(names: list[str], says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        check_names([Recording(Path(), name) for name in names])


@pytest.mark.parametrize("content", [b"", b"\0" * 2_048, b"ID3 and sound", b"x" * 5_000])
def test_what_is_no_archive_is_one_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sound"
    path.write_bytes(content)

    assert unpack(path, tmp_path) == ()


def test_links_of_an_archive_from_elsewhere_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"not for you")
    path = tmp_path / "archive"
    with tarfile.open(path, "w:") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo("link")
            link.type, link.linkname = kind, str(tmp_path / "secret")
            archive.addfile(link)
        archive.add(tmp_path / "secret", "../outside.m4a")
    folder = tmp_path / "unpacked"
    folder.mkdir()

    (found,) = unpack(path, folder)

    assert (found.path.parent, found.name) == (folder, "../outside.m4a")


def test_an_archive_of_very_many_files_is_read_no_further(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with tarfile.open(path, "w:") as archive:
        for n in range(MAX_RECORDINGS + 5):
            archive.addfile(tarfile.TarInfo(str(n)))

    assert len(unpack(path, tmp_path)) == MAX_RECORDINGS
