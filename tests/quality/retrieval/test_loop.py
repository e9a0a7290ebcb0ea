"""Students who use the demo school make it better for what they ask, and no worse elsewhere."""

from __future__ import annotations

from typing import Final

import pytest

from benchmarks.loop.questions import read_collection, read_intents, split_queries
from benchmarks.loop.run import Options, Simulation
from benchmarks.loop.school import learning, open_school
from indexer.evaluation.run import Tools
from schemas.settings import Settings
from tests.quality.retrieval.conftest import DEMO

FEW: Final = Options(searches=400, looks=(0.0, 1.0))
VOTED: Final = 0.01
"""Least gain of nDCG@10 after so few searches of the 47 queries that are searched."""
UNRELATED: Final = 0.005


@pytest.mark.slow
def test_a_few_weeks_of_use_help_what_is_asked_and_leave_the_rest(
    real_settings: Settings, tools: Tools
) -> None:
    dataset = read_collection(DEMO, "test")
    parts = split_queries(dataset, read_intents(DEMO), seed=FEW.seed)
    with open_school(dataset, real_settings, tools, opener=learning) as school:
        report = Simulation(school, dataset, parts, FEW).run()

    deltas = {name: part["delta"] for name, part in report["parts"].items()}
    assert deltas["voted"] >= VOTED, deltas
    assert abs(deltas["unrelated"]) < UNRELATED, deltas
