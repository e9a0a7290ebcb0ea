"""Documents by their address: fetched by the worker, as the first stage of their job."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fixtures.builders import an_exchange_dict
from indexer import steering
from indexer.intake import Intake, Received, SubmissionOptions, retry
from indexer.ordering import order
from pipelines.bootstrap import Pipeline
from pipelines.workflows.receiving import KNOWN_WARNING
from schemas.ids import document_id_for
from schemas.job import JobState, Stage
from schemas.settings import ModelSettings, Settings
from tests.integration.workflows.conftest import a_worker, ended, until
from tests.integration.workflows.test_ingest import send
from tests.integration.workflows.test_steering import Gate
from tests.unit.indexer.test_fetching import PAGES, PRIVATE, Site, served

PAGE = b"# Enfin\n\nUn prix couvre le temps, les charges et la marge.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A school that fetches from this machine."""
    models = ModelSettings(encoder="first")
    ingestion = msgspec.structs.replace(PRIVATE, workers=2)
    return Settings(data_dir=tmp_path, models=models, ingestion=ingestion)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setitem(PAGES, "/flaky", (200, PAGE, {"Content-Type": "text/markdown"}))
    monkeypatch.setitem(
        PAGES, "/exchange", (200, json.dumps(an_exchange_dict(id="ex-far")).encode(), {})
    )
    monkeypatch.setattr("indexer.fetching.PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr("pipelines.workflows.ingest.RETRY_AFTER_S", 0.05)
    with served() as port:
        yield f"http://127.0.0.1:{port}"


def asked(intake: Intake, url: str, **said: object) -> Received:
    options = SubmissionOptions(**said)  # type: ignore[arg-type]
    return order(intake, url, options=options, uploaded_by=None)


def test_what_may_pass_is_waited_for_and_the_document_is_published(
    intake: Intake, pipeline: Pipeline, site: str
) -> None:
    Site.failures[0] = 4  # one fetching tries three times, then the stage is tried again
    ordered = asked(intake, f"{site}/flaky", title="Prix")
    before = (ordered.job.state, ordered.job.stage, ordered.is_new)

    with a_worker(pipeline):
        job = ended(intake, ordered.job)

    assert before == (JobState.QUEUED, None, True)
    assert (job.state, job.problem) == (JobState.SUCCEEDED, None)
    assert job.document_id == ordered.document_id == document_id_for(f"{site}/flaky")
    document = intake.catalog.documents.get(job.document_id)
    assert document is not None
    assert (document.title, document.filename) == ("Prix", "flaky.md")
    assert intake.blobs.read(document.original) == PAGE
    assert intake.catalog.jobs.submission(job.id).url is None
    assert not list((intake.settings.data_dir / "fetching").iterdir())


def test_the_same_by_file_and_by_address_is_one_document(
    intake: Intake, pipeline: Pipeline, site: str
) -> None:
    with a_worker(pipeline):
        by_file = ended(intake, send(intake, PAGE, "enfin.md").job)
        by_address = ended(intake, asked(intake, f"{site}/flaky").job)
        again = send(intake, PAGE, "enfin.md")

    assert (by_address.state, by_address.stage) == (JobState.SUCCEEDED, Stage.RECEIVE)
    assert by_address.document_id == by_file.document_id
    assert by_address.warnings == (KNOWN_WARNING,)
    assert (again.document_id, again.is_new) == (by_file.document_id, False)
    assert len(intake.catalog.changes.after(0, 10)) == 1


def test_bytes_that_another_job_works_on_are_left_to_it(
    intake: Intake, pipeline: Pipeline, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, Stage.ENCODE)
    with a_worker(pipeline):
        sent = send(intake, PAGE, "enfin.md").job
        assert gate.began.wait(30)
        fetched = ended(intake, asked(intake, f"{site}/flaky").job)
        gate.open.set()
        done = ended(intake, sent)

    assert fetched.document_id == done.document_id
    assert (done.state, done.warnings, gate.n_starts) == (JobState.SUCCEEDED, (), 1)
    assert intake.catalog.documents.get(done.document_id) is not None


def test_bytes_that_were_fetched_are_known_when_they_are_sent(
    intake: Intake, pipeline: Pipeline, site: str
) -> None:
    with a_worker(pipeline):
        fetched = ended(intake, asked(intake, f"{site}/flaky").job)
    sent = send(intake, PAGE, "enfin.md")

    assert (sent.job.id, sent.is_new) == (fetched.id, False)


def test_an_exchange_is_the_document_that_it_says(
    intake: Intake, pipeline: Pipeline, site: str
) -> None:
    with a_worker(pipeline):
        job = ended(intake, asked(intake, f"{site}/exchange").job)

    assert job.state is JobState.SUCCEEDED
    assert job.document_id == document_id_for("exchange:ex-far")
    assert intake.catalog.documents.get(job.document_id) is not None


def test_what_the_site_does_not_give_is_said_and_may_be_tried_again(
    intake: Intake, pipeline: Pipeline, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_worker(pipeline):
        failed = ended(intake, asked(intake, f"{site}/late.md").job)
        monkeypatch.setitem(PAGES, "/late.md", (200, PAGE, {}))
        done = ended(intake, retry(intake, failed.id))

    assert failed.state is JobState.FAILED
    assert failed.problem is not None
    assert (failed.problem.code, failed.problem.stage) == ("not-fetched", Stage.RECEIVE)
    assert "404" in failed.problem.detail
    assert (done.state, done.attempt) == (JobState.SUCCEEDED, 2)


def test_fetching_can_be_cancelled(intake: Intake, pipeline: Pipeline, site: str) -> None:
    job = asked(intake, f"{site}/drip").job
    n_before = len(Site.hosts)

    with a_worker(pipeline):
        until(lambda: len(Site.hosts) > n_before)
        threading.Event().wait(0.2)
        steering.cancel(intake, job.id)
        until(lambda: not list((intake.settings.data_dir / "fetching").iterdir()), within_s=2.5)

    assert ended(intake, job).state is JobState.CANCELLED
    assert intake.catalog.changes.last_position() == 0
