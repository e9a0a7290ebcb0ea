"""Cancel, pause, resume, go first, work again: on the real workflow engine."""

from __future__ import annotations

import errno
import functools
import threading
from collections.abc import Callable

import msgspec
import pytest

from indexer import steering
from indexer.intake import Intake, retry
from pipelines.bootstrap import Pipeline
from pipelines.workflows import steps
from schemas.errors import ConflictError, NotFoundError, StorageFullError
from schemas.ids import JobId
from schemas.job import Job, JobState, Stage
from tests.integration.workflows.conftest import a_worker, ended, until
from tests.integration.workflows.test_ingest import TEXT, send

OTHER = b"# Trouver des clients\n\nLes premiers clients sont pres de chez vous.\n"


class Gate:
    """A stage that reports progress for as long as it is shut, as a long transcription does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
        self.began = threading.Event()
        self.open = threading.Event()
        self.n_starts = 0
        step = steps.STEPS[stage]

        def gated(run: steps.StageRun) -> steps.NewKeys:
            self.n_starts += 1
            self.began.set()
            while not self.open.wait(0.1):
                run.progress(0.5)
            return step(run)

        monkeypatch.setitem(steps.STEPS, stage, gated)


def now(intake: Intake, job: Job) -> Job:
    found = intake.catalog.jobs.get(job.id)
    assert found is not None
    return found


def is_held(intake: Intake, job: Job) -> Callable[[], bool]:
    return lambda: intake.queue.is_over(job.id)  # type: ignore[attr-defined]


def test_a_cancelled_job_stops_in_the_middle_of_a_stage_and_can_be_tried_again(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Stage.ENCODE)
    job = send(intake, TEXT).job

    with a_worker(pipeline):
        assert gate.began.wait(30)
        assert steering.cancel(intake, job.id).state is JobState.CANCELLED
        until(is_held(intake, job))
        stopped = now(intake, job)
        blobs = [p.name for p in (intake.settings.data_dir / "blobs").rglob("*") if p.is_file()]
        gate.open.set()
        again = ended(intake, retry(intake, job.id))

    assert (stopped.state, stopped.problem and stopped.problem.code) == (
        JobState.CANCELLED,
        "cancelled",
    )
    assert blobs == [intake.catalog.jobs.submission(job.id).original]
    assert (again.state, again.attempt) == (JobState.SUCCEEDED, 2)


def test_a_job_cancelled_while_it_waits_never_runs(intake: Intake, pipeline: Pipeline) -> None:
    job = send(intake, TEXT).job
    steering.cancel(intake, job.id)

    with a_worker(pipeline):
        ended(intake, send(intake, OTHER, "autre.md").job)

    assert now(intake, job).state is JobState.CANCELLED
    assert intake.catalog.documents.get(job.document_id) is None
    with pytest.raises(ConflictError, match="cancelled"):
        steering.pause(intake, job.id)


def test_a_paused_job_lets_others_pass_and_goes_on_after_its_last_finished_stage(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracted: list[JobId] = []
    extract = steps.STEPS[Stage.EXTRACT]
    monkeypatch.setitem(
        steps.STEPS, Stage.EXTRACT, lambda run: extracted.append(run.job_id) or extract(run)
    )
    gate = Gate(monkeypatch, Stage.ENCODE)
    job = send(intake, TEXT).job

    with a_worker(pipeline):
        assert gate.began.wait(30)
        steering.pause(intake, job.id)
        until(is_held(intake, job))
        gate.open.set()
        other = ended(intake, send(intake, OTHER, "autre.md").job)
        waiting = now(intake, job)
        steering.resume(intake, job.id)
        done = ended(intake, job)

    assert waiting.state is JobState.PAUSED
    assert (other.state, done.state) == (JobState.SUCCEEDED, JobState.SUCCEEDED)
    assert extracted.count(job.id) == 1
    assert len(intake.catalog.changes.after(0, 10)) == 2


def test_a_paused_job_that_is_cancelled_leaves_nothing_but_its_original(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Stage.ENCODE)
    job = send(intake, TEXT).job

    with a_worker(pipeline):
        assert gate.began.wait(30)
        steering.pause(intake, job.id)
        until(is_held(intake, job))
        steering.cancel(intake, job.id)
        until(lambda: now(intake, job).problem is not None)

    assert now(intake, job).state is JobState.CANCELLED
    blobs = [p.name for p in (intake.settings.data_dir / "blobs").rglob("*") if p.is_file()]
    assert blobs == [intake.catalog.jobs.submission(job.id).original]


def test_small_files_go_before_large_ones_and_what_is_wanted_first_before_all(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[JobId] = []
    receive = steps.STEPS[Stage.RECEIVE]
    monkeypatch.setitem(
        steps.STEPS, Stage.RECEIVE, lambda run: order.append(run.job_id) or receive(run)
    )
    large, middle, small = (send(intake, TEXT * n, f"{n}.md").job for n in (400, 40, 1))
    steering.prioritize(intake, large.id)

    with a_worker(pipeline):
        for job in (large, middle, small):
            ended(intake, job)

    assert order.index(small.id) < order.index(middle.id)
    assert order.index(large.id) < order.index(middle.id)
    with pytest.raises(ConflictError, match="succeeded"):
        steering.prioritize(intake, large.id)


@pytest.mark.parametrize(
    ("start", "n_encoded"), [(Stage.EXTRACT, 1), (Stage.SEGMENT, 1), (Stage.ENRICH, 0)]
)
def test_a_document_is_worked_on_again_from_a_stage_on(
    intake: Intake, pipeline: Pipeline, start: Stage, n_encoded: int
) -> None:
    with a_worker(pipeline):
        first = ended(intake, send(intake, TEXT, tags=("pricing",)).job)
        before = intake.catalog.passages.of_document(first.document_id)
        encoder = pipeline.encoder("first")
        n_before = encoder.n_encoded  # type: ignore[attr-defined]
        again = ended(intake, steering.rerun(intake, first.document_id, start=start))

    assert (again.state, again.attempt) == (JobState.SUCCEEDED, 2)
    assert encoder.n_encoded - n_before == n_encoded  # type: ignore[attr-defined]
    assert intake.catalog.passages.of_document(first.document_id) == before
    assert len(intake.catalog.changes.after(0, 10)) == 2
    vectors = intake.catalog.passages.vectors_of(first.document_id, "first")
    assert vectors.keys() == {passage.id for passage in before}


def test_what_is_not_there_cannot_be_steered(intake: Intake) -> None:
    for act in (steering.cancel, steering.pause, steering.resume, steering.prioritize):
        with pytest.raises(NotFoundError):
            act(intake, JobId("j-nothing"))
    with pytest.raises(NotFoundError):
        steering.rerun(intake, send(intake, TEXT).document_id, start=Stage.ENCODE)


def test_a_file_that_kills_its_worker_again_and_again_is_put_aside(
    intake: Intake, pipeline: Pipeline
) -> None:
    job = send(intake, TEXT).job
    for _ in range(intake.settings.ingestion.max_worker_deaths):
        intake.catalog.jobs.begin(job.id, Stage.RECEIVE, now=intake.clock())  # and died

    with a_worker(pipeline):
        done = ended(intake, job)

    assert done.state is JobState.FAILED
    assert done.problem is not None
    assert (done.problem.code, "10 times" in done.problem.detail) == ("stops-worker", True)


def test_a_disk_that_is_full_in_each_stage_delays_the_job_and_nothing_else(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    full: list[Stage] = []

    def full_once(stage: Stage, step: steps.Step, run: steps.StageRun) -> steps.NewKeys:
        if stage not in full:
            full.append(stage)
            raise OSError(errno.ENOSPC, "No space left on device")
        return step(run)

    for stage, step in list(steps.STEPS.items()):
        monkeypatch.setitem(steps.STEPS, stage, functools.partial(full_once, stage, step))
    monkeypatch.setattr("pipelines.workflows.ingest.RETRY_AFTER_S", 0.05)
    job = send(intake, TEXT).job
    with a_worker(pipeline):
        done = ended(intake, job)

    assert (done.state, full) == (JobState.SUCCEEDED, list(Stage))
    assert len(intake.catalog.changes.after(0, 10)) == 1


def test_what_there_is_no_room_for_is_refused_before_it_is_stored(intake: Intake) -> None:
    settings = msgspec.structs.replace(
        intake.settings,
        ingestion=msgspec.structs.replace(intake.settings.ingestion, min_free_bytes=2**62),
    )

    with pytest.raises(StorageFullError, match="nearly full"):
        send(msgspec.structs.replace(intake, settings=settings), TEXT)

    blobs = intake.settings.data_dir / "blobs"
    assert not [path for path in blobs.rglob("*") if path.is_file()]
    assert intake.catalog.jobs.list_recent() == []


def test_no_stage_begins_while_the_disk_is_nearly_full(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = send(intake, TEXT).job
    room = [False]
    monkeypatch.setattr("pipelines.workflows.ingest.has_room", lambda _: room[0])
    monkeypatch.setattr("pipelines.workflows.ingest.ROOM_POLL_S", 0.05)

    with a_worker(pipeline):
        threading.Event().wait(0.8)
        waiting = now(intake, job)
        room[0] = True
        done = ended(intake, job)

    assert waiting.state is JobState.QUEUED
    assert done.state is JobState.SUCCEEDED


def test_pauses_are_no_deaths_of_a_worker(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Stage.ENCODE)
    job = send(intake, TEXT).job

    with a_worker(pipeline):
        for _ in range(2):
            gate.began.clear()
            assert gate.began.wait(30)
            steering.pause(intake, job.id)
            until(is_held(intake, job))
            steering.resume(intake, job.id)
        gate.began.clear()
        assert gate.began.wait(30)
        n_starts = intake.catalog.jobs.begin(job.id, Stage.ENCODE, now=intake.clock())
        gate.open.set()
        done = ended(intake, job)

    assert done.state is JobState.SUCCEEDED
    assert n_starts == 2  # the one under way, and this one: the paused ones are forgotten
