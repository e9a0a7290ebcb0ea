"""`cordee ranking` and `cordee experiment`, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from fixtures.builders import a_made_profile
from indexer.catalog.catalog import open_catalog
from schemas.errors import ConflictError, InvalidInputError, NotFoundError
from schemas.settings import Settings


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    catalog = open_catalog(Settings(data_dir=tmp_path).catalog_url)
    catalog.rankings.add(a_made_profile())
    catalog.close()
    return tmp_path


def run(data_dir: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data-dir", str(data_dir)])


def said(data_dir: Path, *words: str) -> Any:
    done = run(data_dir, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_profile_comes_into_service_and_goes_back(data_dir: Path) -> None:
    before = said(data_dir, "ranking", "list")["in_service"]
    used = run(data_dir, "ranking", "use", "tuned@1", "--reason", "better")
    during = said(data_dir, "ranking", "list")
    back = run(data_dir, "ranking", "rollback")
    after = said(data_dir, "ranking", "list")

    assert (used.exit_code, back.exit_code) == (0, 0)
    assert (before, during["in_service"], after["in_service"]) == (
        "default@4",
        "tuned@1",
        "default@4",
    )
    assert [line["reason"] for line in after["history"]] == ["better", "back from tuned@1"]
    assert isinstance(run(data_dir, "ranking", "rollback").exception, ConflictError)


def test_two_profiles_are_compared_by_the_weights_that_differ(data_dir: Path) -> None:
    assert said(data_dir, "ranking", "diff", "default", "tuned@1") == {
        "dense": [0.6, 0.5],
        "lexical": [0.4, 0.5],
    }
    assert said(data_dir, "ranking", "show", "v1")["weights"]["second"] == 0.0
    assert isinstance(run(data_dir, "ranking", "use", "no-such").exception, NotFoundError)


def test_tables_are_drawn_for_people(data_dir: Path) -> None:
    listed = run(data_dir, "ranking", "list")
    run(data_dir, "experiment", "start", "try", "--challenger", "tuned")
    status = run(data_dir, "experiment", "status")

    assert "tuned@1" in listed.stdout
    assert "too few" in status.stdout


def test_an_experiment_is_started_looked_at_and_stopped(data_dir: Path) -> None:
    started = run(data_dir, "experiment", "start", "try", "--challenger", "tuned")
    running = said(data_dir, "experiment", "status")["experiments"][0]
    stopped = run(data_dir, "experiment", "stop", "try", "--reason", "enough")
    ended = said(data_dir, "experiment", "status")["experiments"][0]

    assert (started.exit_code, stopped.exit_code) == (0, 0)
    assert (running["experiment"]["challenger"], running["experiment"]["share"]) == ("tuned@1", 0.2)
    assert (running["verdict"], running["n_waiting"]) == (None, 0)
    assert ended["experiment"]["reason"] == "enough"


def test_tuning_wants_judgments_from_one_place(data_dir: Path, tmp_path: Path) -> None:
    neither = run(data_dir, "tune").exception
    both = run(data_dir, "tune", str(tmp_path), "--from-log").exception

    assert isinstance(neither, InvalidInputError)
    assert isinstance(both, InvalidInputError)
