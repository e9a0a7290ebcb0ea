"""Is everything ingested once, whatever happens? A batch with and without a killed worker.

    python -m benchmarks.batch --files 300 --bad 20 --kills 20 --seed 1

Makes the files (``files.py``), ingests them in peace, then once more with SIGKILL for the worker at
random moments, and compares both: every good file published once, every bad one put aside with its
reason, and the same documents, passages, vectors, tags and stored files. Exits with 1 otherwise.
A recording in which recognition must guess (it samples then) may differ between any two runs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.batch.files import Made, make_files
from benchmarks.batch.run import Outcome, Run, ingest
from schemas.settings import Settings, load_settings


def faults_of(files: list[Made], outcome: Outcome) -> list[str]:
    """Say which files did not end as they must."""
    faults = []
    for made in files:
        name = made.path.name
        expected = ("failed", made.code) if made.code else ("succeeded", "")
        if outcome.jobs.get(name) != expected:
            faults.append(f"{name}: {outcome.jobs.get(name)}, expected {expected}")
        if (name in outcome.documents) != (not made.code):
            faults.append(f"{name}: published {name in outcome.documents}")
    n_good = sum(not made.code for made in files)
    if outcome.n_changes != n_good:
        faults.append(f"{outcome.n_changes} publications of {n_good} good files")
    if outcome.n_vectors != outcome.n_passages:
        faults.append(f"{outcome.n_vectors} vectors of {outcome.n_passages} passages")
    return faults


def differences(calm: Outcome, killed: Outcome) -> list[str]:
    """Say in what two ingestions of the same files differ."""
    names = calm.documents.keys() | killed.documents.keys()
    found = [
        f"{name}: another document"
        for name in sorted(names)
        if calm.documents.get(name) != killed.documents.get(name)
    ]
    if calm.jobs != killed.jobs:
        found.append("jobs ended otherwise")
    if calm.blobs != killed.blobs:
        more, fewer = len(killed.blobs - calm.blobs), len(calm.blobs - killed.blobs)
        found.append(f"{more} more stored files, {fewer} fewer")
    return found


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--bad", type=int, default=20)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cordee-batch-") as scratch:
        home = Path(scratch)
        files = make_files(home / "files", n_files=given.files, n_bad=given.bad, seed=given.seed)
        runs = {
            name: _run(files, _settings(home / name), n_kills=n_kills, seed=given.seed)
            for name, n_kills in (("calm", 0), ("killed", given.kills))
        }
    report = _report(files, runs)
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if report["faults"] or report["differences"] else 0


def _run(files: list[Made], settings: Settings, *, n_kills: int, seed: int) -> Run:
    return ingest(
        files,
        settings,
        n_kills=n_kills,
        rng=Random(seed),  # noqa: S311 - no secret
        worker=["-m", "cli.app", "work", "--data-dir", str(settings.data_dir)],
        say=lambda text: print(text, file=sys.stderr),
    )


def _settings(data_dir: Path) -> Settings:
    data_dir.mkdir()
    models = str(load_settings(os.environ).models_dir.absolute())
    os.environ["CORDEE_MODELS__DIRECTORY"] = models
    return load_settings(os.environ, data_dir=data_dir)


def _report(files: list[Made], runs: dict[str, Run]) -> dict[str, Any]:
    calm, killed = runs["calm"].outcome, runs["killed"].outcome
    n_bad = sum(bool(made.code) for made in files)
    return {
        "files": len(files),
        "bad": n_bad,
        "kills": runs["killed"].n_kills,
        "published_once": killed.n_changes,
        "put_aside_with_the_right_reason": sum(
            killed.jobs.get(made.path.name) == ("failed", made.code) for made in files if made.code
        ),
        "passages": killed.n_passages,
        "vectors": killed.n_vectors,
        "stored_files": len(killed.blobs),
        "seconds": {name: round(run.seconds, 1) for name, run in runs.items()},
        "faults": faults_of(files, calm) + faults_of(files, killed),
        "differences": differences(calm, killed),
    }


if __name__ == "__main__":
    sys.exit(main())
