"""What the stages of ingestion cost, as workers count it and `/metrics` shows it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from schemas.job import Stage


class StageOutcome(StrEnum):
    """How one run of a stage ended."""

    FINISHED = "finished"
    FAILED = "failed"
    """With an error that says why: of the file, or one that may pass and is tried again."""
    CRASHED = "crashed"
    """With an error that nobody foresaw."""
    NO_ROOM = "no-room"
    """The disk was full."""


class StageTime(msgspec.Struct, frozen=True):
    """Runs of one stage that ended alike and took about as long; a single one, or many in sum."""

    stage: Stage
    outcome: StageOutcome
    within_s: float
    """Upper bound in seconds of what one run took; infinite for the longest."""
    n_runs: int
    seconds: float
    """Of all these runs together, on the clock."""
    cpu_seconds: float
    """Of the worker process and of what it started (ffmpeg, tesseract), meanwhile."""
    amount: float
    """Bytes received or read (``receive``, ``extract``); passages in every later stage."""
