"""A whole ingestion on a fresh data directory: real catalog, blobs, queue and worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from api.adapters.job_queue import open_job_queue
from indexer.blobs import open_blobs
from indexer.catalog.catalog import open_catalog
from indexer.intake import Intake
from pipelines.bootstrap import Pipeline
from pipelines.workflows.runtime import serve_queues
from schemas.ids import TagId
from schemas.job import OVER, Job
from schemas.settings import ModelSettings, Settings
from schemas.tag import TagAssigner, TagAssignment

if TYPE_CHECKING:
    from schemas.passage import Vectors

WAIT_S = 60.0


class FakeEncoder:
    """Unit vectors made from the text; remembers how many texts it encoded."""

    dimensions = 8

    def __init__(self, name: str) -> None:
        self.name = name
        self.n_encoded = 0

    def encode_passages(self, texts: list[str]) -> Vectors:
        self.n_encoded += len(texts)
        rows = [np.random.default_rng(len(t)).normal(size=self.dimensions) for t in texts]
        array = np.array(rows, np.float32)
        return np.asarray(array / np.linalg.norm(array, axis=1, keepdims=True), np.float32)

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class FakeTagger:
    """Knows one tag, ``topic.pricing``, which it finds in a declared name only."""

    def assign(
        self, title: str, passages_text: list[str], vectors: Vectors, declared: list[str]
    ) -> tuple[tuple[TagAssignment, ...], tuple[str, ...]]:
        known = [name for name in declared if name in {"topic.pricing", "pricing"}]
        unknown = tuple(
            f"The tag {n!r} is not in the taxonomy." for n in declared if n not in known
        )
        tag = TagAssignment(TagId("topic.pricing"), TagAssigner.ALIAS, 1.0)
        return ((tag,) if known else ()), unknown

    def named(self, text: str) -> set[TagId]:
        return {TagId("topic.pricing")} if "prix" in text else set()


class NoTranscriber:
    """No test here hears anything."""

    def transcribe(self, wav: Path, **_: object) -> None:
        raise AssertionError("written documents need no transcriber")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, models=ModelSettings(encoder="first"))


@pytest.fixture
def intake(settings: Settings) -> Iterator[Intake]:
    catalog = open_catalog(settings.catalog_url)
    with closing(catalog), closing(open_job_queue(settings)) as queue:
        yield Intake(
            catalog=catalog,
            blobs=open_blobs(settings.blob_url),
            queue=queue,
            settings=settings,
            clock=lambda: datetime.now(UTC),
        )


@pytest.fixture
def pipeline(intake: Intake) -> Pipeline:
    encoders: dict[str, FakeEncoder] = {}
    return Pipeline(
        settings=intake.settings,
        catalog=intake.catalog,
        blobs=intake.blobs,
        clock=intake.clock,
        transcriber=NoTranscriber(),
        encoder=lambda name: encoders.setdefault(name, FakeEncoder(name)),
        tagger=FakeTagger,
        count_tokens=lambda texts: [len(text.split()) for text in texts],
        language_of=lambda _: "fr",
    )


@contextmanager
def a_worker(pipeline: Pipeline) -> Iterator[None]:
    """Run a worker in a thread for as long as the context lasts."""
    stop = threading.Event()
    thread = threading.Thread(target=serve_queues, args=(pipeline, "test-0", stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def until(condition: Callable[[], bool], *, within_s: float = WAIT_S) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    tick = threading.Event()
    for _ in range(int(within_s / 0.05)):
        if condition():
            return
        tick.wait(0.05)
    raise AssertionError("it did not happen in time")


def ended(intake: Intake, job: Job) -> Job:
    """Wait for a job to end and return it as it ended."""

    def now() -> Job:
        found = intake.catalog.jobs.get(job.id)
        assert found is not None
        return found

    until(lambda: now().state in OVER)
    return now()


def with_settings(pipeline: Pipeline, settings: Settings) -> Pipeline:
    """Return the same bundle under other settings."""
    return msgspec.structs.replace(pipeline, settings=settings)
