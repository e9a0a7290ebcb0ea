"""One durable step per stage: read the results of the stages before, run the stage, save.

A step may run again when a worker dies before its end is recorded, so each one is idempotent;
it never runs again once it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from traceback import format_exc
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import numpy as np
import structlog

from indexer.masking import places_of
from indexer.room import is_full
from pipelines import stages
from pipelines.bootstrap import Pipeline
from pipelines.extraction.shared import extract_copy
from pipelines.ports import ExtractionDeps
from pipelines.publishing import (
    Description,
    assemble,
    describe,
    description_of,
    extraction_of,
)
from pipelines.reused import reused_ids
from pipelines.stages import Enrichment
from pipelines.workflows.carrying import Carried, as_corrected, keep_carried
from pipelines.workflows.measuring import StageClock
from pipelines.workflows.progress import JobProgress, stop
from pipelines.workflows.receiving import receive
from pipelines.workflows.results import StageResults
from pipelines.workflows.sharing import confirmed_copy
from schemas.content import Content, Extraction
from schemas.document import Submission
from schemas.errors import (
    CordeeError,
    NotFoundError,
    StorageFullError,
    WorkerStoppedError,
)
from schemas.ids import BlobKey, JobId
from schemas.job import Job, JobState, Stage
from schemas.passage import Passage
from schemas.sharing import is_shared_copy
from schemas.stage_time import StageOutcome

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
FULL_MESSAGE: Final = "The disk is full. The file was kept; it goes on when there is room."
DEATHS_MESSAGE: Final = (
    "The worker stopped {} times while it was at this file (stage: {}); memory may be too small "
    "for it. The file was kept: try again with more memory, or in parts."
)
SUPERSEDED_WARNING: Final = (
    "A newer version of this document was published first, so this one was not published."
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
        self.amount: float = self.submission.size_bytes
        """What the stage works on: bytes, and passages from segmentation on."""
        self._keys = keys

    def load(self, name: str, kind: type[T]) -> T:
        """Read what an earlier stage saved under this name."""
        return self.results.load(self._keys[name], kind)

    def has(self, name: str) -> bool:
        """Tell whether an earlier stage saved something under this name."""
        return name in self._keys

    def passages(self) -> list[Passage]:
        """Read the passages; their number is what the stage works on."""
        passages = self.load("passages", list[Passage])
        self.amount = len(passages)
        return passages

    def vectors(self) -> dict[str, Vectors]:
        """Read the vectors of the passages, one array per encoder."""
        return self.results.load_vectors(self._keys["vectors"])

    def starts_after(self, stage: Stage) -> bool:
        """Tell whether this stage has nothing to do anew."""
        order = list(Stage)
        return order.index(self.submission.start) > order.index(stage)

    @property
    def job(self) -> Job:
        """The job's row."""
        job = self.pipeline.catalog.jobs.get(self.job_id)
        if job is None:
            raise NotFoundError(f"There is no job {self.job_id}.")
        return job


def extract(run: StageRun) -> NewKeys:
    """Read the original and settle the document's facts."""
    if run.starts_after(Stage.EXTRACT):
        return _as_published(run)
    deps = ExtractionDeps(
        settings=run.pipeline.settings.ingestion,
        blobs=run.pipeline.blobs,
        transcriber=run.pipeline.transcriber,
        progress=run.progress,
        mend=run.pipeline.mend,
        voice_encoder=run.pipeline.voice_encoder,
    )
    carried = Carried()
    if is_shared_copy(run.submission.source):
        extraction = extract_copy(confirmed_copy(run.pipeline, run.submission), deps)
    else:
        extraction, carried = as_corrected(run, stages.extract(run.submission, deps))
    description = describe(run.submission, extraction, received_at=run.job.created_at)
    known = run.pipeline.catalog.documents.people(p.id for p in extraction.participants)
    reused = reused_ids(extraction.participants, known)
    description = msgspec.structs.replace(description, warnings=(*description.warnings, *reused))
    return {
        "extraction": run.results.save(extraction),
        "description": run.results.save(description),
        "carried": run.results.save(carried),
    }


def segment(run: StageRun) -> NewKeys:
    """Cut the content into passages."""
    if run.starts_after(Stage.SEGMENT):
        stored = run.pipeline.catalog.passages.of_document(run.submission.document_id)
        return {"passages": run.results.save(stored)}
    passages = stages.cut(
        run.submission,
        run.load("extraction", Extraction).content,
        run.load("description", Description),
        language_of=run.pipeline.language_of,
        count_tokens=run.pipeline.count_tokens,
        settings=run.pipeline.settings.ingestion,
        hidden=places_of(run.pipeline.catalog.documents.get(run.submission.document_id)),
    )
    run.amount = len(passages)
    return {"passages": run.results.save(passages)}


