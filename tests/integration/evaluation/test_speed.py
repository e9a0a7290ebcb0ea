"""measure_speed() over real indexes and a real catalog, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.fakes import HashingEncoder
from indexer.evaluation.composed import ComposedSchool
from indexer.evaluation.dataset import CorpusDocument, Dataset, JudgedQuery
from indexer.evaluation.judged import encode_judged
from indexer.evaluation.speed import Plan, measure_speed
from schemas.ids import TagId
from schemas.settings import ModelSettings, Settings
from tests.integration.evaluation.test_evaluate import TOPICS, cut_in_two

TEXT = "Le {} expliqué en quelques mots.|Encore du texte pour finir la fiche."
DATASET = Dataset(
    name="tiny",
    documents=tuple(CorpusDocument(f"d{n}", TEXT.format(t), t) for n, t in enumerate(TOPICS)),
    queries=tuple(JudgedQuery(f"q{n}", f"Un {t} ?") for n, t in enumerate(TOPICS)),
    qrels={f"q{n}": {f"d{n}": 1} for n in range(len(TOPICS))},
)


@pytest.fixture
def school(tmp_path: Path) -> ComposedSchool:
    cache = tmp_path / "cache"
    judged = encode_judged(DATASET, cut_in_two, HashingEncoder, encoder="hashing", cache=cache)
    return ComposedSchool(judged, 60, tags=[TagId("topic.pricing"), TagId("stage.idea")])


def test_every_kind_of_question_is_asked_by_every_number_of_clients(
    school: ComposedSchool, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "own", models=ModelSettings(encoder="hashing"))
    plan = Plan(clients=(1, 2), seconds=0.1)

    report = measure_speed(school, settings, plan, open_encoder=HashingEncoder)

    assert (report["passages"], report["judged_passages"]) == (62, 12)
    asked = {each["name"] for each in report["scenarios"]}
    assert {
        "search",
        "search, encoding",
        "ranking",
        "search by kind",
        "search by tag",
        "suggest",
    } <= asked
    assert {each["clients"] for each in report["scenarios"]} == {1, 2}
    assert all(each["answers"] > 0 for each in report["scenarios"])
    assert 0 < report["quality"]["ndcg@10"] <= 1
    assert report["first_answer_s"] > 0
    assert report["index_mib"] > 0
    assert report["parts_ms"]["all"]["p50"] > 0
    assert not settings.data_dir.exists()
