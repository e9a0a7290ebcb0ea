"""What a stage cost is logged once and counted for all workers together."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from structlog.testing import capture_logs

from api.stage_metrics import StageFigures
from indexer.catalog.stage_times import BOUNDS_S
from indexer.intake import Intake
from pipelines.bootstrap import Pipeline
from pipelines.workflows.measuring import StageClock
from schemas.errors import TransientError
from schemas.ids import JobId
from schemas.job import JobState, Stage
from schemas.stage_time import StageOutcome
from tests.integration.workflows.conftest import a_worker, ended
from tests.integration.workflows.test_ingest import TEXT, send


def test_every_stage_is_logged_once_and_counted(intake: Intake, pipeline: Pipeline) -> None:
    with capture_logs() as logged, a_worker(pipeline):
        job = ended(intake, send(intake, TEXT).job)
        bad = ended(intake, send(intake, b"%PDF-1.7 and then nothing", "sheet.pdf").job)

    lines = [line for line in logged if line["event"] == "stage.finished"]
    assert [line["stage"] for line in lines if line["job_id"] == job.id] == list(Stage)
    assert all({"took_ms", "cpu_ms", "amount"} <= line.keys() for line in lines)
    assert {line["document_id"] for line in lines if line["job_id"] == job.id} == {job.document_id}
    (failed,) = [line for line in logged if line["event"] == "stage.failed"]
    assert (failed["job_id"], failed["document_id"]) == (bad.id, bad.document_id)
    passages = intake.catalog.passages.of_document(job.document_id)
    assert _counted(intake, Stage.PUBLISH, StageOutcome.FINISHED) == (1, len(passages))
    assert _counted(intake, Stage.RECEIVE, StageOutcome.FINISHED)[0] == 2
    assert bad.state is JobState.FAILED
    assert _counted(intake, Stage.EXTRACT, StageOutcome.FAILED)[0] == 1


def test_sums_of_many_runs_make_a_histogram(intake: Intake) -> None:
    times = intake.catalog.stage_times
    for seconds in (0.02, 0.03, 2.0, 4000.0):
        times.add(Stage.ENCODE, StageOutcome.FINISHED, seconds=seconds, cpu_seconds=1.5, amount=10)
    registry = CollectorRegistry()
    registry.register(StageFigures(times))

    shown = generate_latest(registry).decode()

    labels = 'outcome="finished",stage="encode"'
    assert f'cordee_stage_seconds_bucket{{le="0.05",{labels}}} 2.0' in shown
    assert f'cordee_stage_seconds_bucket{{le="5.0",{labels}}} 3.0' in shown
    assert f'cordee_stage_seconds_bucket{{le="+Inf",{labels}}} 4.0' in shown
    assert f"cordee_stage_seconds_sum{{{labels}}} 4002.05" in shown
    assert f"cordee_stage_cpu_seconds_total{{{labels}}} 6.0" in shown
    assert f"cordee_stage_amount_total{{{labels}}} 40.0" in shown
    assert [time.within_s for time in times.all()] == [0.05, 5.0, BOUNDS_S[-1]]


def test_a_figure_that_cannot_be_written_fails_no_stage() -> None:
    class Closed:
        def add(self, *_: object, **__: object) -> None:
            raise TransientError("The catalog does not answer.")

    clock = StageClock(Closed(), JobId("j-1"), Stage.ENCODE)  # type: ignore[arg-type]

    with capture_logs() as logged:
        clock.end(StageOutcome.FINISHED)

    assert [line["event"] for line in logged] == ["stage.finished", "stage.not_counted"]


def _counted(intake: Intake, stage: Stage, outcome: StageOutcome) -> tuple[int, float]:
    """Return how many runs there were, however long they took, and their amount."""
    times = intake.catalog.stage_times.all()
    here = [time for time in times if (time.stage, time.outcome) == (stage, outcome)]
    return sum(time.n_runs for time in here), sum(time.amount for time in here)
