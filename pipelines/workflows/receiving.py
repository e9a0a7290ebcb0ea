"""The first stage: the original is here whole, or it is fetched."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from indexer.fetching import Fetcher
from indexer.ordering import arrive
from pipelines import stages
from schemas.ids import BlobKey

if TYPE_CHECKING:
    from pipelines.workflows.steps import StageRun

KNOWN: Final = "known"
"""Name of the result that says: these bytes are here already, and no other stage is to run."""
KNOWN_WARNING: Final = "These bytes were here already as this document: nothing was changed."
_DIRECTORY: Final = "fetching"


def receive(run: StageRun) -> dict[str, BlobKey]:
    """Check that the original arrived whole, or fetch it."""
    if run.submission.url is not None:
        if not _fetch(run, run.submission.url):
            catalog, clock = run.pipeline.catalog, run.pipeline.clock
            catalog.jobs.update(run.job_id, warnings=(KNOWN_WARNING,), now=clock())
            return {KNOWN: run.results.save(KNOWN)}
        run.submission = run.pipeline.catalog.jobs.submission(run.job_id)
        run.amount = run.submission.size_bytes
    stages.verify(run.submission, run.pipeline.blobs)
    return {}


def _fetch(run: StageRun, url: str) -> bool:
    pipeline = run.pipeline
    directory = pipeline.settings.data_dir / _DIRECTORY / run.job_id
    shutil.rmtree(directory, ignore_errors=True)  # of a worker that died at it
    directory.mkdir(parents=True)
    try:
        fetched = Fetcher(pipeline.settings).fetch(url, directory, run.progress)
        return arrive(pipeline.catalog, pipeline.blobs, run.job_id, fetched, clock=pipeline.clock)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
