"""Blobs: bytes kept under the SHA-256 of what they are, on local disk or S3."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from indexer.room import is_full
from schemas.errors import (
    ChangedFileError,
    NotFoundError,
    SettingsError,
    StorageFullError,
    TransientError,
)
from schemas.ids import BlobKey

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from indexer.ports import BlobStore

_CHUNK_BYTES: Final = 4 * 1024 * 1024  # of hashing and downloads: memory stays flat
_KEY_CHARS: Final = 64
_INCOMING: Final = "incoming"
_NO_SPACE: Final = "No space left"  # the store's library has no class for it
FRESH: Final = timedelta(hours=12)
"""A blob put again after longer than this counts as new: see ``indexer.sweeping``."""
_STALE_S: Final = 24 * 3600  # what a crash left behind a day ago belongs to nobody


def open_blobs(url: str) -> BlobStore:
    """Open the blobs at a URL.

    ``file:///directory`` (made if missing), ``s3://bucket/prefix``, or, for tests, ``memory://``
    (new and empty each time). S3 takes its credentials, region and endpoint from the usual
    ``AWS_`` variables.

    Raises:
        SettingsError: If the URL names something else.
    """
    match urlsplit(url).scheme:
        case "file":
            return LocalBlobs(Path(url2pathname(urlsplit(url).path)))
        case "s3":
            return RemoteBlobs(S3Store.from_url(url))
        case "memory":
            return RemoteBlobs(MemoryStore())
        case other:
            raise SettingsError(f"Blobs cannot live in {other!r}: give file:///path or s3://bucket")


class RemoteBlobs:
    """Blobs in an object store, where a write appears whole or not at all."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, source: bytes | Path) -> BlobKey:
        """Store the bytes (streamed from a path) durably and return their key.

        Raises:
            ChangedFileError: If the file is written to meanwhile; nothing of it is kept.
            StorageFullError: If there is no room.
        """
        before = _stamp(source)
        key = _key_of(source)
        with _our_errors(key):
            is_new = not self._has(key)
            if is_new:
                self._write(key, source)
            elif not self._is_fresh(key):
                self._renew(key)
        if _stamp(source) != before:
            if is_new:
                self.delete(key)
            raise _changed(source)
        return key

    def read(self, key: BlobKey, *, start: int = 0, end: int | None = None) -> bytes:
        """Return the bytes [start, end), fewer where the blob ends before.

        Raises:
            NotFoundError: If there is no such blob.
        """
        stop = self.size(key) if end is None else min(end, self.size(key))
        if start >= stop:
            return b""
        with _our_errors(key):
            return bytes(obstore.get_range(self._store, _path_of(key), start=start, end=stop))

    def size(self, key: BlobKey) -> int:
        """Return the length in bytes.

        Raises:
            NotFoundError: If there is no such blob.
        """
        with _our_errors(key):
            return obstore.head(self._store, _path_of(key))["size"]

    @contextmanager
    def local_path(self, key: BlobKey) -> Iterator[Path]:
        """Give a local copy for as long as the context lasts.

        Raises:
            NotFoundError: If there is no such blob.
        """
        with tempfile.TemporaryDirectory(prefix="cordee-blob-") as directory:
            path = Path(directory) / key
            with _our_errors(key), path.open("wb") as file:
                for chunk in obstore.get(self._store, _path_of(key)).stream(_CHUNK_BYTES):
                    file.write(chunk)
            yield path

    def delete(self, key: BlobKey) -> None:
        """Remove the blob if it is there."""
        with _our_errors(key):
            if self._has(key):
                obstore.delete(self._store, _path_of(key))

    def keys(self) -> Iterator[BlobKey]:
        """Yield the key of every blob that is there."""
        for found in obstore.list(self._store):
            for each in found:
                name = each["path"].rpartition("/")[2]
                if len(name) == _KEY_CHARS:  # anything else is on its way in
                    yield BlobKey(name)

    def older(self, than: datetime) -> Iterator[BlobKey]:
        """Yield the key of every blob that was last put before this moment, give or take a day."""
        for found in obstore.list(self._store):
            for each in found:
                name = each["path"].rpartition("/")[2]
                if len(name) == _KEY_CHARS and each["last_modified"] < than:
                    yield BlobKey(name)

    def _is_fresh(self, key: BlobKey) -> bool:
        """Tell whether a blob was put lately: an old one may be about to go."""
        put_at = obstore.head(self._store, _path_of(key))["last_modified"]
        return datetime.now(UTC) - put_at < FRESH

    def _renew(self, key: BlobKey) -> None:
        """Write the blob's own bytes once more: what is put again is not old."""
        stream = obstore.get(self._store, _path_of(key)).stream(_CHUNK_BYTES)
        obstore.put(self._store, _path_of(key), iter(stream))

    def _has(self, key: BlobKey) -> bool:
        try:
            obstore.head(self._store, _path_of(key))
        except FileNotFoundError:
            return False
        return True

    def _write(self, key: BlobKey, source: bytes | Path) -> None:
        obstore.put(self._store, _path_of(key), source)


