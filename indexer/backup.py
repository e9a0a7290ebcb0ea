"""A copy of everything that cannot be made again, taken while the service runs; and the way back.

    DESTINATION/
        blobs/ab/abcd...                    shared by all snapshots, each copied once
        erasures.jsonl                      the ledger as of the last backup
        snapshots/20261126T124500Z/         catalog.sqlite, keys, receipts, manifest.json

The indexes, the learned state and the workflow engine's database are made anew: a job that was
under way begins again from its original.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from indexer.catalog.catalog import open_catalog
from indexer.erasing.erase import RECEIPTS_DIR
from indexer.erasing.ledger import LEDGER_FILE, entries, note
from indexer.erasing.leftovers import referred
from indexer.erasing.receipt import person_hash
from schemas.errors import ConflictError, DamagedFileError, NotFoundError, SettingsError
from schemas.ids import BlobKey, PersonId
from schemas.settings import Settings

CATALOG: Final = "catalog.sqlite"
MANIFEST: Final = "manifest.json"
BLOBS: Final = "blobs"
SNAPSHOTS: Final = "snapshots"
_BESIDE: Final = ("*.key", LEDGER_FILE, f"{RECEIPTS_DIR}/*.json")
_PAGES: Final = 512  # of the database, between which others may write

Progress = Callable[[str, int, int], None]


class Manifest(msgspec.Struct, frozen=True):
    """What a snapshot holds; blobs are named by their own SHA-256."""

    made_at: datetime
    version: str
    files: dict[str, str]
    """SHA-256 by name."""
    blobs: tuple[BlobKey, ...]


def backup(
    settings: Settings,
    destination: Path,
    *,
    now: datetime,
    version: str,
    progress: Progress = lambda *_: None,
) -> tuple[Path, Manifest]:
    """Copy the catalog, its blobs and the keys; return the snapshot's directory.

    The service may run: the catalog is copied as of one moment, and blobs are never changed. A
    blob that an earlier snapshot brought is not copied again while it is as long as it should be.

    Args:
        settings: Of the installation.
        destination: Directory of all its backups.
        now: Names the snapshot.
        version: Of Cordée.
        progress: Told how many blobs of how many are there.

    Raises:
        SettingsError: If the data is not in files here (PostgreSQL, S3).
    """
    source, blobs_dir = _local(settings)
    person_hash(settings.data_dir, PersonId(""))  # the key that erasures are found by exists now
    snapshot = destination / SNAPSHOTS / now.strftime("%Y%m%dT%H%M%SZ")
    (destination / BLOBS).mkdir(parents=True, exist_ok=True)
    snapshot.parent.mkdir(exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=snapshot.parent, prefix=".unfinished-"))
    try:
        _copy_database(source, unfinished / CATALOG)
        for path in _beside(settings.data_dir):
            _place(path, unfinished / path.relative_to(settings.data_dir))
        with closing(open_catalog(f"sqlite:///{unfinished / CATALOG}")) as catalog:
            keys = tuple(sorted(set(referred(catalog))))
        _copy_blobs(keys, blobs_dir, destination / BLOBS, progress)
        _drop_logs(unfinished)
        files = sorted(path for path in unfinished.rglob("*") if path.is_file())
        sums = {path.relative_to(unfinished).as_posix(): _sha256(path) for path in files}
        manifest = Manifest(now, version, sums, keys)
        (unfinished / MANIFEST).write_bytes(msgspec.json.encode(manifest))
        unfinished.rename(snapshot)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    if (settings.data_dir / LEDGER_FILE).exists():
        shutil.copyfile(settings.data_dir / LEDGER_FILE, destination / LEDGER_FILE)
    return snapshot, manifest


def restore(
    settings: Settings,
    snapshot: Path,
    *,
    ledger: Path | None = None,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Put a snapshot into an empty data directory, after checking every byte of it.

    The ledger of erasures is that of the last backup and ``ledger`` together; whoever is in it and
    not erased in the snapshot is erased before anything is served (``erasing.pending``).

    Raises:
        NotFoundError: If there is no such snapshot.
        ConflictError: If the data directory is in use.
        DamagedFileError: If a file is missing, or not what was written.
    """
    manifest = _read_manifest(snapshot)
    data_dir, store = settings.data_dir, snapshot.parent.parent / BLOBS
    _, blobs_dir = _local(settings)
    if (data_dir / CATALOG).exists() or blobs_dir.exists():
        raise ConflictError(f"{data_dir} is in use: restore into an empty directory.")
    ledgers = [p for p in (snapshot.parent.parent / LEDGER_FILE, ledger) if p is not None]
    for path in ledgers:
        entries(path)  # damaged, it must not be found out half way
    sums = {snapshot / name: digest for name, digest in manifest.files.items()}
    sums |= {store / key[:2] / key: key for key in manifest.blobs}
    for n, (path, digest) in enumerate(sums.items(), 1):
        _check(path, digest)
        progress("checked", n, len(sums))
    _copy_blobs(manifest.blobs, store, blobs_dir, progress)
    for name in manifest.files:
        if name != CATALOG:
            _place(snapshot / name, data_dir / name)
    for path in ledgers:
        _merge(path, data_dir / LEDGER_FILE)
    # Last: without it nothing starts, so nobody is served before every erasure is known.
    _place(snapshot / CATALOG, data_dir / CATALOG)
    return manifest


