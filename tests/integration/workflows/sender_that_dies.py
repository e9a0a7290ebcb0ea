"""Send a file in and die by SIGKILL between two of the writes of ``receive``.

Run as: sender_that_dies.py DATA_DIR FILE row|queue, the write that is not reached any more.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from indexer.blobs import open_blobs
from indexer.catalog.catalog import open_catalog
from indexer.intake import Intake, SubmissionOptions, receive
from indexer.ports import BlobStore
from schemas.ids import BlobKey
from schemas.settings import Settings


def die() -> None:
    """End as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class DeadlyBlobs:
    """Stores the bytes, and dies."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def put(self, source: bytes | Path) -> BlobKey:
        key = self._blobs.put(source)
        die()
        return key


class DeadlyQueue:
    """Dies instead of queueing."""

    def enqueue_ingest(self, job_id: str, *, long_media: bool, size_bytes: int = 0) -> None:
        die()


def main(data_dir: str, path: str, unreached: str) -> None:
    """Send the file in, and die on the way."""
    settings = Settings(data_dir=Path(data_dir))
    blobs = open_blobs(settings.blob_url)
    intake = Intake(
        catalog=open_catalog(settings.catalog_url),
        blobs=blobs,
        queue=DeadlyQueue(),
        settings=settings,
        clock=lambda: datetime.now(UTC),
    )
    if unreached == "row":
        intake = msgspec.structs.replace(intake, blobs=DeadlyBlobs(blobs))
    said = SubmissionOptions()
    receive(intake, Path(path), filename=Path(path).name, options=said, uploaded_by=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
