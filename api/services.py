"""What the handlers work with: one bundle, opened once per process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from api.adapters.job_queue import open_job_queue
from api.gaps import GapReports
from api.identity import TokenVerifier, open_verifier
from api.job_metrics import JobFigures
from api.metrics import Metrics
from indexer.blobs import open_blobs
from indexer.bootstrap import EngineHandle, open_engine
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.database import Clock, utc_now
from indexer.engine import Engine
from indexer.feedback.pseudonyms import Pseudonyms, open_pseudonyms
from indexer.feedback.recorder import FeedbackRecorder
from indexer.feedback.referee import Referee
from indexer.intake import Intake
from indexer.job_queue import JobQueue
from indexer.live_outlook import LiveOutlook
from indexer.live_synonyms import LiveSynonyms
from indexer.outlook import read_outlook
from indexer.ports import BlobStore
from indexer.questions.desk import Desk
from indexer.resumable import ResumableUploads
from indexer.taxonomy import Taxonomy
from schemas.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UPLOAD_DIR: Final = "uploads"
"""Uploads being received, in the data directory: what a crash leaves there is of no use."""


class Services(msgspec.Struct, frozen=True):
    """Everything a handler may call."""

    settings: Settings
    catalog: Catalog
    handle: EngineHandle
    blobs: BlobStore
    intake: Intake
    taxonomy: Taxonomy
    synonyms: LiveSynonyms
    pseudonyms: Pseudonyms
    gaps: GapReports
    verifier: TokenVerifier
    metrics: Metrics
    feedback: FeedbackRecorder
    """Closed by who opened the bundle, before the catalog."""
    referee: Referee
    """Started and closed by who opened the bundle."""
    outlook: LiveOutlook
    clock: Clock

    @property
    def desk(self) -> Desk:
        """What questions to mentors are handled with."""
        return Desk(self.catalog, self.handle.engine, self.intake, self.settings, self.clock)

    @property
    def resumable(self) -> ResumableUploads:
        """Uploads that come in pieces; what is there outlives the process."""
        return ResumableUploads(self.settings, self.clock)

    @property
    def upload_dir(self) -> Path:
        """Directory of uploads being received."""
        return self.settings.data_dir / UPLOAD_DIR


@contextmanager
def open_services(settings: Settings, *, clock: Clock = utc_now) -> Iterator[Services]:
    """Open the catalog, the engine and the job queue, and close them in reverse order.

    Raises:
        ConflictError: If another process owns the index directory.
        SettingsError: If a setting does not fit what it names.
    """
    with ExitStack() as stack:
        catalog = open_catalog(settings.catalog_url, pool_size=settings.catalog.pool_size)
        stack.callback(catalog.close)
        handle = stack.enter_context(open_engine(settings, catalog))
        queue = open_job_queue(settings)
        stack.callback(queue.close)
        services = bundle(settings, catalog=catalog, handle=handle, queue=queue, clock=clock)
        stack.callback(services.feedback.close)
        services.referee.start()
        stack.callback(services.referee.close)
        yield services


def bundle(
    settings: Settings,
    *,
    catalog: Catalog,
    handle: EngineHandle,
    queue: JobQueue,
    clock: Clock = utc_now,
) -> Services:
    """Put the bundle together from parts that are open already."""
    blobs = open_blobs(settings.blob_url)
    pseudonyms = open_pseudonyms(settings)
    feedback = FeedbackRecorder(
        catalog.feedback,
        pseudonyms,
        settings.feedback,
        encode=lambda text: _encode(handle.engine, text),
        clock=clock,
    )
    feedback.listen(handle.feedback.wake)
    services = Services(
        settings=settings,
        catalog=catalog,
        handle=handle,
        blobs=blobs,
        intake=Intake(catalog=catalog, blobs=blobs, queue=queue, settings=settings, clock=clock),
        taxonomy=handle.engine.taxonomy,
        synonyms=handle.synonyms,
        pseudonyms=pseudonyms,
        gaps=GapReports(catalog, handle.feedback, pseudonyms.of),
        verifier=open_verifier(settings),
        metrics=Metrics(
            catalog=catalog,
            lag=handle.lag,
            jobs=JobFigures(
                catalog,
                lag=handle.lag,
                outlook=lambda: read_outlook(settings, catalog, clock()),
                clock=clock,
            ),
            query_vectors=handle.query_vectors,
            reranks=handle.reranks,
            feedback=feedback,
        ),
        feedback=feedback,
        referee=Referee(
            catalog.rankings,
            catalog.feedback,
            catalog.judgments,
            pseudonyms=pseudonyms,
            clock=clock,
        ),
        outlook=LiveOutlook(settings, catalog, clock=clock),
        clock=clock,
    )
    shutil.rmtree(services.upload_dir, ignore_errors=True)
    services.upload_dir.mkdir(parents=True)
    services.resumable.sweep()
    return services


def _encode(engine: Engine, text: str) -> tuple[str, NDArray[np.float32]]:
    with engine.indexes.lease() as pair:
        return pair.encoder.name, pair.encoder.encode_query(text)
