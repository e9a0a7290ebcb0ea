"""`cordee feedback`, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fixtures.builders import a_search
from indexer.catalog.catalog import open_catalog
from schemas.settings import Settings
from tests.e2e.cli import typed


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    catalog = open_catalog(Settings(data_dir=tmp_path).catalog_url)
    catalog.feedback.append([a_search("q-1"), a_search("q-2")])
    catalog.close()
    return tmp_path


def run(data_dir: Path, *options: str) -> typed.Done:
    return typed.cordee("feedback", *options, "--data-dir", str(data_dir))


def said(done: typed.Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_log_is_exported_and_counted(data_dir: Path) -> None:
    exported = said(run(data_dir, "export", str(data_dir / "out"), "--json"))
    counted = said(run(data_dir, "status", "--json"))

    assert exported["queries"] == counted["log"]["searches"] == 2
    assert pq.read_table(data_dir / "out" / "ubi_queries.parquet").num_rows == 2
    assert (counted["log"]["people"], counted["ignored"]) == (1, None)


def test_a_date_that_is_none_is_named(data_dir: Path) -> None:
    done = run(data_dir, "export", str(data_dir), "--since", "hier")

    assert done.returncode == 1
    assert "'hier' is no date" in done.stderr
