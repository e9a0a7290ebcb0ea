"""One durable step per stage: read the results of the stages before, run the stage, save.

A step may run again when a worker dies before its end is recorded, so each one is idempotent;
it never runs again once it is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from traceback import format_exc
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import structlog

from pipelines import stages
from pipelines.bootstrap import Pipeline
from pipelines.correcting import unfit, with_corrections
from pipelines.ports import ExtractionDeps
from pipelines.publishing import Description, assemble, describe
from pipelines.stages import Enrichment
from pipelines.workflows.progress import JobProgress
from pipelines.workflows.results import StageResults
from schemas.content import Extraction
from schemas.document import Submission
from schemas.errors import CordeeError, NotFoundError
from schemas.ids import BlobKey, JobId
from schemas.job import Job, JobState, Stage
from schemas.passage import Passage

if TYPE_CHECKING:
    from schemas.passage import Vectors

T = TypeVar("T")
Keys = Mapping[str, BlobKey]
"""Results so far, by name."""
NewKeys = dict[str, BlobKey]

INTERNAL_MESSAGE: Final = (
    "Something went wrong inside Cordée while working on this file. The file was kept: try again, "
    "and tell an administrator if it fails once more."
)
SUPERSEDED_WARNING: Final = (
    "A newer version of this document was published first, so this one was not published."
)
STRAY_WARNING: Final = (
    "Corrected turns that are not heard in the same place any more, and stay as heard: {}."
)
DUPLICATE_WARNING: Final = "The same bytes were published meanwhile as another document: {}."

_log = structlog.get_logger(__name__)


class StageRun:
    """What one stage of one job works with."""

    def __init__(self, pipeline: Pipeline, job_id: JobId, keys: Keys) -> None:
        """Bind the bundle to a job and the results of its stages so far."""
        self.pipeline = pipeline
        self.job_id = job_id
        self.results = StageResults(pipeline.blobs, job_id)
        self.progress = JobProgress(pipeline.catalog.jobs, job_id, clock=pipeline.clock)
        self.submission: Submission = pipeline.catalog.jobs.submission(job_id)
        self._keys = keys

    def load(self, name: str, kind: type[T]) -> T:
        """Read what an earlier stage saved under this name."""
        return self.results.load(self._keys[name], kind)

    def vectors(self) -> dict[str, Vectors]:
        """Read the vectors of the passages, one array per encoder."""
        return self.results.load_vectors(self._keys["vectors"])

    @property
    def job(self) -> Job:
        """The job's row."""
        job = self.pipeline.catalog.jobs.get(self.job_id)
        if job is None:
            raise NotFoundError(f"There is no job {self.job_id}.")
        return job


def receive(run: StageRun) -> NewKeys:
    """Check that the original arrived whole."""
    stages.verify(run.submission, run.pipeline.blobs)
    return {}


def extract(run: StageRun) -> NewKeys:
    """Read the original and settle the document's facts."""
    deps = ExtractionDeps(
        settings=run.pipeline.settings.ingestion,
        blobs=run.pipeline.blobs,
        transcriber=run.pipeline.transcriber,
        progress=run.progress,
        mend=run.pipeline.mend,
    )
    extraction = _as_corrected(run, stages.extract(run.submission, deps))
    description = describe(run.submission, extraction, received_at=run.job.created_at)
    return {
        "extraction": run.results.save(extraction),
        "description": run.results.save(description),
    }


def segment(run: StageRun) -> NewKeys:
    """Cut the content into passages."""
    passages = stages.cut(
        run.submission,
        run.load("extraction", Extraction).content,
        run.load("description", Description),
        language_of=run.pipeline.language_of,
        count_tokens=run.pipeline.count_tokens,
        settings=run.pipeline.settings.ingestion,
    )
    return {"passages": run.results.save(passages)}


def encode(run: StageRun) -> NewKeys:
    """Encode the passages for every index that will want them."""
    names = run.pipeline.encoder_names()
    description = run.load("description", Description)
    passages = run.load("passages", list[Passage])
    vectors = stages.encode(
        description.title,
        [p.text for p in passages],
        [run.pipeline.encoder(name) for name in names],
        progress=run.progress,
    )
    return {"vectors": run.results.save_vectors(vectors)}


