"""What the commands that take documents in share: the intake, opened and closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from api.adapters.job_queue import open_job_queue
from cli import context
from indexer.blobs import open_blobs
from indexer.intake import Intake
from schemas.settings import Settings


@contextmanager
def intake_of(settings: Settings) -> Iterator[Intake]:
    """Open catalog, blobs and queue for the length of a command."""
    with context.catalog_of(settings) as catalog, closing(open_job_queue(settings)) as queue:
        yield Intake(
            catalog=catalog,
            blobs=open_blobs(settings.blob_url),
            queue=queue,
            settings=settings,
            clock=lambda: datetime.now(UTC),
        )
