"""`cordee profiles import`, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fixtures.builders import a_profile
from indexer.catalog.catalog import open_catalog
from schemas.ids import PersonId
from schemas.settings import Settings
from tests.e2e.cli import typed

TWO = """
[[students]]
id = "s-17"
name = "Camille Exemple"
project = "Fournil du canal"
sectors = ["sector.food"]

[[students]]
id = "s-18"
name = "Nour Exemple"
project = "Atelier du pont"
"""


def run(data_dir: Path, text: str, *options: str) -> typed.Done:
    file = data_dir / "students.toml"
    file.write_text(text, encoding="utf-8")
    return typed.cordee("profiles", "import", str(file), "--data-dir", str(data_dir), *options)


def said(done: typed.Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_profiles_are_imported_and_what_people_wrote_stays(tmp_path: Path) -> None:
    first = said(run(tmp_path, TWO, "--json"))
    catalog = open_catalog(Settings(data_dir=tmp_path).catalog_url)
    catalog.profiles.put(a_profile("s-17", project="Fournil du pont"))
    again = said(run(tmp_path, TWO, "--json"))
    projects = [catalog.profiles.get(PersonId(id_)) for id_ in ("s-17", "s-18")]
    catalog.close()

    assert first == {"imported": 2, "kept": []}
    assert again == {"imported": 1, "kept": ["s-17"]}
    assert [each.project for each in projects if each] == ["Fournil du pont", "Atelier du pont"]


def test_one_mistake_in_the_file_imports_nobody(tmp_path: Path) -> None:
    done = run(tmp_path, TWO.replace("sector.food", "sector.space"))

    catalog = open_catalog(Settings(data_dir=tmp_path).catalog_url)
    found = catalog.profiles.get_many([PersonId("s-17"), PersonId("s-18")])
    catalog.close()
    assert done.returncode == 1
    assert "student s-17" in done.stderr
    assert found == {}
