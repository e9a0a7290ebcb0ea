from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.models.cores import cpu_facts, n_threads, prefer_wide_registers, usable_cores
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


def test_a_choice_made_outside_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CT2_FORCE_CPU_ISA", "GENERIC")

    prefer_wide_registers()

    assert os.environ["CT2_FORCE_CPU_ISA"] == "GENERIC"


@pytest.mark.parametrize("module", ["indexer.dense.int8", "pipelines.extraction.speech"])
def test_no_library_that_looks_at_the_processor_is_loaded_before_it_is_told(module: str) -> None:
    program = f"import sys, {module}; print('ctranslate2' in sys.modules)"

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "False"
