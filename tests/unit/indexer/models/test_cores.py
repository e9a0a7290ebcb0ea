from __future__ import annotations

import os
from pathlib import Path

from indexer.models.cores import cpu_facts, n_threads, usable_cores
from schemas.settings import ModelSettings, Settings


def test_a_container_quota_cuts_the_cores(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("50000 100000\n", encoding="ascii")
    assert usable_cores(quota) == 1


def test_without_a_quota_the_affinity_counts(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("max 100000\n", encoding="ascii")
    assert usable_cores(quota) == len(os.sched_getaffinity(0))
    assert usable_cores(tmp_path / "absent") == len(os.sched_getaffinity(0))


def test_the_setting_wins() -> None:
    assert n_threads(Settings(models=ModelSettings(threads=3))) == 3


def test_the_first_processor_says_what_it_is(tmp_path: Path) -> None:
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text("model name\t: One\nflags\t\t: fma avx2\n\nmodel name\t: Two\n")

    assert cpu_facts(cpu_info) == {"model name": "One", "flags": "fma avx2"}
    assert cpu_facts(tmp_path / "absent") == {}
