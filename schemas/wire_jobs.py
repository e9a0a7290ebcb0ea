"""HTTP bodies of ingestion jobs: one, several, and all together.

The conventions of ``schemas.wire`` hold: a field is always present, and ``null`` where it does not
apply.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from schemas.job import JobState, Stage
from schemas.outlook import Awaited, Standing


class JobProblemView(msgspec.Struct, frozen=True):
    """Why a job failed, in words a user understands."""

    code: str
    detail: str
    stage: Stage | None


class JobView(msgspec.Struct, frozen=True):
    """One try to ingest one revision of one document."""

    id: str
    document_id: str
    filename: str
    state: JobState
    stage: Stage | None
    progress: float
    """Share of the present stage that is done, 0 to 1."""
    share: float
    """Share of all its work that is done, 0 to 1: stages weigh what they usually take."""
    seconds_left: float | None
    """Of work, waiting left out; ``null`` while nobody can tell, and when it is over."""
    standing: Standing | None
    """What it does just now; ``null`` when it is over."""
    awaits: Awaited | None
    """What it waits for, if it does."""
    created_at: datetime
    updated_at: datetime
    problem: JobProblemView | None
    warnings: tuple[str, ...]
    attempt: int
    url: str
    events_url: str
    document_url: str | None
    """Portal address once the document is published."""


class JobList(msgspec.Struct, frozen=True):
    """Jobs, newest first."""

    jobs: tuple[JobView, ...]


class JobsOverview(msgspec.Struct, frozen=True):
    """How far everything is that the caller may know of: numbers, and no name of anything."""

    counts: dict[JobState, int]
    """Every state has an entry. Of those that have ended, only jobs that did so since the oldest
    unfinished one came; all there are where none is unfinished."""
    standings: dict[Standing, int]
    """What the unfinished ones do just now; every standing has an entry."""
    n_jobs: int
    """All that are counted."""
    n_over: int
    share: float
    """Share of their work that is done, 0 to 1."""
    seconds_left: float | None
    """Until all that is not paused is done; ``null`` where that cannot be told."""