def enrich(run: StageRun) -> NewKeys:
    """Find the language and the tags; the tagger compares vectors, so encoding comes first."""
    enrichment = stages.enrich(
        run.load("extraction", Extraction),
        run.load("description", Description),
        run.load("passages", list[Passage]),
        run.vectors()[run.pipeline.settings.models.encoder],
        declared=run.submission.tags,
        tagger=run.pipeline.tagger(),
        language_of=run.pipeline.language_of,
    )
    return {"enrichment": run.results.save(enrichment)}


def publish(run: StageRun) -> NewKeys:
    """Write the document, its passages, vectors and tags in one transaction."""
    if reason := _reason_not_to_publish(run):
        _warn(run, reason)
        return {}
    catalog = run.pipeline.catalog
    extraction = run.load("extraction", Extraction)
    description = run.load("description", Description)
    passages = run.load("passages", list[Passage])
    enrichment = run.load("enrichment", Enrichment)
    vectors = run.vectors()
    late = stages.missing_vectors(vectors, run.pipeline.encoder_names())
    if late:
        texts = [p.text for p in passages]
        encoders = [run.pipeline.encoder(name) for name in late]
        vectors |= stages.encode(description.title, texts, encoders, progress=run.progress)
    document = assemble(
        run.submission,
        extraction,
        description,
        language=enrichment.language,
        content=stages.content_blob(extraction.content, run.pipeline.blobs),
        n_passages=len(passages),
        published_at=run.pipeline.clock(),
    )
    catalog.publishing.publish(
        document, passages, vectors, enrichment.tags, replies=enrichment.replies
    )
    _warn(run)
    return {}


STEPS: Final[dict[Stage, Callable[[StageRun], NewKeys]]] = {
    Stage.RECEIVE: receive,
    Stage.EXTRACT: extract,
    Stage.SEGMENT: segment,
    Stage.ENCODE: encode,
    Stage.ENRICH: enrich,
    Stage.PUBLISH: publish,
}
"""In the order in which they run."""


def run_stage(pipeline: Pipeline, job_id: JobId, stage: Stage, keys: Keys) -> NewKeys:
    """Run one stage of a job and return the keys of what it saved.

    Raises:
        CordeeError: What went wrong, picklable and fit for a user. An error that nobody
            foresaw is logged in full here and becomes a plain one.
    """
    started = time.monotonic()
    bound = _log.bind(job_id=job_id, stage=stage.value)
    try:
        jobs = pipeline.catalog.jobs
        jobs.update(job_id, state=JobState.RUNNING, stage=stage, progress=0.0, now=pipeline.clock())
        new_keys = STEPS[stage](StageRun(pipeline, job_id, keys))
    except CordeeError as error:
        bound.warning("stage.failed", code=error.code, reason=str(error))
        raise
    except Exception as error:
        # The outermost frame of our code in a worker: what a step raises is pickled, and the
        # vendor's exception might not survive that.
        # Formatted here, without the values of local variables: those hold people's words.
        bound.error("stage.crashed", error=type(error).__name__, traceback=format_exc())
        raise CordeeError(INTERNAL_MESSAGE) from error
    bound.info("stage.finished", took_ms=round((time.monotonic() - started) * 1000))
    return new_keys


def _as_corrected(run: StageRun, extraction: Extraction) -> Extraction:
    """Put in what people corrected in this very revision, when it is ingested once more."""
    submission = run.submission
    made = run.pipeline.catalog.corrections.of(submission.document_id, submission.revision)
    content = with_corrections(extraction.content, made)
    stray = unfit(extraction.content, made)
    if stray:
        warning = STRAY_WARNING.format(len(stray))
        extraction = msgspec.structs.replace(extraction, warnings=(*extraction.warnings, warning))
    return msgspec.structs.replace(extraction, content=content)


def _reason_not_to_publish(run: StageRun) -> str | None:
    """Tell why a job that was overtaken must not publish; an older revision never wins."""
    catalog = run.pipeline.catalog
    latest = catalog.jobs.latest_for(run.submission.document_id)
    if latest and latest.id != run.job_id and latest.state is JobState.SUCCEEDED:
        return SUPERSEDED_WARNING
    twin = catalog.documents.find_by_revision(run.submission.revision)
    if twin is not None and twin != run.submission.document_id:
        return DUPLICATE_WARNING.format(twin)
    return None


def _warn(run: StageRun, *more: str) -> None:
    enrichment = run.load("enrichment", Enrichment)
    warnings = (*enrichment.warnings, *more)
    run.pipeline.catalog.jobs.update(run.job_id, warnings=warnings, now=run.pipeline.clock())
