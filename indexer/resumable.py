"""Uploads that come in pieces: on disk as far as they came, whatever ends the sending or us.

Beside the bytes stands a small file that says whose they are and what they will be. How far an
upload is, is how long its file is: nothing else could be ahead of the bytes or behind them.

Synced to the disk are the bytes, every 16 MB and when a request ends, and the small file, whenever
it is written. The directory is not: a power cut within seconds of an upload's begin or end may
undo that, and its sender, told that there is no such upload, sends it again.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from filelock import FileLock, Timeout

from indexer.catalog.database import Clock
from indexer.intake import SubmissionOptions
from indexer.room import check_room
from schemas.errors import (
    ConflictError,
    EmptyFileError,
    GoneError,
    LimitExceededError,
    LockedError,
    NotFoundError,
)
from schemas.ids import DocumentId, JobId, PersonId
from schemas.settings import Settings

DIRECTORY: Final = "resumable"
MAX_OPEN: Final = 200
"""Unfinished uploads of one person: a folder of recordings sent at once, and no flood."""
_SYNC_BYTES: Final = 16 * 1024**2  # a power cut costs the sender this much, at most
_NAME: Final = re.compile(r"[0-9a-f]{32}")


class Receipt(msgspec.Struct, frozen=True):
    """What became of an upload that is complete."""

    job_id: JobId
    document_id: DocumentId
    is_new: bool


class Upload(msgspec.Struct, frozen=True):
    """One upload: whose it is, how long it will be, and what its sender says about it."""

    id: str
    owner: PersonId
    length: int
    filename: str
    options: SubmissionOptions
    created_at: datetime
    receipt: Receipt | None = None


class ResumableUploads:
    """The unfinished uploads of a data directory; several processes may share it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Use the directory of these settings, made when it is first needed."""
        self._settings = settings
        self._clock = clock
        self._directory = settings.data_dir / DIRECTORY

    def create(
        self, owner: PersonId, *, length: int, filename: str, options: SubmissionOptions
    ) -> Upload:
        """Make room for an upload of ``length`` bytes.

        Raises:
            EmptyFileError: If it would hold nothing.
            LimitExceededError: If it would be larger than the settings allow.
            StorageFullError: If there is no room for it.
            ConflictError: If this person has too many unfinished ones.
        """
        limit = self._settings.ingestion.max_upload_bytes
        if length == 0:
            raise EmptyFileError(f"{filename} is empty: it holds 0 bytes.")
        if length > limit:
            raise LimitExceededError(
                f"{filename} has {length} bytes; at most {limit} are accepted."
            )
        check_room(self._settings, length)
        self._directory.mkdir(parents=True, exist_ok=True)
        self.sweep()
        theirs = (each for each in self._all() if each.owner == owner and each.receipt is None)
        if sum(1 for _ in theirs) >= MAX_OPEN:
            raise ConflictError(
                f"You have {MAX_OPEN} unfinished uploads: finish or end some first."
            )
        upload = Upload(uuid.uuid4().hex, owner, length, filename, options, self._clock())
        self.path(upload).touch()
        self._note(upload)
        return upload

    def get(self, owner: PersonId, upload_id: str) -> Upload:
        """Return an upload of this person.

        Raises:
            NotFoundError: If there is none, or it is somebody else's.
            GoneError: If it waited too long for its next piece.
        """
        upload = self._read(upload_id) if _NAME.fullmatch(upload_id) else None
        if upload is None or upload.owner != owner:
            raise NotFoundError("There is no such upload.")
        if self.expires_at(upload) <= self._clock():
            raise GoneError("This upload waited too long for its next piece; send the file again.")
        return upload

    def path(self, upload: Upload) -> Path:
        """Return where its bytes are."""
        return self._directory / f"{upload.id}.part"

    def offset(self, upload: Upload) -> int:
        """Return how many bytes are on disk."""
        if upload.receipt is not None:
            return upload.length
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError as exc:
            raise NotFoundError("There is no such upload.") from exc

    def expires_at(self, upload: Upload) -> datetime:
        """Return when it is given up, unless another piece comes before."""
        kept_for = timedelta(hours=self._settings.ingestion.resumable_hours)
        path = self.path(upload)
        try:
            last = datetime.fromtimestamp(path.stat().st_mtime, upload.created_at.tzinfo)
        except FileNotFoundError:
            last = upload.created_at
        return max(last, upload.created_at) + kept_for

    @contextmanager
    def held(self, upload: Upload) -> Iterator[None]:
        """Keep others from writing to an upload; let go when this process dies.

        Raises:
            LockedError: If another request writes to it.
        """
        lock = FileLock(self._directory / f"{upload.id}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as exc:
            raise LockedError("Another request sends to this upload; try again.") from exc
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def writing(self, upload: Upload, *, offset: int) -> Iterator[Pieces]:
        """Add pieces at ``offset``; what came is on the disk when the context ends, however.

        Raises:
            ConflictError: If that is not how far the upload is.
        """
        if offset != self.offset(upload):
            raise ConflictError(
                f"This upload is at byte {self.offset(upload)}, not {offset}: go on from there."
            )
        with self.path(upload).open("ab") as file:
            pieces = Pieces(file, self._settings)
            try:
                yield pieces
            finally:
                pieces.sync()

    def finish(self, upload: Upload, receipt: Receipt) -> None:
        """Note what became of it, and drop the bytes, which are a blob by now."""
        self._note(msgspec.structs.replace(upload, receipt=receipt, created_at=self._clock()))
        self.path(upload).unlink(missing_ok=True)

    def delete(self, upload: Upload) -> None:
        """Drop an upload and its bytes."""
        for suffix in ("json", "part", "lock"):
            (self._directory / f"{upload.id}.{suffix}").unlink(missing_ok=True)

    def sweep(self) -> int:
        """Drop those that waited too long; return how many."""
        late = [each for each in self._all() if self.expires_at(each) <= self._clock()]
        for upload in late:
            self.delete(upload)
        return len(late)

    def _all(self) -> Iterator[Upload]:
        for path in self._directory.glob("*.json"):
            upload = self._read(path.stem)
            if upload is not None:
                yield upload

    def _read(self, upload_id: str) -> Upload | None:
        try:
            content = (self._directory / f"{upload_id}.json").read_bytes()
        except FileNotFoundError:
            return None
        return msgspec.json.decode(content, type=Upload)

    def _note(self, upload: Upload) -> None:
        path = self._directory / f"{upload.id}.json"
        beside = path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(upload))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)


class Pieces:
    """The end of an upload's file, where pieces are added."""

    def __init__(self, file: BinaryIO, settings: Settings) -> None:
        """Add to an open file; nothing yet."""
        self._file = file
        self._settings = settings
        self._start = file.seek(0, os.SEEK_END)
        self._n_unsynced = 0

    def add(self, piece: bytes) -> None:
        """Write a piece.

        Raises:
            StorageFullError: If there is no room; what came before is kept.
        """
        check_room(self._settings, len(piece))
        self._file.write(piece)
        self._n_unsynced += len(piece)
        if self._n_unsynced >= _SYNC_BYTES:
            self.sync()

    def take_back(self) -> None:
        """Drop every piece of this context: they are not what their sender sent."""
        self._file.flush()
        self._file.truncate(self._start)

    def sync(self) -> None:
        """Have the bytes on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._n_unsynced = 0
