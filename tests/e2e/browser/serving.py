"""Running a real server for browser tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from fixtures.school import until

ROOT: Final = Path(__file__).resolve().parents[3]
START_S: Final = 120


@contextmanager
def serving(models_dir: Path, home: Path, **environ: str) -> Iterator[str]:
    """Run a server and its worker in demo mode, with their data in a folder; yield its address.

    ``environ`` adds variables to those of every test.
    """
    data_dir = home / "data"
    command = [sys.executable, "-m", "cli.app", "up", "--demo", "--port", "0"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir)],
            env=environ_of(models_dir) | environ,
            stdout=log,
            stderr=log,
            cwd=home,
        )
        try:
            yield _address(process, data_dir / "server.json", home / "log")
        finally:
            process.terminate()
            process.wait(timeout=30)


def environ_of(models_dir: Path) -> dict[str, str]:
    """Return the environment in which a test runs a command of ours."""
    return os.environ | {
        "CORDEE_MODELS__DIRECTORY": str(models_dir),
        "CORDEE_MODELS__THREADS": "2",
        "OMP_NUM_THREADS": "2",
        "PYTHONPATH": str(ROOT),
    }


def _address(process: subprocess.Popen[bytes], file: Path, log: Path) -> str:
    def answers() -> bool:
        if process.poll() is not None:
            pytest.fail(f"The server ended: {log.read_text(errors='replace')[-2000:]}")
        return file.exists()

    until(answers, seconds=START_S, what="the server to answer")
    address: str = json.loads(file.read_bytes())["url"]
    until(lambda: _is_ready(address), seconds=START_S, what="the server to be ready")
    return address


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", trust_env=False).is_success
    except httpx.HTTPError:
        return False
