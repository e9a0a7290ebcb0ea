"""`cordee jobs watch`: how far everything is, how long it still takes, and what waits for what."""

from __future__ import annotations

import time
from typing import Annotated, Final

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli import context, render
from indexer.outlook import read_outlook
from schemas.outlook import Awaited, JobOutlook, Outlook, Standing

POLL_S: Final = 1.0
_LINES: Final = 20
_WHY: Final = {
    Awaited.WORKER: "no worker is alive: start `cordee work`",
    Awaited.ROOM: "the disk is nearly full",
    Awaited.OTHERS: "others come first",
    Awaited.PERSON: "until `cordee jobs resume`",
}
_MINUTE_S, _HOUR_S = 60, 3600


def watch(
    data_dir: context.DataDir = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Show it once, and end.")] = False,
    as_json: context.AsJson = False,
) -> None:
    """Follow unfinished jobs until there is none: percent, time left, and why one waits."""
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        now = read_outlook(settings, catalog)
        if as_json:
            context.print_json(now)
            return
        if once or not render.console().is_terminal:
            render.show(_drawn(now))
            return
        with Live(_drawn(now), console=render.console(), auto_refresh=False) as live:
            while now.jobs:
                time.sleep(POLL_S)
                now = read_outlook(settings, catalog)
                live.update(_drawn(now), refresh=True)


def spoken(seconds: float | None) -> str:
    """Return a time left as a person says it, roughly; nothing where it is not known."""
    if seconds is None:
        return ""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"


def _drawn(now: Outlook) -> RenderableType:
    n_all = now.n_over + len(now.jobs)
    left = f", {spoken(now.seconds_left)} left" if now.jobs and now.seconds_left else ""
    head = Text(f"{now.n_over} of {n_all} jobs over, {now.share:.0%}{left}")
    if not now.jobs:
        return head
    table = Table("job", "file", "", "stage", "", "left", "why", box=None)
    for one in now.jobs[:_LINES]:
        bar = ProgressBar(total=1.0, completed=one.share, width=16)
        stage = one.job.stage or ""
        row = (one.job.id, Text(one.job.filename), one.standing.value, stage, bar)
        table.add_row(*row, spoken(one.seconds_left), _why(one))
    if len(now.jobs) > _LINES:
        table.caption = f"and {len(now.jobs) - _LINES} more"
    return Group(head, table)


def _why(one: JobOutlook) -> str:
    if one.standing is Standing.STALLED:
        return f"no sign since {one.job.updated_at.astimezone():%H:%M:%S}"
    if one.awaits is Awaited.OTHERS and one.n_before:
        return f"{one.n_before} others come first"
    return _WHY[one.awaits] if one.awaits else ""