def encode(run: StageRun) -> NewKeys:
    """Encode the passages for every index that will want them."""
    names = run.pipeline.encoder_names()
    description = run.load("description", Description)
    passages = run.passages()
    kept = _stored_vectors(run, names, passages) if run.starts_after(Stage.ENCODE) else {}
    vectors = stages.encode(
        description.title,
        [p.text for p in passages],
        [run.pipeline.encoder(name) for name in names if name not in kept],
        progress=run.progress,
    )
    return {"vectors": run.results.save_vectors(kept | vectors)}


def enrich(run: StageRun) -> NewKeys:
    """Find the language and the tags; the tagger compares vectors, so encoding comes first."""
    passages = run.passages()
    enrichment = stages.enrich(
        run.load("extraction", Extraction),
        run.load("description", Description),
        passages,
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
    passages = run.passages()
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
        document,
        passages,
        vectors,
        enrichment.tags,
        replies=enrichment.replies,
        anew=run.job.attempt > 1,
        terms=description.terms,
    )
    keep_carried(run)
    _warn(run)
    return {}


Step = Callable[[StageRun], NewKeys]

STEPS: Final[dict[Stage, Step]] = {
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
    jobs = pipeline.catalog.jobs
    clock = StageClock(pipeline.catalog.stage_times, job_id, stage)
    try:
        run = StageRun(pipeline, job_id, keys)
        clock.document_id = run.submission.document_id
        _begin(pipeline, job_id, stage)
        new_keys = STEPS[stage](run)
        clock.amount = run.amount
    except CordeeError as error:
        clock.end(StageOutcome.FAILED, code=error.code, reason=str(error))
        raise
    except Exception as error:
        if is_full(error):
            clock.end(StageOutcome.NO_ROOM, error=type(error).__name__)
            raise StorageFullError(FULL_MESSAGE) from error
        # The outermost frame of our code in a worker. A stage runs a dozen libraries on bytes that
        # strangers sent, and what they raise has no end; unforeseen, it must fail this one job, in
        # words, and no other. The engine pickles what a step raises, which a vendor's exception
        # may not survive, so it becomes ours.
        # Formatted here, without the values of local variables: those hold people's words.
        clock.end(StageOutcome.CRASHED, error=type(error).__name__, traceback=format_exc())
        raise CordeeError(INTERNAL_MESSAGE) from error
    finally:
        # However it ended, paused included, nobody died at it. A killed worker does not come here.
        jobs.end_stage(job_id)
    clock.end(StageOutcome.FINISHED)
    return new_keys


def _begin(pipeline: Pipeline, job_id: JobId, stage: Stage) -> None:
    """Note in the row that the stage begins, if it may.

    Raises:
        CancelledError: If the job was cancelled.
        DBOSWorkflowCancelledError: If it was paused.
        WorkerStoppedError: If workers died at this stage too often.
    """
    jobs = pipeline.catalog.jobs
    n_starts = jobs.begin(job_id, stage, now=pipeline.clock())
    if not n_starts:
        stop(jobs, job_id)
    n_deaths = n_starts - 1
    if n_deaths >= pipeline.settings.ingestion.max_worker_deaths:
        raise WorkerStoppedError(DEATHS_MESSAGE.format(n_deaths, stage.value))


def _as_published(run: StageRun) -> NewKeys:
    """Take what was extracted, with its corrections, from the published document."""
    document = run.pipeline.catalog.documents.get(run.submission.document_id)
    if document is None:
        raise NotFoundError("The document was deleted meanwhile.")
    stored = run.pipeline.blobs.read(document.content)
    content: Content = msgspec.json.decode(stored, type=Content)
    return {
        "extraction": run.results.save(extraction_of(document, content)),
        "description": run.results.save(description_of(document)),
    }


def _stored_vectors(
    run: StageRun, names: Sequence[str], passages: Sequence[Passage]
) -> dict[str, Vectors]:
    """Return the vectors that the catalog has for all of these passages, by encoder."""
    stored = run.pipeline.catalog.passages
    found = {}
    for name in names:
        rows = stored.vectors_of(run.submission.document_id, name)
        if rows.keys() >= {passage.id for passage in passages}:
            found[name] = np.stack([rows[passage.id] for passage in passages])
    return found


def _reason_not_to_publish(run: StageRun) -> str | None:
    """Tell why a job that was overtaken must not publish; an older revision never wins."""
    catalog = run.pipeline.catalog
    latest = catalog.jobs.latest_for(run.submission.document_id)
    if latest and latest.id != run.job_id and latest.state is JobState.SUCCEEDED:
        newest = catalog.jobs.submission(latest.id).revision
        if newest != run.submission.revision:  # else it was only found to be these bytes
            return SUPERSEDED_WARNING
    twin = catalog.documents.find_by_revision(run.submission.revision)
    if twin is not None and twin != run.submission.document_id:
        return DUPLICATE_WARNING.format(twin)
    return None


def _warn(run: StageRun, *more: str) -> None:
    enrichment = run.load("enrichment", Enrichment)
    warnings = (*enrichment.warnings, *more)
    run.pipeline.catalog.jobs.update(run.job_id, warnings=warnings, now=run.pipeline.clock())
