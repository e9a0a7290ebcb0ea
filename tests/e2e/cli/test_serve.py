"""The real processes: `cordee serve` and `cordee up`, over real sockets, ended by real signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

START_S = 60.0
END_S = 30.0


def wait_for(seen: Callable[[], Any], *, within_s: float = START_S) -> Any:
    """Return the first true value of ``seen``."""
    deadline = time.monotonic() + within_s
    while not (value := seen()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return value


@contextmanager
def running(command: str, data_dir: Path, models_dir: Path, *options: str) -> Iterator[Any]:
    """Run a command of ours on a free port until its ``server.json`` is there."""
    environ = os.environ | {"CORDEE_MODELS__DIRECTORY": str(models_dir), "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "cli.app", command),
            *("--data-dir", str(data_dir), "--port", "0"),
            *options,
        ],
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: (data_dir / "server.json").exists() or child.poll() is not None)
        assert child.poll() is None, child.communicate()[1]
        yield child, json.loads((data_dir / "server.json").read_text())
    finally:
        if child.poll() is None:
            child.terminate()
        child.communicate(timeout=END_S)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    others = [
        int(word)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for word in (task / "children").read_text().split()
    ]
    return sorted({*map(int, text.split()), *others})


def test_an_api_process_imports_neither_torch_nor_a_worker_library() -> None:
    script = (
        "import sys, cli.serve;"
        "print([name for name in ('torch', 'transformers', 'faster_whisper', 'pypdfium2')"
        " if name in sys.modules])"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"


def test_a_taken_port_is_one_line_and_not_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = subprocess.run(
            [
                *(sys.executable, "-m", "cli.app", "serve"),
                *("--data-dir", str(tmp_path), "--port", port),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    assert answer.returncode == 1
    assert port in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
def test_serve_answers_without_torch_and_leaves_in_order(tmp_path: Path, models_dir: Path) -> None:
    with running("serve", tmp_path, models_dir) as (child, address):
        wait_for(lambda: httpx.get(f"{address['url']}/health/ready").status_code == 200)
        search = httpx.get(f"{address['url']}/v1/search?q=prix")
        fastest_s = min(answer_times_s(address["url"]))
        mapped = Path(f"/proc/{child.pid}/maps").read_text()
        child.send_signal(signal.SIGTERM)
        child.wait(END_S)

    assert address["pid"] == child.pid
    assert search.status_code == 401
    assert fastest_s < 0.03, "answers wait for a delayed acknowledgement"
    assert "libtorch" not in mapped
    assert child.returncode == 0
    assert not (tmp_path / "server.json").exists()


@pytest.mark.slow
def test_a_second_server_of_one_directory_names_the_first(tmp_path: Path, models_dir: Path) -> None:
    with running("serve", tmp_path, models_dir) as (child, _):
        second = subprocess.run(
            [
                *(sys.executable, "-m", "cli.app", "serve"),
                *("--data-dir", str(tmp_path), "--port", "0"),
            ],
            env=os.environ | {"CORDEE_MODELS__DIRECTORY": str(models_dir)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert second.returncode == 1
        assert str(child.pid) in second.stderr.replace("\n", "")
        assert (tmp_path / "server.json").exists()


@pytest.mark.slow
def test_up_keeps_a_worker_and_both_end_together(tmp_path: Path, models_dir: Path) -> None:
    with running("up", tmp_path, models_dir, "--demo") as (child, address):
        personas = httpx.get(f"{address['url']}/v1/demo/personas").json()["personas"]
        (first,) = wait_for(lambda: children_of(child.pid))
        os.kill(first, signal.SIGKILL)
        second = wait_for(lambda: [pid for pid in children_of(child.pid) if pid != first])[0]
        wait_for(lambda: worker_check(address["url"]))
        child.send_signal(signal.SIGINT)
        child.wait(END_S)

    assert len(personas) == 5
    assert child.returncode == 0
    assert not Path(f"/proc/{second}").exists()
    assert not (tmp_path / "server.json").exists()


@pytest.mark.slow
def test_a_worker_does_not_outlive_a_killed_parent(tmp_path: Path, models_dir: Path) -> None:
    with running("up", tmp_path, models_dir) as (child, address):
        (worker,) = wait_for(lambda: children_of(child.pid))
        wait_for(lambda: worker_check(address["url"]))
        child.kill()
        child.wait(END_S)

        wait_for(lambda: not Path(f"/proc/{worker}").exists(), within_s=END_S)


def answer_times_s(url: str) -> Iterator[float]:
    """Time requests with large answers on one connection, as a browser sends them."""
    with httpx.Client(base_url=url) as client:
        for _ in range(10):
            yield client.get("/schema").elapsed.total_seconds()


def worker_check(url: str) -> bool:
    checks = httpx.get(f"{url}/health/ready").json()["checks"]
    return any(check["name"] == "worker" and check["ok"] for check in checks)
