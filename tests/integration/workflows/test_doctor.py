"""Each fault, made on purpose, is found by its check; what can be mended is."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete

from fixtures.builders import a_document, a_transcript, some_vectors
from indexer.catalog.tables import vectors
from indexer.doctor import Finding, Health, examine
from indexer.erasing.ledger import LEDGER_FILE, Entry, note
from indexer.intake import Intake
from pipelines.bootstrap import Pipeline
from schemas.ids import DocumentId
from schemas.job import JobState
from schemas.span import TimeSpan
from tests.integration.workflows.conftest import a_worker, ended, until
from tests.integration.workflows.test_ingest import TEXT, send


def found(intake: Intake, *, repair: bool = False, deep: bool = False) -> dict[str, Finding]:
    return {each.check: each for each in examine(intake, repair=repair, deep=deep)}


@pytest.fixture
def published(intake: Intake, pipeline: Pipeline) -> Intake:
    with a_worker(pipeline):
        assert ended(intake, send(intake, TEXT).job).state is JobState.SUCCEEDED
    return intake


def stored(intake: Intake, key: str) -> Path:
    return intake.settings.data_dir / "blobs" / key[:2] / key


def test_a_sound_installation_has_nothing_to_mend_but_its_models(published: Intake) -> None:
    findings = found(published, deep=True)

    wrong = {name for name, each in findings.items() if each.health is Health.ERROR}
    assert wrong == {"models"}  # none was pulled here
    assert "'first' is not in the manifest" in findings["models"].says
    assert findings["bytes"].health is Health.OK


def test_a_file_that_is_gone_or_changed_is_named(published: Intake) -> None:
    document = published.catalog.documents.get(published.catalog.documents.all_ids()[0])
    assert document is not None
    stored(published, document.content).write_bytes(b"{}")
    changed = found(published, deep=True)["bytes"]
    stored(published, document.original).unlink()
    gone = found(published)["files"]

    assert (changed.health, changed.says) == (Health.ERROR, document.content)
    assert (gone.health, gone.says) == (Health.ERROR, document.id)


def test_passages_without_vectors_are_queued_to_be_encoded(
    published: Intake, pipeline: Pipeline
) -> None:
    with published.catalog.database.writing() as connection:
        connection.execute(delete(vectors))

    before = found(published)["vectors"]
    repaired = found(published, repair=True)["vectors"]
    with a_worker(pipeline):
        until(lambda: not published.catalog.passages.without_vector("first", 1))

    assert (before.health, repaired.health) == (Health.ERROR, Health.REPAIRED)
    assert "1 passages" in before.says


def test_a_file_that_nothing_needs_is_swept(published: Intake) -> None:
    key = published.blobs.put(b"left behind by nobody")
    later = msgspec.structs.replace(published, clock=lambda: published.clock() + timedelta(days=3))

    before = found(later)["orphans"]
    after = found(later, repair=True)["orphans"]

    assert (before.health, after.health) == (Health.WARNING, Health.REPAIRED)
    assert not stored(published, key).exists()


def test_what_waits_for_nobody_and_what_failed_is_said(intake: Intake, pipeline: Pipeline) -> None:
    with a_worker(pipeline):
        ended(intake, send(intake, TEXT, tags=("topic.unheard-of",)).job)
    send(intake, b"# Seul\n\nPersonne ne le lit encore.\n", "seul.md")
    alone = msgspec.structs.replace(intake, clock=lambda: intake.clock() + timedelta(days=1))

    findings = found(alone)

    assert findings["failed jobs"].says == "1 unknown-tag"
    assert findings["workers"].health is Health.ERROR
    assert "1 jobs wait" in findings["workers"].says


def test_a_recording_with_holes_is_named(intake: Intake) -> None:
    whole, holed = a_document("whole"), a_document("holed")
    for document, holes in ((whole, ()), (holed, (TimeSpan(60_000, 95_000),))):
        heard = msgspec.structs.replace(a_transcript(), holes=holes)
        content = intake.blobs.put(msgspec.json.encode(heard))
        kept = msgspec.structs.replace(document, content=content)
        intake.catalog.publishing.publish(kept, [], {"first": some_vectors(0)}, [])

    finding = found(intake)["holes"]

    assert (finding.health, finding.says) == (Health.WARNING, holed.id)


def test_an_erasure_cut_short_is_an_error(intake: Intake) -> None:
    before = found(intake)["erasures"]
    note(intake.settings.data_dir / LEDGER_FILE, Entry("e-1", "hash", "other", is_done=False))

    after = found(intake)["erasures"]

    assert before.health is Health.OK
    assert after.health is Health.ERROR
    assert "cut short" in after.says


def test_a_disk_that_is_nearly_full_is_an_error(intake: Intake) -> None:
    wanted = msgspec.structs.replace(intake.settings.ingestion, min_free_bytes=2**60)
    settings = msgspec.structs.replace(intake.settings, ingestion=wanted)

    finding = found(msgspec.structs.replace(intake, settings=settings))["disk"]

    assert found(intake)["disk"].health is Health.OK
    assert finding.health is Health.ERROR
    assert "Nothing is taken in" in finding.says


def test_indexes_that_stay_behind_are_told_with_their_age(intake: Intake) -> None:
    catalog, now = intake.catalog, intake.clock()
    catalog.changes.ask_again([DocumentId("d-1")])
    alone = found(intake)["index"]
    catalog.generations.report("host:1", 1, 0, now)
    fresh = found(intake)["index"]
    later = now + timedelta(seconds=90)
    catalog.generations.report("host:1", 1, 0, later)
    late = found(msgspec.structs.replace(intake, clock=lambda: later))["index"]
    catalog.generations.report("host:1", 1, catalog.changes.last_position(), later)
    caught_up = found(msgspec.structs.replace(intake, clock=lambda: later))["index"]

    assert (alone.health, alone.says) == (
        Health.WARNING,
        "No server runs: the indexes follow when one does.",
    )
    assert (fresh.health, fresh.says[:17]) == (Health.OK, "1 changes behind.")
    assert late.health is Health.WARNING
    assert re.search(r"1 changes behind\. The first waits for (89|90) s\.", late.says)
    assert (caught_up.health, caught_up.says) == (Health.OK, "0 changes behind.")
