"""One suite for every place where blobs live."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixtures.builders import a_blob_key
from indexer.blobs import open_blobs
from indexer.ports import BlobStore
from schemas.errors import NotFoundError

CONTENT = bytes(range(256)) * 5_000  # more than a megabyte
NO_BLOB = a_blob_key("nobody stored this")


@pytest.fixture(params=["file", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    place = (tmp_path / "été et hiver").as_uri() if request.param == "file" else "memory://"
    return open_blobs(place)


def test_the_key_is_the_hash_of_the_bytes(blobs: BlobStore) -> None:
    assert blobs.put(CONTENT) == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("content", [CONTENT, b"x", b""], ids=["large", "one", "none"])
def test_bytes_come_back_whole(blobs: BlobStore, content: bytes) -> None:
    key = blobs.put(content)

    assert (blobs.read(key), blobs.size(key)) == (content, len(content))


def test_a_file_is_the_blob_of_its_bytes(blobs: BlobStore, tmp_path: Path) -> None:
    path = tmp_path / "original.bin"
    path.write_bytes(CONTENT)

    key = blobs.put(path)

    assert key == blobs.put(CONTENT)
    assert blobs.read(key) == CONTENT
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, 10),
        (1_000, 2_000),
        (len(CONTENT) - 3, None),
        (len(CONTENT) - 3, len(CONTENT) + 9),
        (5, 5),
        (len(CONTENT), None),
        (len(CONTENT) + 1, len(CONTENT) + 2),
    ],
)
def test_a_range_is_read_as_a_slice_is(blobs: BlobStore, start: int, end: int | None) -> None:
    key = blobs.put(CONTENT)

    assert blobs.read(key, start=start, end=end) == CONTENT[start:end]


def test_a_local_path_holds_the_bytes(blobs: BlobStore) -> None:
    key = blobs.put(CONTENT)

    with blobs.local_path(key) as path:
        assert path.read_bytes() == CONTENT

    assert blobs.read(key) == CONTENT


def test_a_missing_blob_is_told(blobs: BlobStore) -> None:
    with pytest.raises(NotFoundError):
        blobs.read(NO_BLOB)
    with pytest.raises(NotFoundError):
        blobs.read(NO_BLOB, start=1, end=2)
    with pytest.raises(NotFoundError):
        blobs.size(NO_BLOB)
    with pytest.raises(NotFoundError), blobs.local_path(NO_BLOB):
        pass


def test_a_deleted_blob_is_gone(blobs: BlobStore) -> None:
    key = blobs.put(CONTENT)

    blobs.delete(key)

    with pytest.raises(NotFoundError):
        blobs.size(key)


def test_deleting_what_is_not_there_is_no_error(blobs: BlobStore) -> None:
    blobs.delete(NO_BLOB)

    with pytest.raises(NotFoundError):
        blobs.size(NO_BLOB)


def test_the_same_bytes_from_many_threads_are_one_blob(blobs: BlobStore) -> None:
    together = threading.Barrier(4)

    def put(_: int) -> str:
        together.wait(timeout=10)
        return blobs.put(CONTENT)

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(put, range(4)))

    assert keys == {hashlib.sha256(CONTENT).hexdigest()}
    assert blobs.read(blobs.put(CONTENT)) == CONTENT
