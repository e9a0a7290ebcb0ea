"""Ingest a batch with a worker of its own, killed now and then; and say what came of it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from benchmarks.batch.files import Made
from cli.intake import intake_of
from indexer.intake import Intake, SubmissionOptions, receive
from schemas.ids import DocumentId
from schemas.job import OVER, Job
from schemas.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
_POLL_S: Final = 0.1
_SECONDS_PER_FILE: Final = 30.0  # a batch that takes longer has hung
_START_S: Final = 1.5
"""How long after the chosen moment a kill falls at most: in the middle of whatever runs then."""

Say = Callable[[str], None]


class Outcome(msgspec.Struct, frozen=True):
    """What a batch left behind: the same for the same files where nothing was lost or doubled."""

    jobs: dict[str, tuple[str, str]]
    """State and problem code of each file's job, by file name."""
    documents: dict[str, str]
    """Hash of everything that was published of a document, without times, by file name."""
    n_passages: int
    n_vectors: int
    n_changes: int
    """Lines of the change log: one for each document that was published once."""
    blobs: frozenset[str]
    """Keys of everything stored."""


class Run(msgspec.Struct, frozen=True):
    """One ingestion of a batch."""

    outcome: Outcome
    n_kills: int
    seconds: float


def ingest(
    files: Sequence[Made],
    settings: Settings,
    *,
    n_kills: int,
    rng: Random,
    worker: Sequence[str],
    say: Say = lambda _: None,
) -> Run:
    """Send every file in, run a worker until all jobs are over, and read what came of it.

    Args:
        files: In the order in which they are sent.
        settings: With a data directory that is empty.
        n_kills: How often the worker gets SIGKILL, at moments spread by chance over the batch.
        rng: Chooses the moments.
        worker: Command of the worker process.
        say: Told how far it is.

    Raises:
        TimeoutError: If the batch does not end.
    """
    started = time.monotonic()
    with intake_of(settings) as intake:
        said = SubmissionOptions()
        jobs = {}
        for made in files:
            options = msgspec.structs.replace(said, location=made.path.as_uri())
            received = receive(
                intake, made.path, filename=made.path.name, options=options, uploaded_by=None
            )
            jobs[made.path.name] = received.job
        done = _Progress(intake, len(jobs), started + _SECONDS_PER_FILE * (len(jobs) + 4))
        killed = _kill_and_restart(done, worker, n_kills=n_kills, rng=rng, say=say)
        return Run(_outcome(intake, jobs), killed, time.monotonic() - started)


class _Progress:
    """How many jobs are over."""

    def __init__(self, intake: Intake, n_jobs: int, deadline_s: float) -> None:
        self._jobs = intake.catalog.jobs
        self.n_jobs = n_jobs
        self._deadline_s = deadline_s

    def n_over(self) -> int:
        if time.monotonic() > self._deadline_s:
            raise TimeoutError(f"The batch has not ended: {self._jobs.counts()}")
        counts = self._jobs.counts()
        return sum(counts[state] for state in OVER)

    def reach(self, n_over: float) -> bool:
        """Wait until so many jobs are over; return whether any is left then."""
        while (now := self.n_over()) < n_over:
            time.sleep(_POLL_S)
        return now < self.n_jobs


def _kill_and_restart(
    done: _Progress, worker: Sequence[str], *, n_kills: int, rng: Random, say: Say
) -> int:
    moments = sorted(rng.uniform(0, 0.97) * done.n_jobs for _ in range(n_kills))
    process, n_killed = _start(worker), 0
    try:
        for moment in moments:
            if not done.reach(moment):
                break
            time.sleep(rng.uniform(0, _START_S))
            process.send_signal(signal.SIGKILL)
            process.wait()
            n_killed += 1
            say(f"killed {n_killed} of {n_kills}, {done.n_over()} of {done.n_jobs} over")
            process = _start(worker)
        done.reach(done.n_jobs)
    finally:
        process.kill()
        process.wait()
    return n_killed


def _start(worker: Sequence[str]) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *worker], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
    )


def _outcome(intake: Intake, jobs: dict[str, Job]) -> Outcome:
    catalog = intake.catalog
    ended = {name: catalog.jobs.get(job.id) for name, job in jobs.items()}
    ids = {name: job.document_id for name, job in jobs.items()}
    published = {name: i for name, i in ids.items() if catalog.documents.get(i) is not None}
    passages = {i: catalog.passages.of_document(i) for i in published.values()}
    encoder = intake.settings.models.encoder
    return Outcome(
        jobs={
            name: (job.state.value, job.problem.code if job.problem else "")
            for name, job in ended.items()
            if job is not None
        },
        documents={name: _hash_of(intake, i) for name, i in published.items()},
        n_passages=sum(map(len, passages.values())),
        n_vectors=sum(len(catalog.passages.vectors_of(i, encoder)) for i in passages),
        n_changes=len(catalog.changes.after(0, 10 * len(jobs) + 10)),
        blobs=frozenset(_stored(intake.settings)),
    )


def _hash_of(intake: Intake, document_id: DocumentId) -> str:
    """Return the hash of a document with all that belongs to it; times are left out."""
    catalog = intake.catalog
    document = catalog.documents.get(document_id)
    passages = catalog.passages.of_document(document_id)
    vectors = catalog.passages.vectors_of(document_id, intake.settings.models.encoder)
    facts: dict[str, Any] = msgspec.to_builtins(document)
    for moment in ("created_at", "published_at"):
        facts.pop(moment, None)
    parts = [
        msgspec.json.encode(facts, order="sorted"),
        msgspec.json.encode(passages),
        *(vectors[passage.id].tobytes() for passage in passages),
        msgspec.json.encode(catalog.documents.tags([document_id])[document_id]),
        msgspec.json.encode(catalog.replies.of(document_id)),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stored(settings: Settings) -> Iterator[str]:
    root = settings.data_dir / "blobs"
    return (path.name for path in root.rglob("*") if path.is_file())
