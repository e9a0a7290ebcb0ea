"""Several threads and connections at once, on both databases."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_revision,
    a_submission,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.change_log import append_change
from indexer.catalog.records import ChangeKind
from schemas.document import Document
from schemas.ids import DocumentId

N_REVISIONS = 25
N_WRITERS = 4
N_EACH = 15


def publish(catalog: Catalog, document: Document, n: int = 3) -> int:
    vectors = {AN_ENCODER: some_vectors(n)}
    return catalog.publishing.publish(document, some_passages(document, n), vectors, [])


@pytest.fixture
def another(catalog: Catalog, catalog_url: str) -> Iterator[Catalog]:
    """The same database through a pool of its own, as another process has it."""
    opened = open_catalog(catalog_url)
    yield opened
    opened.close()


def revision(number: int) -> Document:
    """Revision ``number``, known by its title and by its number of passages, at least one."""
    return a_document(
        revision=a_revision(str(number)),
        title=str(1 + number % 7),
        published_at=A_MOMENT + timedelta(seconds=number),
    )


def test_there_is_no_moment_without_a_revision(catalog: Catalog, another: Catalog) -> None:
    publish(catalog, revision(0), n=1)
    seen: list[tuple[str, int, int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            entries, vectors = another.changes.entries(revision(0).id, AN_ENCODER)
            title = entries[0].title if entries else "nothing"
            seen.append((title, len(entries), len(vectors)))

    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read)
        try:
            for number in range(1, N_REVISIONS):
                publish(catalog, revision(number), n=1 + number % 7)
        finally:
            done.set()
        reading.result(timeout=30)

    assert len(set(seen)) > 1, "the reader never saw a change: nothing was tested"
    assert {(title, n, n_vectors) for title, n, n_vectors in seen} <= {
        (str(n), n, n) for n in range(1, 8)
    }


def test_a_position_seen_is_never_followed_by_a_smaller_one(
    catalog: Catalog, another: Catalog
) -> None:
    slow, fast = DocumentId("d-slow"), a_document()
    with ThreadPoolExecutor() as pool:
        with catalog.database.publishing() as connection:
            first = append_change(connection, ChangeKind.PUBLISHED, slow, A_MOMENT)
            overtaking = pool.submit(publish, another, fast)
            # Without the lock the fast one commits here, with a later position than the one that
            # is still uncommitted: a follower would read it and skip the slow one for good.
            with pytest.raises(TimeoutError):
                overtaking.result(timeout=1)
            seen_meanwhile = another.changes.after(0, 10)
        second = overtaking.result(timeout=30)

    assert seen_meanwhile == []
    assert [(c.position, c.document_id) for c in another.changes.after(0, 10)] == [
        (first, slow),
        (second, fast.id),
    ]
    assert first < second


def test_a_follower_misses_nothing_that_many_writers_publish(
    catalog: Catalog, another: Catalog
) -> None:
    followed: list[DocumentId] = []
    published = threading.Event()

    def follow() -> None:
        position, is_last = 0, False
        while not is_last:
            # Looked at before reading: what was published by then must be in this read.
            is_last = published.is_set() and position == another.changes.last_position()
            for change in another.changes.after(position, 5):
                position = change.position
                followed.append(change.document_id)

    def write(writer: int) -> None:
        for n in range(N_EACH):
            publish(catalog, a_document(f"{writer}-{n}"))

    with ThreadPoolExecutor() as pool:
        following = pool.submit(follow)
        try:
            list(pool.map(write, range(N_WRITERS)))
        finally:
            published.set()
        following.result(timeout=30)

    assert sorted(followed) == catalog.documents.all_ids()


def test_concurrent_writers_lose_nothing(catalog: Catalog, another: Catalog) -> None:
    together = threading.Barrier(N_WRITERS)

    def write(writer: int) -> None:
        mine = catalog if writer % 2 else another
        together.wait(timeout=10)
        for n in range(N_EACH):
            submission = a_submission(f"{writer}-{n}")
            job, _ = mine.jobs.create(submission, now=A_MOMENT)
            publish(mine, a_document(f"{writer}-{n}"))
            mine.jobs.update(job.id, progress=1.0, now=A_MOMENT)
            mine.workers.beat(f"worker-{writer}", A_MOMENT)

    with ThreadPoolExecutor(N_WRITERS) as pool:
        list(pool.map(write, range(N_WRITERS)))

    jobs = catalog.jobs.list_recent(limit=1_000)
    assert catalog.documents.n_published() == N_WRITERS * N_EACH
    assert [job.progress for job in jobs] == [1.0] * (N_WRITERS * N_EACH)
    assert len(catalog.changes.after(0, 1_000)) == N_WRITERS * N_EACH


@pytest.mark.parametrize("n", [2, 8])
def test_one_of_several_senders_of_the_same_bytes_makes_the_job(catalog: Catalog, n: int) -> None:
    together = threading.Barrier(n)

    def send(_: int) -> bool:
        together.wait(timeout=10)
        return catalog.jobs.create(a_submission(), now=A_MOMENT)[1]

    with ThreadPoolExecutor(n) as pool:
        answers = list(pool.map(send, range(n)))

    assert sorted(answers) == [False] * (n - 1) + [True]


def test_the_same_revision_published_by_two_at_once_is_published_once(
    catalog: Catalog, another: Catalog
) -> None:
    together = threading.Barrier(2)

    def send(through: Catalog) -> int:
        together.wait(timeout=10)
        return publish(through, a_document())

    with ThreadPoolExecutor(2) as pool:
        positions = list(pool.map(send, [catalog, another]))

    assert positions == [1, 1]
    assert len(catalog.changes.after(0, 10)) == 1
