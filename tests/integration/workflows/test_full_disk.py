"""A real file system that is really full: what is refused, what waits, and what goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
SCRIPT: Final = "tests.integration.workflows.on_a_full_disk"
OF_ITS_OWN: Final = ("unshare", "--map-root-user", "--mount")


@pytest.mark.slow
def test_on_a_full_disk_nothing_is_lost_and_all_goes_on_once_there_is_room(tmp_path: Path) -> None:
    may_mount = subprocess.run(
        [*OF_ITS_OWN, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)],
        check=False,
        capture_output=True,
    )
    if may_mount.returncode:
        pytest.skip(f"no file systems may be mounted here: {may_mount.stderr.decode().strip()}")

    ran = subprocess.run(
        [*OF_ITS_OWN, sys.executable, "-m", SCRIPT, str(tmp_path / "disk")],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )

    assert ran.returncode == 0, ran.stderr[-3000:]
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "sent": [202, 507, 507, 202],  # roomy, nearly full, full, roomy again
        "codes": ["insufficient-storage"] * 2,
        "waiting": ["queued", "waiting", "room"],
        "done": ["succeeded", "succeeded"],
    }
