"""`cordee feedback rebuild`, as an operator types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from fixtures.builders import a_phrasing, a_search
from indexer.catalog.catalog import open_catalog
from indexer.feedback.live import SNAPSHOT_FILE
from schemas.settings import Settings


def test_the_log_gives_what_was_kept_and_another_state_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    catalog = open_catalog(settings.catalog_url)
    vector = np.ones(1, dtype="<f2").tobytes()
    phrasing = a_phrasing(encoder=settings.models.encoder, vector=vector)
    catalog.feedback.append([a_search("q-1"), a_search("q-2")], new=[phrasing])
    catalog.close()
    command = [sys.executable, "-m", "cli.app", "feedback", "rebuild", "--data-dir", str(tmp_path)]

    done = subprocess.run(
        [*command, "--json"], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["digest"] == found["kept_digest"]
    assert found["position"]["search"] == 2
    assert not (tmp_path / SNAPSHOT_FILE).exists()
