"""`cordee bench` and `cordee bench http`, as an operator types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.cli.test_serve import running, wait_for

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "judgments" / "demo"
NOBODY = "http://127.0.0.1:9"  # the port of the discard service, which nobody runs


def bench(data_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.app", "bench", *options]
    environ = os.environ | {"CORDEE_DATA_DIR": str(data_dir)}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=environ
    )


def test_bench_alone_still_measures_the_engine(tmp_path: Path) -> None:
    done = bench(tmp_path, "--passages", "60", "--seconds", "0.2", "--clients", "1", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["passages"] == 60


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "No server runs on"),
        (("--url", NOBODY), "--url needs --token"),
        (("--url", NOBODY, "--token", "t"), "does not answer"),
        (("--clients", "many"), "--clients takes numbers"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    done = bench(tmp_path, "http", str(DEMO), *options)

    assert done.returncode == 1
    assert reason in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_running_server_is_measured_as_the_caller_that_was_named(
    tmp_path: Path, models_dir: Path
) -> None:
    options = ("--searches", "8", "--warm-up", "2", "--clients", "1,2", "--as", "student:s-lea")
    with running("serve", tmp_path, models_dir) as (_, address):
        wait_for(lambda: httpx.get(f"{address['url']}/health/ready").status_code == 200)
        done = bench(tmp_path, "http", str(DEMO), *options, "--json")
        shown = bench(tmp_path, "http", str(DEMO), *options)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["url"] == address["url"]
    assert [(r["clients"], r["searches"], r["failed"]) for r in report["rounds"]] == [
        (1, 8, 0),
        (2, 8, 0),
    ]
    assert all(each["server_parts_ms"] for each in report["rounds"])
    assert "request to response" in shown.stdout
