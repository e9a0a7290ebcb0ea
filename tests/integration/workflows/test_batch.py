"""A mixed batch with a killed worker ends as it does in peace: a small `benchmarks.batch`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from benchmarks.batch.__main__ import differences, faults_of
from benchmarks.batch.files import Made, make_files
from benchmarks.batch.run import Run, ingest
from schemas.settings import Settings

WORKER = Path(__file__).parent / "worker_without_models.py"
N_FILES, N_BAD, N_KILLS = 30, 10, 3


def run(files: list[Made], data_dir: Path, *, n_kills: int) -> Run:
    data_dir.mkdir()
    settings = Settings(data_dir=data_dir)
    worker = [str(WORKER), str(data_dir)]
    return ingest(files, settings, n_kills=n_kills, rng=Random(1), worker=worker)  # noqa: S311


@pytest.mark.slow
def test_every_good_file_is_published_once_and_every_bad_one_put_aside_with_its_reason(
    tmp_path: Path,
) -> None:
    files = make_files(tmp_path / "files", n_files=N_FILES, n_bad=N_BAD, seed=1)

    calm = run(files, tmp_path / "calm", n_kills=0)
    killed = run(files, tmp_path / "killed", n_kills=N_KILLS)

    assert killed.n_kills == N_KILLS
    assert faults_of(files, calm.outcome) == []
    assert faults_of(files, killed.outcome) == []
    assert differences(calm.outcome, killed.outcome) == []
    assert len(calm.outcome.documents) == N_FILES - N_BAD


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    once, again = (
        [made.path.read_bytes() for made in make_files(tmp_path / n, n_files=12, n_bad=2, seed=4)]
        for n in ("once", "again")
    )

    assert once == again
    assert len(set(once)) == len(once)
