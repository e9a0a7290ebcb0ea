"""Where unfinished jobs stand, told from their rows and from what stages took before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from indexer.outlook import STALL_S, Conditions, mean_seconds, outlook
from schemas.ids import DocumentId, JobId
from schemas.job import Job, JobState, Stage
from schemas.outlook import Awaited, JobOutlook, OpenJob, Outlook, Standing
from schemas.stage_time import StageOutcome, StageTime

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
MEANS = dict.fromkeys(Stage, 0.0) | {Stage.EXTRACT: 60.0, Stage.ENCODE: 30.0, Stage.PUBLISH: 10.0}


def an_open_job(
    name: str = "j-1",
    state: JobState = JobState.RUNNING,
    stage: Stage | None = Stage.EXTRACT,
    *,
    progress: float = 0.5,
    silent_s: float = 1.0,
    size_bytes: int = 1000,
    is_between: bool = False,
) -> OpenJob:
    job = Job(
        id=JobId(name),
        document_id=DocumentId("d-1"),
        filename="cours.mp4",
        state=state,
        stage=stage,
        progress=progress,
        created_at=NOW - timedelta(hours=1),
        updated_at=NOW - timedelta(seconds=silent_s),
    )
    return OpenJob(job, size_bytes, is_between)


def seen(*jobs: OpenJob, at_once: int = 1, is_room: bool = True) -> Outlook:
    return outlook(jobs, Conditions(MEANS, at_once, is_room), over={}, now=NOW)


def only(*jobs: OpenJob, at_once: int = 1, is_room: bool = True) -> JobOutlook:
    (one,) = seen(*jobs, at_once=at_once, is_room=is_room).jobs
    return one


def test_stages_weigh_what_they_usually_take() -> None:
    one = only(an_open_job())

    assert (one.standing, one.share, one.seconds_left) == (Standing.RUNNING, 0.3, 70.0)


def test_a_silent_stage_is_stalled_only_far_beyond_its_usual_time() -> None:
    in_extract = [only(an_open_job(silent_s=s)).standing for s in (599, 601)]
    in_publish = [
        only(an_open_job(stage=Stage.SEGMENT, silent_s=STALL_S + n)).standing for n in (-1, 1)
    ]

    assert in_extract == in_publish == [Standing.RUNNING, Standing.STALLED]


@pytest.mark.parametrize(
    ("waits", "at_once", "is_room", "awaits"),
    [
        (an_open_job(silent_s=9000), 0, True, Awaited.WORKER),
        (an_open_job(silent_s=9000, is_between=True), 1, True, Awaited.OTHERS),
        (an_open_job(silent_s=9000, is_between=True), 1, False, Awaited.ROOM),
        (an_open_job(state=JobState.QUEUED, stage=None, silent_s=9000), 1, True, Awaited.OTHERS),
    ],
)
def test_what_only_waits_is_never_stalled(
    waits: OpenJob, at_once: int, *, is_room: bool, awaits: Awaited
) -> None:
    one = only(waits, at_once=at_once, is_room=is_room)

    assert (one.standing, one.awaits) == (Standing.WAITING, awaits)


def test_small_files_come_first_and_paused_ones_do_not_count() -> None:
    now = seen(
        an_open_job("large", JobState.QUEUED, None, size_bytes=10**9, progress=0.0),
        an_open_job("paused", JobState.PAUSED, None, progress=0.0),
        an_open_job("small", JobState.QUEUED, None, size_bytes=100, progress=0.0),
        an_open_job("runs"),
    )

    assert [one.job.id for one in now.jobs] == ["runs", "small", "large", "paused"]
    assert [one.n_before for one in now.jobs] == [0, 0, 1, 0]
    assert now.seconds_left == 70.0 + 100.0 + 100.0


def test_all_together_each_job_counts_the_same() -> None:
    over = {JobState.SUCCEEDED: 2, JobState.FAILED: 1}
    jobs = [an_open_job(), an_open_job("waits", JobState.QUEUED, None, progress=0.0)]

    now = outlook(jobs, Conditions(MEANS, 1, is_room=True), over=over, now=NOW)

    assert now.share == (3 + 0.3 + 0.0) / 5
    assert now.n_over == 3
    assert now.counts == dict.fromkeys(JobState, 0) | over | {
        JobState.RUNNING: 1,
        JobState.QUEUED: 1,
    }


def test_nothing_is_promised_before_every_stage_was_measured() -> None:
    times = [
        StageTime(Stage.EXTRACT, StageOutcome.FINISHED, 5.0, 2, 6.0, 1.0, 0.0),
        StageTime(Stage.EXTRACT, StageOutcome.FINISHED, 1.0, 2, 2.0, 1.0, 0.0),
        StageTime(Stage.EXTRACT, StageOutcome.FAILED, 60.0, 1, 50.0, 1.0, 0.0),
    ]
    means = mean_seconds(times)

    now = outlook([an_open_job()], Conditions(means, 1, is_room=True), over={}, now=NOW)

    assert means == {Stage.EXTRACT: 2.0}
    assert (now.jobs[0].share, now.jobs[0].seconds_left, now.seconds_left) == (0.5, None, None)
