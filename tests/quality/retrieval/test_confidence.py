"""The confidence of a search tells answered queries of the demo school from others."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from benchmarks.confidence import measured, predictions
from benchmarks.confidence_cases import Case, Kind, cases, read_folder
from indexer.evaluation.run import Tools
from schemas.query import RetrieverChoice
from schemas.settings import Settings

_HERE = Path(__file__).resolve().parent
_DEMO = _HERE.parents[2] / "fixtures" / "judgments" / "demo"
FLOORS = tomllib.loads((_HERE / "confidence.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def searched(real_settings: Settings, tools: Tools) -> list[Case]:
    return cases([read_folder(_DEMO)], real_settings, tools, RetrieverChoice.HYBRID)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["for-fitting", "kept-apart"])
def test_it_tells_answered_queries_from_others(searched: list[Case], part: str) -> None:
    judged = [
        case
        for case in searched
        if case.kind is Kind.JUDGED and case.is_apart is (part == "kept-apart")
    ]

    found = measured(predictions(judged, by_weight=False))

    assert found["auc"] >= FLOORS[part]["auc"]
    assert found["ece"] <= FLOORS[part]["ece"]


@pytest.mark.slow
def test_a_query_whose_answers_are_out_of_reach_is_less_sure(searched: list[Case]) -> None:
    own = [c for c in searched if c.has_answer or c.kind is Kind.TWIN]

    assert measured(predictions(own, by_weight=False))["auc"] >= FLOORS["twins"]["auc"]
