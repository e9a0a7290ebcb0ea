"""Blobs that nothing refers to any more, dropped while everything runs.

A blob is written before the row that refers to it, and what one stage leaves for the next has no
row at all. So a blob goes only when it is older than a day, and storing the same bytes again
makes it young (``RemoteBlobs.put``); results of stages stay as long as their job may go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select

from indexer.catalog.catalog import Catalog
from indexer.catalog.tables import jobs
from indexer.erasing.leftovers import job_of, referred
from indexer.ports import BlobStore
from schemas.ids import BlobKey, JobId
from schemas.job import OVER, JobState

GRACE: Final = timedelta(hours=36)
"""Longer than an upload or a stage takes, and than a blob stays young (``indexer.blobs.FRESH``)."""
_ENDED: Final = OVER - {JobState.FAILED}
"""Failed jobs can be tried again: they go on after the last finished stage."""

_log = structlog.get_logger(__name__)


def sweep_blobs(
    catalog: Catalog, blobs: BlobStore, *, now: datetime, grace: timedelta = GRACE
) -> tuple[BlobKey, ...]:
    """Delete the blobs that ``orphans`` finds, and return their keys, sorted."""
    gone = orphans(catalog, blobs, now=now, grace=grace)
    for key in gone:
        blobs.delete(key)
    if gone:
        _log.info("blobs.swept", n_blobs=len(gone))
    return gone


def orphans(
    catalog: Catalog, blobs: BlobStore, *, now: datetime, grace: timedelta = GRACE
) -> tuple[BlobKey, ...]:
    """Return the blobs, sorted, that are older than ``grace`` and that nothing needs any more.

    Needed is what a document or a job refers to, and the results of stages of jobs that run, wait
    or can be tried again.
    """
    # Listed before the rows are read: what a row refers to by then is never taken for an orphan.
    old = set(blobs.older(now - grace))
    lonely = sorted(old - set(referred(catalog)))
    alive = _alive(catalog) if lonely else set()
    return tuple(key for key in lonely if not alive or job_of(blobs, key) not in alive)


def _alive(catalog: Catalog) -> set[JobId]:
    with catalog.database.reading() as connection:
        rows = connection.execute(select(jobs.c.id, jobs.c.state)).all()
    return {JobId(row.id) for row in rows if JobState(row.state) not in _ENDED}
