"""Files that nothing refers to any more: what erased documents were made of, and left behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sqlalchemy import select

from indexer.catalog.catalog import Catalog
from indexer.catalog.sharing_tables import sharings
from indexer.catalog.tables import documents, jobs
from indexer.ports import BlobStore
from schemas.document import MediaFiles
from schemas.ids import BlobKey, JobId
from schemas.job import OVER, JobState

_ZIP: Final = b"PK\x03\x04"
_NO_KEY: Final = ("_type", "_as")  # endings of fields that say something about a file
_HEAD_BYTES: Final = 200


def remove_leftovers(catalog: Catalog, blobs: BlobStore) -> tuple[BlobKey, ...]:
    """Delete every blob that no document and no job refers to, and return their keys, sorted.

    Only while nothing is taken in or worked on: a stage's result is referred to by nobody but the
    stage after it. Results of jobs that wait to go on are kept.
    """
    stored = set(blobs.keys())  # before the rows are read, as in ``sweeping.orphans``
    wanted = set(referred(catalog))
    waiting = {job.id for job in _waiting(catalog)}
    gone = []
    for key in sorted(stored - wanted):
        if waiting and job_of(blobs, key) in waiting:
            continue
        blobs.delete(key)
        gone.append(key)
    return tuple(gone)


def referred(catalog: Catalog) -> Iterator[BlobKey]:
    """Yield every blob that a document, a job or a sharing refers to."""
    d = documents.c
    with catalog.database.reading() as connection:
        for row in connection.execute(select(d.original, d.content, d.media)):
            yield row.original
            yield row.content
            yield from files_of(row.media)
        for submission in connection.execute(select(jobs.c.submission)).scalars():
            yield submission.original
            if submission.media is not None:
                yield submission.media
        # What a mentor confirmed to be shared: its copy is made of it, once more if need be.
        plans = select(sharings.c.plan).where(sharings.c.plan.is_not(None))
        yield from connection.execute(plans).scalars()


def files_of(media: MediaFiles) -> Iterator[BlobKey]:
    """Yield the blobs of a document's derived files."""
    for name in media.__struct_fields__:
        value = getattr(media, name)
        if isinstance(value, str) and not name.endswith(_NO_KEY):
            yield BlobKey(value)
        elif isinstance(value, tuple):
            yield from (BlobKey(each) for each in value if isinstance(each, str))


def _waiting(catalog: Catalog) -> list[Any]:
    with catalog.database.reading() as connection:
        rows = connection.execute(select(jobs.c.id, jobs.c.state))
        return [row for row in rows if JobState(row.state) not in OVER]


def job_of(blobs: BlobStore, key: BlobKey) -> JobId | None:
    """Return the job whose stage made this, if it is such a result (``StageResults``)."""
    head = blobs.read(key, end=_HEAD_BYTES)
    if head.startswith(b'{"job_id":"'):
        return JobId(head.split(b'"')[3].decode("ascii", errors="replace"))
    if head.startswith(_ZIP):
        try:
            with np.load(io.BytesIO(blobs.read(key)), allow_pickle=False) as archive:
                return JobId(str(archive["__job__"]))
        except (KeyError, ValueError, OSError):
            return None
    return None
