"""What a worker process runs: the workflow engine, its queues, a heartbeat and repairs."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from dbos import DBOS, DBOSConfig
from filelock import FileLock, Timeout

from indexer.erasing.pending import ensure_none_pending
from indexer.notifying import open_notifier
from pipelines.bootstrap import Pipeline, open_pipeline
from pipelines.workflows.correct import register_correct
from pipelines.workflows.ingest import Running, register_ingest
from pipelines.workflows.reencode import register_reencode
from pipelines.workflows.repair import (
    adopt_lost,
    apply_waiting,
    hide_waiting,
    repair,
    retire,
    sweep,
)
from schemas.errors import ConflictError
from schemas.job import (
    APP_NAME,
    APP_VERSION,
    CORRECTIONS_QUEUE,
    FIRST_QUEUE,
    INGEST_QUEUE,
    MEDIA_QUEUE,
    REINDEX_QUEUE,
)
from schemas.settings import Settings

HEARTBEAT_S: Final = 5.0
RETIRE_S: Final = 24 * 3600.0
"""How often documents and files whose time is over are deleted; at a start as well."""
REPAIR_S: Final = 30.0
NOTIFY_S: Final = 1.0
"""How long a notice to the school's software waits, at most, while the receiver answers."""
POLL_S: Final = 0.25
"""How long a job waits for an idle worker to notice it, at most."""
DRAIN_S: Final = 8
"""How long a stopping worker lets running jobs finish; containers are killed after 10 s."""
_MAX_SLOTS: Final = 64  # workers of one machine on one data directory

log = structlog.get_logger(__name__)

# Without a handler of its own, DBOS would add one that bypasses our log format.
logging.getLogger("dbos").addHandler(logging.NullHandler())


def run_worker(settings: Settings, stop: threading.Event) -> int:
    """Ingest until ``stop`` is set, then let running jobs finish for some seconds.

    Returns:
        How many jobs are still running. They lose nothing: the next worker goes on after their
        last finished stage. Their threads cannot be stopped, so the process should end now.

    Raises:
        ConflictError: If somebody who was erased is in the data again.
    """
    with open_pipeline(settings) as pipeline, worker_slot(settings.data_dir) as name:
        ensure_none_pending(settings, pipeline.catalog)  # in the slot: an erasure looks at that
        return serve_queues(pipeline, name, stop)


def serve_queues(pipeline: Pipeline, name: str, stop: threading.Event) -> int:
    """Run the workflow engine over an open pipeline; see ``run_worker``."""
    notifier = open_notifier(
        pipeline.catalog.notices, pipeline.settings.webhooks, clock=pipeline.clock
    )
    pipeline.encoder_names()  # the first worker names the first generation
    pipeline.catalog.workers.beat(name, pipeline.clock())
    running = Running()
    _launch(pipeline, name, running)
    log.info("worker.started", worker=name)
    # A thread each: a repair that takes long must not make the worker look dead.
    beats = _every(HEARTBEAT_S, stop, lambda: pipeline.catalog.workers.beat(name, pipeline.clock()))
    repairs = _every(REPAIR_S, stop, lambda: _keep_house(pipeline))
    retires = _every(RETIRE_S, stop, lambda: retire(pipeline))
    notices = _every(NOTIFY_S, stop, notifier.send_due) if notifier else None
    try:
        stop.wait()
    finally:
        stop.set()
        repairs.join()
        retires.join()
        if notices:
            notices.join()
        drain_s = DRAIN_S if running.jobs() else 0
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=drain_s)
        beats.join()
        released = running.jobs()
        for job_id in released:  # asked to stop: no death of a worker
            pipeline.catalog.jobs.end_stage(job_id)
        log.info("worker.stopped", worker=name, n_released=len(released))
    return len(released)


@contextmanager
def worker_slot(data_dir: Path) -> Iterator[str]:
    """Take the lowest free worker name of this machine, and keep it while the process lives.

    The operating system frees the name when the process dies, however it dies. The next worker
    then has the same name, and the workflow engine gives it at once what the dead one was at.

    Raises:
        ConflictError: If every name is taken.
    """
    directory = data_dir / "workers"
    directory.mkdir(parents=True, exist_ok=True)
    host = socket.gethostname()
    for number in range(_MAX_SLOTS):
        lock = FileLock(directory / f"{host}-{number}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            yield f"{host}-{number}"
        finally:
            lock.release()
        return
    raise ConflictError(f"{_MAX_SLOTS} workers run on this machine already.")


def _launch(pipeline: Pipeline, name: str, running: Running) -> None:
    register_ingest(pipeline, running)
    register_reencode(pipeline)
    register_correct(pipeline)
    DBOS(
        config=DBOSConfig(
            name=APP_NAME,
            application_version=APP_VERSION,
            executor_id=name,
            system_database_url=pipeline.settings.workflow_url,
            use_listen_notify=False,
            log_level="WARNING",
        )
    )
    DBOS.launch()
    at_once = pipeline.settings.ingestion.workers
    queues = {
        FIRST_QUEUE: at_once,
        INGEST_QUEUE: at_once,
        MEDIA_QUEUE: at_once,
        REINDEX_QUEUE: 1,
        CORRECTIONS_QUEUE: 1,
    }
    for queue, n_workers in queues.items():
        DBOS.register_queue(
            queue,
            worker_concurrency=n_workers,
            polling_interval_sec=POLL_S,
            on_conflict="always_update",
        )


def _every(
    interval_s: float, stop: threading.Event, work: Callable[[], object]
) -> threading.Thread:
    """Do this now and then until told to stop; a failure is logged and tried again."""

    def loop() -> None:
        while not stop.is_set():
            try:
                work()
            except Exception:
                # Outermost frame of a thread that nobody joins while the worker lives: ended by
                # one failure, of whatever kind, it would give no sign of life, repair or tell
                # nothing ever again. Logged in full; the next round tries again.
                log.exception("housekeeping.failed")
            stop.wait(interval_s)

    thread = threading.Thread(target=loop, name="cordee-housekeeping", daemon=True)
    thread.start()
    return thread


def _keep_house(pipeline: Pipeline) -> None:
    adopt_lost(pipeline)
    repair(pipeline)
    apply_waiting(pipeline)
    hide_waiting(pipeline)
    sweep(pipeline)
