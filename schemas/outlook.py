"""Where unfinished jobs stand: how far, how much longer, and what a job waits for."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemas.job import Job, JobState


class Standing(StrEnum):
    """What an unfinished job does just now."""

    RUNNING = "running"
    STALLED = "stalled"
    """A stage gives no sign of progress for far longer than it ever took, though a worker lives."""
    WAITING = "waiting"
    PAUSED = "paused"


class Awaited(StrEnum):
    """What a waiting job waits for."""

    WORKER = "worker"
    """None is alive."""
    ROOM = "room"
    """The disk is nearly full."""
    OTHERS = "others"
    """Jobs before it, or a place at its next stage."""
    PERSON = "person"
    """Somebody to resume it."""


class OpenJob(msgspec.Struct, frozen=True):
    """An unfinished job with what an outlook needs to know."""

    job: Job
    size_bytes: int
    is_between: bool
    """It runs, but no stage of it does: it waits for a place at the next one."""


class JobOutlook(msgspec.Struct, frozen=True):
    """How an unfinished job stands."""

    job: Job
    standing: Standing
    share: float
    """Of all its work, 0 to 1: stages weigh what they usually take."""
    seconds_left: float | None
    """Of work, waiting left out; ``None`` before a stage has ever been measured."""
    awaits: Awaited | None = None
    n_before: int = 0
    """Waiting jobs that come earlier by their size."""


class Outlook(msgspec.Struct, frozen=True):
    """All unfinished jobs together."""

    jobs: tuple[JobOutlook, ...]
    """Those at work first, then in the order in which they will be."""
    counts: dict[JobState, int]
    """Every state has an entry. Of those that have ended, only jobs that did so since the oldest
    unfinished one that is not paused came; all there are where there is no such one."""
    n_over: int
    """How many of the counted have ended, well or badly."""
    share: float
    """Of the counted jobs' work, 0 to 1: each counts the same; 1 where there is none."""
    seconds_left: float | None
    """Until all that is not paused is done; ``None`` where that cannot be told."""
