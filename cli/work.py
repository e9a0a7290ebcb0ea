"""`cordee work`: the worker process."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

from cli import context


def work(data_dir: context.DataDir = None) -> None:
    """Ingest what is queued, until SIGTERM or Ctrl-C.

    Running jobs then get some seconds to finish; what is still running goes on after its last
    finished stage when the next worker starts.
    """
    # Here and not above: the API image has the command line and no ingestion libraries.
    from pipelines.workflows.runtime import run_worker

    settings = context.load(data_dir)
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    if run_worker(settings, stop):
        end_process(0)


def end_process(status: int) -> None:
    """End now, with threads that cannot be stopped still at work: their stage is run again."""
    logging.shutdown()
    os._exit(status)
