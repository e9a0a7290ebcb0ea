"""One child kept alive, with waits that grow, and ended in order."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from cli.supervise import LONGEST_WAIT_S, STEADY_S, next_wait_s, supervised

WAIT_S = 10.0
STAY = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAY


def pids(file: Path, n: int) -> list[int]:
    """Wait until ``n`` children have said their process id."""
    deadline = time.monotonic() + WAIT_S
    while True:
        said = [int(word) for word in file.read_text().split()] if file.exists() else []
        if len(said) >= n:
            return said
        assert time.monotonic() < deadline, said
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_child_that_dies_is_started_again_and_ended_with_us(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with supervised([sys.executable, "-c", STAY, str(file)], first_wait_s=0.05):
        (first,) = pids(file, 1)
        os.kill(first, signal.SIGKILL)
        second = pids(file, 2)[1]
        assert is_alive(second)

    assert not is_alive(second)


def test_a_child_that_will_not_end_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with supervised([sys.executable, "-c", STUBBORN, str(file)], stop_s=0.2):
        (pid,) = pids(file, 1)

    assert not is_alive(pid)


def test_waits_double_up_to_a_limit_and_start_anew_after_a_steady_life() -> None:
    waits = [0.5]
    for _ in range(7):
        waits.append(next_wait_s(waits[-1], lived_s=0.1))

    assert waits[1:6] == [1, 2, 4, 8, 16]
    assert waits[6:] == [LONGEST_WAIT_S] * 2
    assert next_wait_s(LONGEST_WAIT_S, lived_s=STEADY_S) == 1
