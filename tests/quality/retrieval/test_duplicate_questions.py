"""The same question asked again is told, and another one is not taken for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from benchmarks.duplicate_questions import measured, pairs
from indexer.engine import Engine

_HERE = Path(__file__).resolve().parent
_DEMO = _HERE.parents[2] / "fixtures" / "judgments" / "demo"
FLOORS = tomllib.loads((_HERE / "duplicates.toml").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_same_question_again_is_told_from_another_one(engine: Engine) -> None:
    found = measured(pairs(_DEMO, engine, ["test"]))

    assert found["precision"] >= FLOORS["precision"]
    assert found["recall, mistyped"] >= FLOORS["mistyped"]
    assert found["recall, content words"] >= FLOORS["content-words"]
    assert found["recall, other words"] >= FLOORS["other-words"]