def snapshots(destination: Path) -> list[Path]:
    """Return the snapshots of a destination, oldest first."""
    return sorted(p for p in (destination / SNAPSHOTS).glob("*") if (p / MANIFEST).exists())


def _local(settings: Settings) -> tuple[Path, Path]:
    """Return the files of the catalog and the blobs."""
    is_local = not settings.catalog.url and not settings.blobs.url
    if not is_local:
        raise SettingsError(
            "Only a catalog and blobs in the data directory are copied here: use pg_dump for "
            "PostgreSQL and your store's own tools for S3, and copy erasures.jsonl and the keys."
        )
    return settings.data_dir / CATALOG, settings.data_dir / BLOBS


def _read_manifest(snapshot: Path) -> Manifest:
    try:
        return msgspec.json.decode((snapshot / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise NotFoundError(f"{snapshot} is no snapshot: it has no {MANIFEST}.") from error
    except msgspec.DecodeError as error:
        raise DamagedFileError(f"{snapshot / MANIFEST} was changed.") from error


def _beside(data_dir: Path) -> Iterator[Path]:
    """Yield the files of the data directory that nothing can make again."""
    for pattern in _BESIDE:
        yield from sorted(data_dir.glob(pattern))


def _check(path: Path, digest: str) -> None:
    if not path.exists() or _sha256(path) != digest:
        raise DamagedFileError(f"{path} is missing or was changed.")


def _copy_database(source: Path, target: Path) -> None:
    if not source.exists():
        raise NotFoundError(f"There is nothing to copy: {source} does not exist.")
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there, pages=_PAGES)


def _drop_logs(directory: Path) -> None:
    """Drop what reading the copy left beside it; closing it has written everything back."""
    for name in (f"{CATALOG}-wal", f"{CATALOG}-shm", f"{CATALOG}.lock"):
        (directory / name).unlink(missing_ok=True)


def _copy_blobs(keys: tuple[BlobKey, ...], source: Path, target: Path, progress: Progress) -> None:
    for n, key in enumerate(keys, 1):
        original, path = source / key[:2] / key, target / key[:2] / key
        # Ours are whole, but a copy of the copies that broke off leaves short ones.
        if not path.exists() or path.stat().st_size != original.stat().st_size:
            _place(original, path)
        progress("files", n, len(keys))


def _place(source: Path, target: Path) -> None:
    """Copy a file so that its name only ever stands for all of its bytes, on disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file, source.open("rb") as original:
            shutil.copyfileobj(original, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _merge(source: Path, target: Path) -> None:
    known = {entry.id: entry.is_done for entry in entries(target)}
    for entry in entries(source):
        if not known.get(entry.id, False):
            note(target, entry)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
