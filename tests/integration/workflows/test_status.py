"""What `cordee status` says: figures that are right, and whatever wants somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fixtures.builders import a_document, some_vectors
from indexer.erasing.ledger import LEDGER_FILE, Entry, note
from indexer.intake import Intake
from indexer.status import behind, read_status
from pipelines.bootstrap import Pipeline
from schemas.document import DocumentKind
from schemas.job import JobState
from schemas.outlook import Standing
from schemas.status import Status
from tests.integration.workflows.conftest import a_worker, ended
from tests.integration.workflows.test_ingest import TEXT, send


def told(intake: Intake) -> Status:
    return read_status(intake.settings, intake.catalog, now=intake.clock(), server=None)


def test_what_is_stored_is_counted_and_missing_models_are_named(
    intake: Intake, pipeline: Pipeline
) -> None:
    assert told(intake).generation is None
    with a_worker(pipeline):
        assert ended(intake, send(intake, TEXT).job).state is JobState.SUCCEEDED
    status = told(intake)
    assert (status.documents, sum(status.by_kind.values())) == (1, 1)
    assert set(status.by_kind) == set(DocumentKind)
    assert status.passages == len(
        intake.catalog.passages.of_document(intake.catalog.documents.all_ids()[0])
    )
    assert status.jobs[JobState.SUCCEEDED] == 1
    assert sum(status.standings.values()) == 0
    assert status.failures == {}
    assert not any(status.models.values())
    assert [want.split(":")[0] for want in status.wants] == ["Models are not there"]


def test_what_failed_counts_until_a_later_try_makes_up_for_it(
    intake: Intake, pipeline: Pipeline
) -> None:
    with a_worker(pipeline):
        assert ended(
            intake, send(intake, b"\x00\x02", name="vide.md", source="fiche-1").job
        ).problem
        assert ended(intake, send(intake, b"\x00\x01", name="x.md").job).problem
        before = told(intake)
        ended(intake, send(intake, TEXT, source="fiche-1").job)
    after = told(intake)
    assert sum(before.failures.values()) == 2
    assert any(want.startswith("2 documents failed") for want in before.wants)
    assert sum(after.failures.values()) == 1
    assert len(after.failed) == 1


def test_jobs_without_a_worker_a_full_disk_and_a_due_erasure_want_somebody(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(intake, TEXT)
    note(intake.settings.data_dir / LEDGER_FILE, Entry("e-1", "hash", "other", is_done=False))
    monkeypatch.setattr("indexer.status.has_room", lambda _: False)
    status = told(intake)
    assert status.standings[Standing.WAITING] == 1
    assert status.erasures_due == 1
    assert "1 jobs wait and no worker is alive" in " ".join(status.wants)
    assert "The disk is nearly full" in " ".join(status.wants)
    assert "1 erasures are due" in " ".join(status.wants)


def test_the_lag_is_that_of_the_slowest_index_and_as_old_as_its_first_change(
    intake: Intake,
) -> None:
    catalog = intake.catalog
    assert behind(catalog, intake.clock()) == (0, 0.0)
    first = catalog.generations.ensure("first")
    catalog.generations.report("api-1", first.number, 0, intake.clock())
    document = a_document(published_at=intake.clock())
    catalog.publishing.publish(document, [], some_vectors(0), ())
    n_changes, waited_s = behind(catalog, intake.clock() + timedelta(seconds=30))
    assert n_changes == 1
    assert 30 <= waited_s < 60
    assert behind(catalog, intake.clock() + timedelta(minutes=5)) == (0, 0.0)  # that one is gone