class LocalBlobs(RemoteBlobs):
    """Blobs in a directory; a blob has its name only once its bytes are safely on the disk."""

    def __init__(self, directory: Path) -> None:
        super().__init__(LocalStore(directory, mkdir=True))
        self._directory = directory
        self._drop_stale()

    @contextmanager
    def local_path(self, key: BlobKey) -> Iterator[Path]:
        """Give the file itself: read it, never write it.

        Raises:
            NotFoundError: If there is no such blob.
        """
        self.size(key)
        yield self._directory / _path_of(key)

    def _renew(self, key: BlobKey) -> None:
        os.utime(self._directory / _path_of(key))

    def _write(self, key: BlobKey, source: bytes | Path) -> None:
        # obstore renames into place and syncs nothing: after a power cut the name could stand
        # for an empty file, and its bytes would then be taken for stored. Sync, then rename.
        incoming = f"{_INCOMING}/{uuid.uuid4().hex}"
        path = _path_of(key)
        try:
            obstore.put(self._store, incoming, source)
            _require_key(self._directory / incoming, key, source)
        except BaseException:
            (self._directory / incoming).unlink(missing_ok=True)
            raise
        _sync(self._directory / incoming)
        obstore.rename(self._store, incoming, path)
        parent = (self._directory / path).parent
        _sync(parent)
        _sync(parent.parent)  # which may have got a new directory

    def _drop_stale(self) -> None:
        oldest = time.time() - _STALE_S
        for path in (self._directory / _INCOMING).glob("*"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _path_of(key: BlobKey) -> str:
    return f"{key[:2]}/{key}"


def _key_of(source: bytes | Path) -> BlobKey:
    if isinstance(source, bytes):
        return BlobKey(hashlib.sha256(source).hexdigest())
    with source.open("rb") as file:
        return BlobKey(hashlib.file_digest(file, "sha256").hexdigest())


def _stamp(source: bytes | Path) -> tuple[int, int] | None:
    if isinstance(source, bytes):
        return None
    found = source.stat()
    return found.st_size, found.st_mtime_ns


def _require_key(path: Path, key: BlobKey, source: bytes | Path) -> None:
    # A name says what the bytes are: wrong ones would stand under it for good.
    if isinstance(source, Path) and _key_of(path) != key:
        raise _changed(source)


def _changed(source: bytes | Path) -> ChangedFileError:
    name = source.name if isinstance(source, Path) else "The document"
    return ChangedFileError(f"{name} changed while it was read; send it once it is written.")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _our_errors(key: BlobKey) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as exc:
        raise NotFoundError(f"There is no blob {key}.") from exc
    except (BaseError, OSError) as exc:
        if is_full(exc) or _NO_SPACE in str(exc):
            raise StorageFullError("There is no room left on the disk; nothing was lost.") from exc
        raise TransientError(f"The blob store does not answer for {key}.") from exc
