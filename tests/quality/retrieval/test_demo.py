"""The judged queries of the demo school stay above their floors, with the real models."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from indexer.evaluation.run import Tools, evaluate
from schemas.query import RetrieverChoice
from schemas.settings import Settings

_HERE = Path(__file__).resolve().parent
_DEMO = _HERE.parents[2] / "fixtures" / "judgments" / "demo"
FLOORS = tomllib.loads((_HERE / "floors.toml").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("split", "retrievers"),
    [(split, name) for split, floors in FLOORS.items() for name in floors],
)
def test_measures_stay_above_their_floors(
    real_settings: Settings, tools: Tools, split: str, retrievers: str
) -> None:
    report = evaluate(
        _DEMO,
        real_settings,
        tools,
        split=split,
        retrievers=RetrieverChoice(retrievers),
    )

    below = {
        name: (report[name], floor)
        for name, floor in FLOORS[split][retrievers].items()
        if report[name] < floor
    }
    assert below == {}


def test_both_parts_of_the_judgments_have_floors() -> None:
    assert {split for split, floors in FLOORS.items() if "hybrid" in floors} == {"dev", "test"}
