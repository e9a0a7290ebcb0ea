"""Documents go when their kind's time is over, and files when nothing needs them any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.builders import a_document, a_submission
from indexer.blobs import open_blobs
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.ports import BlobStore
from indexer.retention import expire, expiring, hold
from indexer.sweeping import orphans, sweep_blobs
from schemas.document import Document, DocumentKind
from schemas.ids import DocumentId
from schemas.job import JobState
from schemas.settings import RetentionSettings
from schemas.sharing import shared_source

NOW = datetime(2026, 11, 1, tzinfo=UTC)
YEAR = RetentionSettings(exchange_days=365)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return open_blobs((tmp_path / "blobs").as_uri())


def publish(catalog: Catalog, source: str, days: int, kind: str = "exchange") -> Document:
    document = a_document(source, kind=DocumentKind(kind), created_at=NOW - timedelta(days=days))
    catalog.publishing.publish(document, [], {}, [])
    return document


def ids(found: tuple[object, ...]) -> list[DocumentId]:
    return [each.document_id for each in found]  # type: ignore[attr-defined]


def test_only_kinds_with_a_period_go_and_only_when_it_is_over(catalog: Catalog) -> None:
    old = publish(catalog, "old", 366)
    publish(catalog, "soon", 350)
    publish(catalog, "course", 4_000, kind="course")

    gone = expire(catalog, YEAR, now=NOW)

    assert ids(gone) == [old.id]
    assert catalog.documents.get(old.id) is None
    assert catalog.documents.n_published() == 2
    assert expire(catalog, YEAR, now=NOW) == ()
    assert expire(catalog, RetentionSettings(), now=NOW + timedelta(days=9_999)) == ()


def test_what_goes_is_told_beforehand_the_first_first(catalog: Catalog) -> None:
    later, first = publish(catalog, "later", 340), publish(catalog, "first", 350)

    told = expiring(catalog, YEAR, until=NOW + timedelta(days=30))

    assert ids(told) == [first.id, later.id]
    assert told[0].expires_at == NOW + timedelta(days=15)


def test_a_held_document_stays_until_it_is_released(catalog: Catalog) -> None:
    old = publish(catalog, "old", 400)
    hold(catalog, old.id, is_held=True)
    kept = expire(catalog, YEAR, now=NOW)
    hold(catalog, old.id, is_held=False)

    assert kept == ()
    assert ids(expire(catalog, YEAR, now=NOW)) == [old.id]


def test_a_document_that_is_worked_on_goes_later(catalog: Catalog) -> None:
    old = publish(catalog, "old", 400)
    job, _ = catalog.jobs.create(a_submission("old"), now=NOW)
    assert job.document_id == old.id
    before = expire(catalog, YEAR, now=NOW)

    catalog.jobs.update(job.id, now=NOW, state=JobState.SUCCEEDED)

    assert before == ()
    assert ids(expire(catalog, YEAR, now=NOW)) == [old.id]


def test_the_jobs_of_a_shared_copy_go_with_the_original(catalog: Catalog) -> None:
    old = publish(catalog, "old", 400)
    copy_id = catalog.sharings.request(old.id, None, NOW).copy_id
    source = shared_source(old.id)
    copying, _ = catalog.jobs.create(a_submission(source, document_id=copy_id), now=NOW)
    before = expire(catalog, YEAR, now=NOW)
    catalog.jobs.update(copying.id, now=NOW, state=JobState.SUCCEEDED)

    gone = expire(catalog, YEAR, now=NOW)

    assert (before, ids(gone)) == ((), [old.id])
    assert catalog.jobs.get(copying.id) is None


class Crashing:
    """Documents whose catalog dies when one is deleted."""

    def delete(self, document_id: DocumentId) -> bool:
        raise RuntimeError(document_id)


def test_a_crash_in_between_leaves_no_job_of_a_document_that_is_gone(catalog: Catalog) -> None:
    old = publish(catalog, "old", 400)
    job, _ = catalog.jobs.create(a_submission("old"), now=NOW)
    catalog.jobs.update(job.id, now=NOW, state=JobState.SUCCEEDED)

    with pytest.raises(RuntimeError):
        expire(replace(catalog, documents=Crashing()), YEAR, now=NOW)

    assert catalog.jobs.get(job.id) is None
    assert ids(expire(catalog, YEAR, now=NOW)) == [old.id]


def test_files_go_once_nothing_needs_them_and_they_are_a_day_old(
    catalog: Catalog, blobs: BlobStore
) -> None:
    kept, lost = blobs.put(b"in use"), blobs.put(b"of nobody")
    document = a_document(
        "one",
        kind=DocumentKind.EXCHANGE,
        original=kept,
        created_at=NOW - timedelta(days=400),
    )
    catalog.publishing.publish(document, [], {}, [])
    tomorrow = datetime.now(UTC) + timedelta(days=2)

    assert orphans(catalog, blobs, now=datetime.now(UTC)) == ()
    assert sweep_blobs(catalog, blobs, now=tomorrow) == (lost,)
    expire(catalog, YEAR, now=NOW)
    assert sweep_blobs(catalog, blobs, now=tomorrow) == (kept,)
    assert list(blobs.keys()) == []


def test_results_of_stages_stay_while_their_job_may_go_on(
    catalog: Catalog, blobs: BlobStore
) -> None:
    job, _ = catalog.jobs.create(a_submission("one"), now=NOW)
    result = blobs.put(b'{"job_id":"' + job.id.encode() + b'","value":1}')
    later = datetime.now(UTC) + timedelta(days=2)
    catalog.jobs.update(job.id, now=NOW, state=JobState.FAILED)
    before = orphans(catalog, blobs, now=later)

    catalog.jobs.update(job.id, now=NOW, state=JobState.SUCCEEDED)

    assert before == ()
    assert orphans(catalog, blobs, now=later) == (result,)


def test_storing_the_same_bytes_again_makes_them_young(catalog: Catalog, blobs: BlobStore) -> None:
    key = blobs.put(b"once more")
    with blobs.local_path(key) as path:
        import os

        os.utime(path, (0, 0))
    assert orphans(catalog, blobs, now=datetime.now(UTC)) == (key,)

    blobs.put(b"once more")

    assert orphans(catalog, blobs, now=datetime.now(UTC)) == ()
