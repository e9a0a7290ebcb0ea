"""`cordee search`, as somebody types it who means no good: one line of error, or nothing found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTHING = ""


def search(data_dir: Path, models_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.app", "search", "--json", "--data-dir", str(data_dir)]
    environ = os.environ | {"CORDEE_MODELS__DIRECTORY": str(models_dir)}
    return subprocess.run(
        [*command, *words], capture_output=True, text=True, check=False, timeout=300, env=environ
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--", ""], NOTHING),
        (["--", "le la les"], NOTHING),
        (["--", '🚀 "«(a+)+$\x1b[31m'], NOTHING),
        (["--", "prix " * 2_000], "error: The query is longer than 1000 characters."),
        (["--page", "10000", "prix"], "error: The page must be between 1 and 100."),
        (["--since", "hier", "prix"], "error: since: 'hier' is not a date"),
        (["--kind", "poem", "prix"], "Invalid value for '--kind'"),
    ],
)
def test_a_bad_search_is_one_line_of_error_or_finds_nothing(
    tmp_path: Path, models_dir: Path, words: list[str], error: str
) -> None:
    done = search(tmp_path, models_dir, *words)

    assert "Traceback" not in done.stderr
    assert error in done.stderr
    if error:
        assert done.returncode in {1, 2}
    else:
        assert json.loads(done.stdout)["total"] == 0, done.stderr
