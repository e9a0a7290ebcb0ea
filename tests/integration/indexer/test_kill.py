"""SIGKILL of the process that owns the indexes, in the middle of its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.indexer.conftest import School

_REPOSITORY = Path(__file__).resolve().parents[3]
# Follows the school's catalog like a server would, and says so once the engine is open.
_OWNER = """
import sys, time
from pathlib import Path
from fixtures.fakes import HashingEncoder
from indexer.bootstrap import open_engine
from indexer.catalog.catalog import open_catalog
from schemas.settings import ModelSettings, Settings
settings = Settings(data_dir=Path(sys.argv[1]), models=ModelSettings(encoder="hashing"))
catalog = open_catalog(settings.catalog_url)
handle = open_engine(settings, catalog, open_encoder=HashingEncoder)
print("open", flush=True)
time.sleep(60)
"""
N_DOCUMENTS = 60


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.0, 0.15, 0.4])
def test_indexes_are_whole_after_their_owner_was_killed(school: School, after_s: float) -> None:
    school.publish("first", ["Le devis."], title="Devis")
    school.handle.close()
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(school.settings.data_dir)],
        stdout=subprocess.PIPE,
        cwd=_REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(_REPOSITORY)},
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        for n in range(N_DOCUMENTS):
            texts = [f"Le devis {n}.", "La facture."]
            school.publish(f"s{n}", texts, title=f"Cas {n}", is_awaited=False)
        time.sleep(after_s)
        owner.send_signal(signal.SIGKILL)

    school.handle = school.open()
    school.wait()

    with school.handle.engine.indexes.lease() as pair:
        counted = (pair.lexical.n_passages(), pair.dense.n_points())  # type: ignore[attr-defined]
    assert counted == (2 * N_DOCUMENTS + 1, 2 * N_DOCUMENTS + 1)
    assert school.search("devis").total > 0
