"""The search over the demo school stays as good as it was."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cli.evaluate import open_tools
from indexer.evaluation.run import evaluate
from schemas.query import RetrieverChoice
from schemas.settings import Settings

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[2] / "fixtures" / "judgments" / "demo"
FLOORS: dict[str, float] = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))


def _report(settings: Settings, choice: RetrieverChoice) -> dict[str, Any]:
    return evaluate(
        DEMO,
        settings,
        open_tools(settings),
        retrievers=choice,
        limit_queries=None,
        run_file=None,
        progress=lambda *_: None,
    )


@pytest.mark.slow
def test_the_demo_judgments_stay_above_their_floors(model_settings: Settings) -> None:
    report = _report(model_settings, RetrieverChoice.HYBRID)

    below = {name: report[name] for name, floor in FLOORS.items() if report[name] < floor}

    assert below == {}
