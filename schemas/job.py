"""Ingestion jobs as the API reports them; names that the API and the workers share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from schemas.ids import DocumentId, JobId

APP_NAME: Final = "cordee"
"""DBOS application name; it needs three characters or more."""
APP_VERSION: Final = "1"
"""Fixed on purpose: DBOS does not recover workflows of another application version. Raise it
only when the steps of a workflow change in a way that a half-done run cannot survive."""
INGEST_QUEUE: Final = "ingest"
MEDIA_QUEUE: Final = "ingest-media"
"""Long recordings wait here, so that they never hold up a short exchange."""
FIRST_QUEUE: Final = "ingest-first"
"""What somebody wants before everything else."""
REINDEX_QUEUE: Final = "reindex"
CORRECTIONS_QUEUE: Final = "corrections"
"""Somebody waits for these, and each takes a second: they stand behind no recording."""
INGEST_WORKFLOW: Final = "ingest_document"
REENCODE_WORKFLOW: Final = "reencode_passages"
CORRECT_WORKFLOW: Final = "apply_corrections"


def correct_workflow_id(document_id: DocumentId, corrected_at: datetime | None = None) -> str:
    """Return the id of the workflow that applies corrections up to the latest one's moment.

    Without one, what the ids of all of them begin with.
    """
    moment = int(corrected_at.timestamp() * 1000) if corrected_at is not None else ""
    return f"correct-{document_id}-{moment}"


def priority_of(size_bytes: int) -> int:
    """Return the place in a queue, lower first: each doubling of the size waits behind the last."""
    return size_bytes.bit_length()


class Stage(StrEnum):
    """The stages of ingestion, in order."""

    RECEIVE = "receive"
    EXTRACT = "extract"
    SEGMENT = "segment"
    ENCODE = "encode"
    ENRICH = "enrich"  # after ENCODE: tags are found by comparing the passages' vectors
    PUBLISH = "publish"


class JobState(StrEnum):
    """``FAILED`` and ``CANCELLED`` keep the original, so that a person can ask for another try."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PAUSED = "paused"
    """Waits until somebody lets it go on, with what its finished stages made."""
    CANCELLED = "cancelled"


ACTIVE: Final = frozenset({JobState.QUEUED, JobState.RUNNING})
"""Nobody has to do anything: a worker is at it, or will be."""
OPEN: Final = ACTIVE | {JobState.PAUSED}
"""Not ended."""
ENDED_BADLY: Final = frozenset({JobState.FAILED, JobState.CANCELLED})
"""May be tried again."""
OVER: Final = ENDED_BADLY | {JobState.SUCCEEDED}


class JobProblem(msgspec.Struct, frozen=True):
    """Why a job failed, in words a user understands."""

    code: str
    detail: str
    stage: Stage | None = None


class Job(msgspec.Struct, frozen=True):
    """One try to ingest one revision of one document."""

    id: JobId
    document_id: DocumentId
    filename: str
    state: JobState
    stage: Stage | None
    """Stage under way, or the last one reached."""
    progress: float
    """Share of the present stage that is done, 0 to 1."""
    created_at: datetime
    updated_at: datetime
    problem: JobProblem | None = None
    warnings: tuple[str, ...] = ()
    """Things a person should know that did not stop the job: an unknown tag, a hole in speech."""
    attempt: int = 1
