"""`cordee work`: the worker process."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType
from typing import Annotated, Final

import typer

from cli import context

_PARENT_POLL_S: Final = 1.0


def work(
    data_dir: context.DataDir = None,
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
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
    if parent is not None:
        threading.Thread(target=_stop_without, args=(parent, stop), daemon=True).start()
    if run_worker(settings, stop):
        end_process(0)


def _stop_without(parent: int, stop: threading.Event) -> None:
    """Stop when the process that started this one is gone: `cordee up` leaves no worker behind."""
    while os.getppid() == parent:
        if stop.wait(_PARENT_POLL_S):
            return
    stop.set()


def end_process(status: int) -> None:
    """End now, with threads that cannot be stopped still at work: their stage is run again."""
    logging.shutdown()
    os._exit(status)
