"""Simulated students in a school of twenty-four sheets: real engine, log, votes and learning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loop.__main__ import simulate
from benchmarks.loop.plot import draw
from benchmarks.loop.run import Options
from benchmarks.loop.school import LearnerOpener, counting_clicks, learning, nothing_learned
from fixtures.fakes import HashingEncoder
from indexer.evaluation.run import Tools
from schemas.settings import ModelSettings, Settings
from tests.integration.evaluation.test_evaluate import cut_in_two

TOPICS = ("devis", "facture", "bilan", "brevet", "loyer", "salaire", "stock", "marge")
FEW = Options(searches=60, students=40, keen=0.6, noise=0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A school that finds the word first, and what answers below it."""
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": f"{name}-{topic}", "title": "", "text": text.format(topic)}
        for topic in TOPICS
        for name, text in (
            ("word", "Un {0} pour tous.|Et voilà."),
            ("answer", "Pour ceci, un {0} de cette sorte.|Et voilà."),
        )
    ]
    queries = [{"_id": f"q-{topic}", "text": f"Un {topic} ?"} for topic in TOPICS]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "\n".join(map(json.dumps, rows))
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    qrels = "".join(f"q-{topic}\tanswer-{topic}\t1\n" for topic in TOPICS)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{qrels}")
    return folder


def report_of(
    folder: Path, options: Options = FEW, *, opener: LearnerOpener = learning
) -> dict[str, Any]:
    settings = Settings(data_dir=folder / "own", models=ModelSettings(encoder="hashing"))
    tools = Tools(cut_in_two, HashingEncoder(), HashingEncoder)
    return simulate(folder, settings, tools, options, opener=opener)


def test_what_students_vote_on_gets_better_and_what_nobody_searched_stays(folder: Path) -> None:
    report = report_of(folder)

    voted, unrelated = report["parts"]["voted"], report["parts"]["unrelated"]
    assert voted["before"] < 0.7
    assert voted["delta"] > 0.1
    assert abs(unrelated["delta"]) < 0.005
    assert [point["searches"] for point in report["over_time"]][-1] == FEW.searches
    assert report["counts"]["votes"] > 0
    assert not report["ignored"]


def test_one_seed_gives_one_result(folder: Path) -> None:
    def figures() -> dict[str, Any]:
        report = report_of(folder)
        return {name: report[name] for name in ("counts", "over_time", "parts")}

    assert figures() == figures()


def test_a_school_that_does_not_learn_stays_as_it_is(folder: Path) -> None:
    report = report_of(folder, opener=nothing_learned)

    assert {part["delta"] for part in report["parts"].values()} == {0.0}


def test_what_was_pushed_is_counted_and_taken_back(folder: Path) -> None:
    report = report_of(folder, Options(searches=80, students=40, keen=0.6, hostile=0.1))

    hostile = report["hostile"]
    assert hostile["people"] == 4
    assert 0 < hostile["withdrawn"] <= report["counts"]["hostile votes"]
    assert hostile["entered_when_withdrawn"] <= hostile["entered"] < hostile["wordings"]


def test_raw_clicks_and_the_loop_are_drawn_side_by_side(folder: Path, tmp_path: Path) -> None:
    reports = [report_of(folder), report_of(folder, opener=counting_clicks)]

    draw(reports, tmp_path / "loop.svg")

    assert "<svg" in (tmp_path / "loop.svg").read_text()
