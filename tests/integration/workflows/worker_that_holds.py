"""A real worker that stops for the test at the start or at the end of one stage.

Run as: worker_that_holds.py DATA_DIR STAGE MOMENT LOG_FILE. It writes ``start <stage>`` and
``end <stage>`` lines to the log; at the chosen one it waits to be killed. The product code has
no such hook: this script wraps the table of steps before the worker starts.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from indexer.log import configure_logging
from pipelines.workflows import steps
from pipelines.workflows.runtime import run_worker
from schemas.job import Stage
from schemas.settings import load_settings


def main(data_dir: str, stage: str, moment: str, log_file: str) -> None:
    """Run until killed."""
    configure_logging(level="info")
    for each in Stage:
        steps.STEPS[each] = _holding(each, steps.STEPS[each], f"{moment} {stage}", Path(log_file))
    run_worker(load_settings(os.environ, data_dir=Path(data_dir)), threading.Event())


def _holding(
    stage: Stage,
    step: Callable[[steps.StageRun], steps.NewKeys],
    hold_at: str,
    log: Path,
) -> Callable[[steps.StageRun], steps.NewKeys]:
    def note(line: str) -> None:
        with log.open("a") as stream:
            stream.write(line + "\n")
        if line == hold_at:
            time.sleep(3600)

    def held(run: steps.StageRun) -> steps.NewKeys:
        note(f"start {stage}")
        keys = step(run)
        note(f"end {stage}")
        return keys

    return held


if __name__ == "__main__":
    main(*sys.argv[1:])
