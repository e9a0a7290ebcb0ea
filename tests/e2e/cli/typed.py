"""Commands as an operator types them, without a process for each: starting one costs seconds."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import pytest
import structlog

from cli.app import main


class Done(NamedTuple):
    """What a command printed, and the exit status that its process would have."""

    returncode: int
    stdout: str
    stderr: str


def cordee(*words: str) -> Done:
    """Run a command in this process; any exception that a process would show is raised here."""
    out, err = io.StringIO(), io.StringIO()
    with own_logs() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setattr("sys.argv", ["cordee", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    status = code if isinstance(code, int) else int(code is not None)
    return Done(status, out.getvalue(), err.getvalue())


@contextmanager
def own_logs() -> Iterator[pytest.MonkeyPatch]:
    """Undo what a command does to the logs, which are of the process: other tests read them."""
    configure = structlog.configure

    def uncached(**settings: Any) -> None:
        # A logger that is kept would go on writing to the standard error of this command.
        configure(**settings | {"cache_logger_on_first_use": False})

    root = logging.getLogger()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(structlog, "configure", uncached)
        patched.setattr(root, "handlers", [*root.handlers])
        level = root.level
        try:
            yield patched
        finally:
            root.setLevel(level)
            structlog.reset_defaults()
