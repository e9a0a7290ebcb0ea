"""How far unfinished jobs are, how long they still take, and what they wait for.

Expected times are means over all runs of a stage that finished, so an hour of video among short
texts takes longer than is said, until its own progress shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from indexer.catalog.catalog import Catalog
from indexer.room import has_room
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


def read_outlook(settings: Settings, catalog: Catalog, now: datetime | None = None) -> Outlook:
    """Return where the unfinished jobs of a catalog stand now."""
    now = now or datetime.now(UTC)
    counts = catalog.jobs.counts()
    workers = catalog.workers.alive(now)
    return outlook(
        catalog.jobs.open_jobs(),
        mean_seconds(catalog.stage_times.all()),
        n_over=sum(n for state, n in counts.items() if state in OVER),
        at_once=len(workers) * settings.ingestion.workers,
        is_room=has_room(settings),
        now=now,
    )


def mean_seconds(times: Collection[StageTime]) -> dict[Stage, float]:
    """Return how long a run of each stage takes that finishes; nothing of stages never measured."""
    done = [time for time in times if time.outcome is StageOutcome.FINISHED]
    runs = {s: sum(t.n_runs for t in done if t.stage is s) for s in _STAGES}
    return {s: sum(t.seconds for t in done if t.stage is s) / n for s, n in runs.items() if n}


def outlook(
    open_jobs: Sequence[OpenJob],
    means: Mapping[Stage, float],
    *,
    n_over: int,
    at_once: int,
    is_room: bool,
    now: datetime,
) -> Outlook:
    """Return where jobs stand.

    Args:
        open_jobs: The unfinished ones.
        means: Seconds that each stage usually takes.
        n_over: Jobs that have ended.
        at_once: Jobs that living workers do at the same time; 0 where none lives.
        is_room: Whether the disk lets a stage begin.
        now: The present time.
    """
    by_size = sorted(open_jobs, key=lambda o: (priority_of(o.size_bytes), o.job.created_at))
    queue = [o.job.id for o in by_size if o.job.state is JobState.QUEUED]
    places = {job_id: n for n, job_id in enumerate(queue)}
    found = []
    for one in by_size:
        standing, awaits = _standing(one, means, at_once=at_once, is_room=is_room, now=now)
        found.append(
            JobOutlook(
                job=one.job,
                standing=standing,
                share=_share(one.job, means),
                seconds_left=_seconds_left(one.job, means),
                awaits=awaits,
                n_before=places.get(one.job.id, 0),
            )
        )
    found.sort(key=lambda o: _ORDER.index(o.standing))
    return Outlook(jobs=tuple(found), n_over=n_over, seconds_left=_all_left(found, at_once))


def _standing(
    one: OpenJob, means: Mapping[Stage, float], *, at_once: int, is_room: bool, now: datetime
) -> tuple[Standing, Awaited | None]:
    job = one.job
    if job.state is JobState.PAUSED:
        return Standing.PAUSED, Awaited.PERSON
    if not at_once:
        return Standing.WAITING, Awaited.WORKER
    is_at_work = job.state is JobState.RUNNING and not one.is_between
    if not is_at_work:
        return Standing.WAITING, Awaited.OTHERS if is_room else Awaited.ROOM
    usual_s = means.get(job.stage, 0.0) if job.stage else 0.0
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
