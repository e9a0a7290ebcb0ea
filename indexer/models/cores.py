"""How many threads pay off: the cores this process may really use."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Final

from schemas.settings import Settings

_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")
_CPU_INFO: Final = Path("/proc/cpuinfo")
_WIDE: Final = frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
_WIDE_SWITCH: Final = "CT2_FORCE_CPU_ISA"


def n_threads(settings: Settings) -> int:
    """Return the threads set for one encoding or transcription, or the usable cores."""
    return settings.models.threads or usable_cores()


def usable_cores(quota_file: Path = _QUOTA) -> int:
    """Return the cores of this process: its affinity, cut by a container's CPU quota.

    More threads than that make encoding many times slower, because each waits for the others.
    """
    # macOS has no affinity to ask for.
    affine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(affine or 1, _quota_cores(quota_file)))


def cpu_facts(cpu_info: Path = _CPU_INFO) -> dict[str, str]:
    """Return what the first processor says of itself; nothing where there is no such file."""
    try:
        first = cpu_info.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {fact.strip(): value.strip() for fact, _, value in pairs}


def cpu_flags() -> frozenset[str]:
    """Return what the processor can do, by its names in ``/proc/cpuinfo``."""
    return frozenset(cpu_facts().get("flags", "").split())


def prefer_wide_registers() -> None:
    """Have CTranslate2 use the whole of the processor; to be called before every import of it.

    Left alone, the library takes half of what a processor with AVX-512 has: 10 % slower. It looks
    once in a process, and rounds otherwise on each: without this, vectors would depend on whether
    a recording or a text was the first that a worker got.
    """
    if cpu_flags() >= _WIDE:
        os.environ.setdefault(_WIDE_SWITCH, "AVX512")


def _quota_cores(path: Path) -> int:
    """Read a cgroup v2 quota, ``"<microseconds> <period>"`` or ``"max <period>"``."""
    try:
        quota, period = path.read_text(encoding="ascii").split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):
        return os.cpu_count() or 1
