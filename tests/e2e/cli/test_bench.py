"""`cordee bench` and `cordee bench http`, as an operator types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.cli import typed
from tests.e2e.cli.test_serve import running, wait_for

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "judgments" / "demo"
NOBODY = "http://127.0.0.1:9"  # the port of the discard service, which nobody runs


def bench(
    data_dir: Path, *options: str, models: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.app", "bench", *options]
    environ = os.environ | {"CORDEE_DATA_DIR": str(data_dir)}
    if models is not None:
        environ["CORDEE_MODELS__DIRECTORY"] = str(models)
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=environ
    )


def a_small_collection(folder: Path) -> Path:
    """Copy six documents of the demo judgments, and the queries."""
    (folder / "qrels").mkdir(parents=True)
    for name in ("queries.jsonl", "qrels/test.tsv"):
        (folder / name).write_bytes((DEMO / name).read_bytes())
    corpus = (DEMO / "corpus.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "corpus.jsonl").write_text("".join(corpus[:6]), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_bench_alone_measures_the_engine_and_draws_it(tmp_path: Path, models_dir: Path) -> None:
    folder, picture = a_small_collection(tmp_path / "small"), tmp_path / "bench.svg"
    options = ("--passages", "200", "--seconds", "0.2", "--clients", "1", "--plot", str(picture))
    done = bench(tmp_path, *options, "--dataset", str(folder), "--json", models=models_dir)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["dataset"], report["passages"] >= 200) == ("small", True)
    assert {"search", "search, encoding"} <= {each["name"] for each in report["scenarios"]}
    assert picture.read_text(encoding="utf-8").startswith("<?xml")


def refusal(data_dir: Path, *said: str) -> str:
    """Return the words in which a command is refused."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CORDEE_DATA_DIR", str(data_dir))
        done = typed.cordee("bench", *said)
    assert done.returncode == 1
    return " ".join(done.stderr.split())


def test_a_picture_that_cannot_be_drawn_is_refused_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    said = refusal(tmp_path, "--plot", str(tmp_path / "bench.doc"))

    assert "--plot writes .svg or .png" in said


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
    assert reason in refusal(tmp_path, "http", str(DEMO), *options)


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
