"""Nothing is lost and nothing finished is done again, whenever a process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg
import pytest
from dbos import DBOSClient

from indexer.intake import Intake, SubmissionOptions, receive
from pipelines.bootstrap import Pipeline
from schemas.document import MediaKind
from schemas.job import JobState, Stage
from schemas.settings import ModelSettings, Settings
from tests.integration.workflows.conftest import a_worker, ended, until

HERE = Path(__file__).parent
VIDEO = HERE.parents[2] / "fixtures" / "media" / "tva-franchise.mp4"
CLIP_S = "15"
STAGE_WAIT_S = 180.0  # a stage that loads a model, on a machine that has other things to do


@pytest.mark.slow
class TestKilledWorker:
    """A worker with the real models, killed at the end of every stage of a video's ingestion."""

    @pytest.fixture
    def settings(self, tmp_path: Path, models_dir: Path) -> Settings:
        return Settings(data_dir=tmp_path, models=ModelSettings(directory=str(models_dir)))

    def test_each_finished_stage_runs_once_and_the_video_is_published_once(
        self, intake: Intake, settings: Settings, tmp_path: Path
    ) -> None:
        clip, log = tmp_path / "clip.mp4", tmp_path / "stages.log"
        _cut(VIDEO, clip)
        said = SubmissionOptions()
        job = receive(intake, clip, filename="clip.mp4", options=said, uploaded_by=None).job

        for stage in Stage:
            worker = _start(settings, stage, log)
            # The work of this stage is done and not recorded: the worst moment there is.
            until(lambda last=f"end {stage}": _lines(log)[-1:] == [last], within_s=STAGE_WAIT_S)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        last = _start(settings, None, log)
        finished = ended(intake, job)
        last.kill()
        last.wait()

        assert (finished.state, finished.problem) == (JobState.SUCCEEDED, None)
        # Once until the kill and once for good; a finished stage would show a third time.
        assert Counter(_lines(log)) == {
            f"{moment} {stage}": 2 for moment in ("start", "end") for stage in Stage
        }
        assert _recorded_steps(settings, job.id) == Counter([*Stage, "finish"])
        assert len(intake.catalog.changes.after(0, 10)) == 1
        document = intake.catalog.documents.get(job.document_id)
        assert document is not None
        assert document.media_kind is MediaKind.VIDEO
        spoken = " ".join(p.text for p in intake.catalog.passages.of_document(document.id))
        assert "TVA" in spoken


@pytest.mark.slow
def test_a_worker_asked_to_stop_ends_well_and_leaves_its_name_free(
    intake: Intake, settings: Settings
) -> None:
    command = [sys.executable, "-m", "cli.app", "work", "--data-dir", str(settings.data_dir)]
    for _ in range(2):
        worker = subprocess.Popen(command, cwd=HERE.parents[2])
        started_at = intake.clock()
        until(lambda since=started_at: bool(_beaten(intake, since)))
        worker.send_signal(signal.SIGTERM)

        assert worker.wait(timeout=30) == 0
    assert len(_beaten(intake)) == 1


@pytest.mark.parametrize("unreached", ["row", "queue"])
def test_a_sender_killed_between_two_writes_loses_nothing(
    intake: Intake, pipeline: Pipeline, tmp_path: Path, unreached: str
) -> None:
    path = tmp_path / "prix.md"
    path.write_text("# Fixer ses prix\n\nUn prix couvre le temps et la marge.\n")
    command = [sys.executable, str(HERE / "sender_that_dies.py"), str(tmp_path), str(path)]
    died = subprocess.run([*command, unreached], check=False, cwd=HERE.parents[2])

    with a_worker(pipeline):
        said = SubmissionOptions()
        received = receive(intake, path, filename=path.name, options=said, uploaded_by=None)
        job = ended(intake, received.job)

    assert died.returncode == -signal.SIGKILL
    assert received.is_new is (unreached == "row")
    assert job.state is JobState.SUCCEEDED
    assert len(intake.catalog.changes.after(0, 10)) == 1


def _start(settings: Settings, hold_at: Stage | None, log: Path) -> subprocess.Popen[bytes]:
    script = HERE / "worker_that_holds.py"
    arguments = [str(settings.data_dir), hold_at or "never", "end", str(log)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parents[2]),
        "CORDEE_MODELS__DIRECTORY": settings.models.directory,
        "CORDEE_MODELS__THREADS": "2",
    }
    return subprocess.Popen([sys.executable, str(script), *arguments], env=environment)


def _beaten(intake: Intake, since: datetime | None = None) -> list[str]:
    now = intake.clock()
    return intake.catalog.workers.alive(
        now, within_s=(now - since).total_seconds() if since else 600
    )


def _cut(video: Path, clip: Path) -> None:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    options = ["-v", "error", "-t", CLIP_S, "-i", str(video), "-c", "copy", str(clip)]
    subprocess.run([ffmpeg, *options], check=True)


def _lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def _recorded_steps(settings: Settings, workflow_id: str) -> Counter[str]:
    client = DBOSClient(system_database_url=settings.workflow_url)
    try:
        return Counter(step["function_name"] for step in client.list_workflow_steps(workflow_id))
    finally:
        client.destroy()
