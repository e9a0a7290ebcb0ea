"""Taking documents in by a command, and never beside an erasure.

Bytes are stored before a job refers to them: an erasure that deletes what nothing refers to would
take them for left behind, and what it has planned already would miss them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock

from indexer.catalog.catalog import Catalog
from indexer.erasing.erase import SENDING
from indexer.erasing.pending import ensure_none_pending
from schemas.settings import Settings


@contextmanager
def sending(settings: Settings, catalog: Catalog) -> Iterator[None]:
    """Have erasures refuse to begin for as long as the context lasts; several may send at once.

    Raises:
        ConflictError: If an erasure is under way, was cut short or has to be done again.
    """
    directory = settings.data_dir / SENDING
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{uuid.uuid4().hex}.lock"
    try:
        with FileLock(path):  # first, then the ledger: an erasure looks the other way round
            ensure_none_pending(settings, catalog)
            yield
    finally:
        path.unlink(missing_ok=True)
