"""What students type finds its document on the first page: each row of ``typed.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from indexer.evaluation.dataset import Dataset
from tests.quality.retrieval.conftest import Ask

ROWS: Final[list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).resolve().parent / "typed.toml").read_text(encoding="utf-8")
)["rows"]
FIRST: Final = 3
PAGE: Final = 10


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['how']}: {row['query']}")
def test_what_is_typed_finds_its_document(ask: Ask, row: dict[str, Any]) -> None:
    found = ask(row["query"])

    assert row["finds"] in found[: row.get("within", FIRST)], found[:PAGE]
    assert row.get("without") not in found


def test_every_row_is_about_documents_of_the_school(collection: Dataset) -> None:
    named = {row[part] for row in ROWS for part in ("finds", "without") if part in row}

    assert named <= {each.id for each in collection.documents}
    assert all(row.get("within", FIRST) <= PAGE for row in ROWS)
