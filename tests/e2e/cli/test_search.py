"""`cordee search`, as somebody types it who means no good: one line of error, or nothing found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.cli import typed

NOTHING = ""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation without a document; searching changes nothing in it."""
    return tmp_path_factory.mktemp("empty")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--", ""], NOTHING),
        (["--", "le la les"], NOTHING),
        (["--", "prix " * 2_000], "error: The query is longer than 1000 characters."),
        (["--page", "10000", "prix"], "error: The page must be between 1 and 100."),
        (["--since", "hier", "prix"], "error: since: 'hier' is not a date"),
        (["--kind", "poem", "prix"], "Invalid value for '--kind'"),
    ],
)
def test_a_bad_search_is_one_line_of_error_or_finds_nothing(
    data_dir: Path,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    error: str,
) -> None:
    monkeypatch.setenv("CORDEE_MODELS__DIRECTORY", str(models_dir))

    done = typed.cordee(*command(data_dir), *words)

    assert error in done.stderr
    if error:
        assert done.returncode in {1, 2}
    else:
        assert json.loads(done.stdout)["total"] == 0, done.stderr


@pytest.mark.slow
def test_odd_characters_reach_a_search_through_a_real_command_line(
    data_dir: Path, models_dir: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.app", *command(data_dir), "--", '🚀 "«(a+)+$\x1b[31m'],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"CORDEE_MODELS__DIRECTORY": str(models_dir)},
    )

    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["total"] == 0, done.stderr


def command(data_dir: Path) -> list[str]:
    return ["search", "--json", "--data-dir", str(data_dir)]
