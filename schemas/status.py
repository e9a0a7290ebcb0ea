"""The state of an installation at a glance."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from schemas.document import DocumentKind
from schemas.job import Job, JobState
from schemas.outlook import Standing


class Status(msgspec.Struct, frozen=True):
    """What is stored, searched and under way, who works on it, and what wants a person."""

    version: str
    data_dir: str
    free_bytes: int
    """On the disk of the data directory."""
    database: str
    """``sqlite`` or ``postgresql``."""
    models: Mapping[str, bool]
    """The models in use, and whether each is there."""
    documents: int
    by_kind: Mapping[DocumentKind, int]
    """Every kind has an entry."""
    passages: int
    generation: int | None
    """``None`` before anything was served or published."""
    encoder: str | None
    changes_behind: int
    """Changes that the live indexes have not taken up yet."""
    seconds_behind: float
    """How long the first of them waits."""
    server: str | None
    """Its address; ``None`` where none runs on this machine."""
    workers: tuple[str, ...]
    jobs: Mapping[JobState, int]
    standings: Mapping[Standing, int]
    """Of the unfinished jobs; every standing has an entry."""
    seconds_left: float | None
    """Until all that is not paused is done; ``None`` where that cannot be told."""
    failures: Mapping[str, int]
    """Documents whose newest job failed, by reason."""
    failed: tuple[Job, ...]
    """The newest 20 of these jobs."""
    expiring: int
    """Documents whose kind's time is over within 30 days, held ones not counted."""
    erasures_due: int
    """Erasures that this data has not been through, or only in part."""
    wants: tuple[str, ...]
    """What somebody should do, a sentence each; empty when all is well."""
