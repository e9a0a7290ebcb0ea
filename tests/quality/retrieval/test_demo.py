"""The judged queries of the demo school stay above their floors, with the real models."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cli.evaluate import open_tools
from indexer.evaluation.run import evaluate
from schemas.query import RetrieverChoice
from schemas.settings import Settings

_HERE = Path(__file__).resolve().parent
_DEMO = _HERE.parents[2] / "fixtures" / "judgments" / "demo"
FLOORS = tomllib.loads((_HERE / "floors.toml").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("retrievers", list(RetrieverChoice))
def test_measures_stay_above_their_floors(
    model_settings: Settings, retrievers: RetrieverChoice
) -> None:
    report = evaluate(_DEMO, model_settings, open_tools(model_settings), retrievers=retrievers)

    below = {
        name: (report[name], floor)
        for name, floor in FLOORS[retrievers.value].items()
        if report[name] < floor
    }
    assert below == {}
