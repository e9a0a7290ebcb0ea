"""How far unfinished jobs are, how long they still take, and what they wait for.

Expected times are means over all runs of a stage that finished, so an hour of video among short
texts takes longer than is said, until its own progress shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from indexer.catalog.catalog import Catalog
from indexer.room import has_room
from schemas.ids import PersonId
from schemas.job import OVER, Job, JobState, Stage, priority_of
from schemas.outlook import Awaited, JobOutlook, OpenJob, Outlook, Standing
from schemas.settings import Settings
from schemas.stage_time import StageOutcome, StageTime

STALL_S: Final = 300.0
"""No stage is called stalled before this: models load, and long passages have no mark inside."""
STALL_TIMES: Final = 10.0
"""How many times its mean a stage may be silent."""
_STAGES: Final = tuple(Stage)
_ORDER: Final = (Standing.RUNNING, Standing.STALLED, Standing.WAITING, Standing.PAUSED)


class Conditions(msgspec.Struct, frozen=True):
    """What tells where a job stands, beside the job itself."""

    means: Mapping[Stage, float]
    """Seconds that each stage usually takes."""
    at_once: int
    """Jobs that living workers do at the same time; 0 where none lives."""
    is_room: bool
    """Whether the disk lets a stage begin."""


def read_outlook(
    settings: Settings,
    catalog: Catalog,
    now: datetime | None = None,
    *,
    uploaded_by: PersonId | None = None,
) -> Outlook:
    """Return where the unfinished jobs of a catalog, or of one person, stand now."""
    now = now or datetime.now(UTC)
    open_jobs = catalog.jobs.open_jobs(uploaded_by)
    moving = (o.job.created_at for o in open_jobs if o.job.state is not JobState.PAUSED)
    counts = catalog.jobs.counts(since=min(moving, default=None), uploaded_by=uploaded_by)
    return outlook(
        open_jobs,
        read_conditions(settings, catalog, now),
        over={state: counts[state] for state in OVER},
        now=now,
    )


def read_conditions(settings: Settings, catalog: Catalog, now: datetime) -> Conditions:
    """Return what a catalog and its disk say of the conditions now."""
    return Conditions(
        means=mean_seconds(catalog.stage_times.all()),
        at_once=len(catalog.workers.alive(now)) * settings.ingestion.workers,
        is_room=has_room(settings),
    )


def mean_seconds(times: Collection[StageTime]) -> dict[Stage, float]:
    """Return how long a run of each stage takes that finishes; nothing of stages never measured."""
    done = [time for time in times if time.outcome is StageOutcome.FINISHED]
    runs = {s: sum(t.n_runs for t in done if t.stage is s) for s in _STAGES}
    return {s: sum(t.seconds for t in done if t.stage is s) / n for s, n in runs.items() if n}


def outlook(
    open_jobs: Sequence[OpenJob],
    conditions: Conditions,
    *,
    over: Mapping[JobState, int],
    now: datetime,
) -> Outlook:
    """Return where jobs stand.

    Args:
        open_jobs: The unfinished ones.
        conditions: Under which they are worked on.
        over: How many others have ended, by state.
        now: The present time.
    """
    by_size = sorted(open_jobs, key=lambda o: (priority_of(o.size_bytes), o.job.created_at))
    queue = [o.job.id for o in by_size if o.job.state is JobState.QUEUED]
    places = {job_id: n for n, job_id in enumerate(queue)}
    found = [
        job_outlook(one, conditions, now=now, n_before=places.get(one.job.id, 0)) for one in by_size
    ]
    found.sort(key=lambda o: _ORDER.index(o.standing))
    counts = dict.fromkeys(JobState, 0) | Counter(o.job.state for o in open_jobs) | dict(over)
    n_over, n_all = sum(over.values()), sum(counts.values())
    return Outlook(
        jobs=tuple(found),
        counts=counts,
        n_over=n_over,
        share=(n_over + sum(o.share for o in found)) / n_all if n_all else 1.0,
        seconds_left=_all_left(found, conditions.at_once),
    )


def job_outlook(
    one: OpenJob, conditions: Conditions, *, now: datetime, n_before: int = 0
) -> JobOutlook:
    """Return where one unfinished job stands; ``n_before`` waiting ones come earlier."""
    standing, awaits = _standing(one, conditions, now)
    return JobOutlook(
        job=one.job,
        standing=standing,
        share=_share(one.job, conditions.means),
        seconds_left=_seconds_left(one.job, conditions.means),
        awaits=awaits,
        n_before=n_before,
    )


def _standing(
    one: OpenJob, conditions: Conditions, now: datetime
) -> tuple[Standing, Awaited | None]:
    job = one.job
    if job.state is JobState.PAUSED:
        return Standing.PAUSED, Awaited.PERSON
    if not conditions.at_once:
        return Standing.WAITING, Awaited.WORKER
    is_at_work = job.state is JobState.RUNNING and not one.is_between
    if not is_at_work:
        return Standing.WAITING, Awaited.OTHERS if conditions.is_room else Awaited.ROOM
    usual_s = conditions.means.get(job.stage, 0.0) if job.stage else 0.0
    silent_s = (now - job.updated_at).total_seconds()
    is_stalled = silent_s > max(STALL_S, STALL_TIMES * usual_s)
    return (Standing.STALLED if is_stalled else Standing.RUNNING), None


def _done(job: Job) -> dict[Stage, float]:
    """Return which share of each stage is done."""
    if job.stage is None or job.state is JobState.QUEUED:
        return dict.fromkeys(_STAGES, 0.0)
    at = _STAGES.index(job.stage)
    return {s: 1.0 if n < at else job.progress * (n == at) for n, s in enumerate(_STAGES)}


def _share(job: Job, means: Mapping[Stage, float]) -> float:
    weights = {s: means.get(s, 0.0) for s in _STAGES}
    if not any(weights.values()):
        weights = dict.fromkeys(_STAGES, 1.0)
    done = _done(job)
    return sum(done[s] * weights[s] for s in _STAGES) / sum(weights.values())


def _seconds_left(job: Job, means: Mapping[Stage, float]) -> float | None:
    if any(s not in means for s in _STAGES):
        return None
    done = _done(job)
    return sum((1 - done[s]) * means[s] for s in _STAGES)


def _all_left(found: Sequence[JobOutlook], at_once: int) -> float | None:
    moving = [o for o in found if o.standing is not Standing.PAUSED]
    left = [o.seconds_left for o in moving if o.seconds_left is not None]
    if len(left) < len(moving) or (moving and not at_once):
        return None
    return max(sum(left) / max(1, at_once), max(left, default=0.0))
