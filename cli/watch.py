"""The live table of `cordee ingest --wait`: one line per file, redrawn in place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli import render
from schemas.ids import DocumentId, JobId
from schemas.job import ACTIVE, Job, JobProblem, JobState, Stage

MAX_LINES: Final = 20
"""Lines that fit on a small screen; with more files, those at work are shown first."""
_STYLES: Final = {
    JobState.QUEUED: "dim",
    JobState.RUNNING: "yellow",
    JobState.SUCCEEDED: "green",
    JobState.FAILED: "bold red",
    JobState.PAUSED: "blue",
    JobState.CANCELLED: "dim",
}
_ORDER: Final = (
    JobState.RUNNING,
    JobState.FAILED,
    JobState.CANCELLED,
    JobState.PAUSED,
    JobState.QUEUED,
    JobState.SUCCEEDED,
)


class Row(msgspec.Struct):
    """One file on its way; changes as its job does."""

    path: str
    document_id: DocumentId | None = None
    job_id: JobId | None = None
    state: JobState = JobState.QUEUED
    is_new: bool = False
    stage: Stage | None = None
    progress: float = 0.0
    problem: JobProblem | None = None
    warnings: tuple[str, ...] = ()
    unheeded: tuple[str, ...] = ()
    """What was said now of bytes that are known already, and changes nothing."""

    @property
    def is_open(self) -> bool:
        """Whether the job has not ended."""
        return self.state in ACTIVE

    @property
    def shown_state(self) -> Text:
        """The state in its colour."""
        is_known = self.state is JobState.SUCCEEDED and not self.is_new
        return Text("known already" if is_known else self.state, style=_STYLES[self.state])

    def follow(self, job: Job) -> None:
        """Take over what the job's row says now."""
        self.job_id, self.state, self.stage = job.id, job.state, job.stage
        self.progress, self.problem, self.warnings = job.progress, job.problem, job.warnings


@contextmanager
def watched(rows: Sequence[Row], *, is_quiet: bool) -> Iterator[Callable[[], None]]:
    """Show the rows while the context lasts, where a person looks; yields what redraws them."""
    console = render.console()
    if is_quiet or not console.is_terminal:
        yield lambda: None
        return
    root = logging.getLogger()
    level = root.level
    root.setLevel(max(level, logging.WARNING))  # the table says it; log lines would tear it apart
    try:
        with Live(_drawn(rows), console=console, auto_refresh=False, transient=True) as live:
            yield lambda: live.update(_drawn(rows), refresh=True)
    finally:
        root.setLevel(level)


def _drawn(rows: Sequence[Row]) -> Table:
    n_done = sum(not row.is_open for row in rows)
    table = Table("file", "state", "stage", "", title=f"{n_done} of {len(rows)} done", box=None)
    shown = sorted(rows, key=lambda row: _ORDER.index(row.state))[:MAX_LINES]
    for row in shown:
        bar = ProgressBar(total=1.0, completed=row.progress, width=20)
        is_running = row.state is JobState.RUNNING
        table.add_row(Text(row.path), row.shown_state, row.stage or "", bar if is_running else "")
    if len(shown) < len(rows):
        table.caption = f"and {len(rows) - len(shown)} more"
    return table
