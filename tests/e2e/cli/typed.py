"""Commands as an operator types them, without a process for each: starting one costs seconds."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest

from cli.app import main


class Done(NamedTuple):
    """What a command printed, and the exit status that its process would have."""

    returncode: int
    stdout: str
    stderr: str


def cordee(*words: str) -> Done:
    """Run a command in this process; any exception that a process would show is raised here."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setattr("sys.argv", ["cordee", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    status = code if isinstance(code, int) else int(code is not None)
    return Done(status, out.getvalue(), err.getvalue())
