"""evaluate() over real indexes, without a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.builders import a_document, a_passage
from fixtures.fakes import HashingEncoder
from indexer.evaluation.run import Tools, evaluate
from schemas.errors import InvalidInputError, SettingsError
from schemas.ids import DocumentId, passage_id_for
from schemas.passage import Passage
from schemas.query import RetrieverChoice
from schemas.settings import ModelSettings, Settings

TOPICS = ("devis", "facture", "bilan", "brevet", "loyer", "salaire")


def cut_in_two(document_id: DocumentId, title: str, text: str) -> list[Passage]:
    document = a_document(title=title)
    return [
        a_passage(
            document,
            n,
            id=passage_id_for(document_id, document.revision, n),
            document_id=document_id,
            text=part,
        )
        for n, part in enumerate(text.split("|"))
    ]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": f"d{n}", "title": "", "text": f"Le {topic} expliqué.|Encore du texte."}
        for n, topic in enumerate(TOPICS)
    ]
    queries = [{"_id": f"q{n}", "text": f"Un {t} ?"} for n, t in enumerate(TOPICS)]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    qrels = "".join(f"q{n}\td{n}\t1\n" for n in range(len(TOPICS)))
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{qrels}")
    return folder


@pytest.fixture
def tools() -> Tools:
    return Tools(cut_in_two, HashingEncoder(), HashingEncoder)


@pytest.mark.parametrize("choice", list(RetrieverChoice))
def test_a_collection_with_plain_answers_scores_one(
    dataset: Path, tools: Tools, tmp_path: Path, choice: RetrieverChoice
) -> None:
    settings = Settings(data_dir=tmp_path / "own", models=ModelSettings(encoder="hashing"))

    report = evaluate(dataset, settings, tools, retrievers=choice)

    assert (report["dataset"], report["documents"], report["queries"]) == ("tiny", 6, 6)
    assert {name: report[name] for name in ("ndcg@10", "mrr@10", "recall@10", "recall@100")} == {
        "ndcg@10": 1.0,
        "mrr@10": 1.0,
        "recall@10": 1.0,
        "recall@100": 1.0,
    }
    assert set(report["latency_ms"]) == {"p50", "p95", "p99"}
    assert report["settings"]["retrievers"] == choice.value
    assert not settings.data_dir.exists()


def test_a_limit_and_a_run_file(dataset: Path, tools: Tools, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "own", models=ModelSettings(encoder="hashing"))
    run_file = tmp_path / "run.trec"

    report = evaluate(dataset, settings, tools, limit_queries=2, run_file=run_file)

    first = run_file.read_text().splitlines()[0].split()
    assert report["queries"] == 2
    assert first[:4] == ["q0", "Q0", "d0", "1"]


def test_another_profile_is_asked_the_same(dataset: Path, tools: Tools, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "own", models=ModelSettings(encoder="hashing"))

    report = evaluate(dataset, settings, tools, compare="v2")

    assert report["compared"] == {
        "profile": "v2",
        "ndcg@10": 1.0,
        "difference": 0.0,
        "better": 0,
        "worse": 0,
        "p_value": 1.0,
    }
    with pytest.raises(SettingsError, match="known: default, v1, v2, v3"):
        evaluate(dataset, settings, tools, compare="nothing")
    with pytest.raises(InvalidInputError, match="two answerable queries"):
        evaluate(dataset, settings, tools, compare="v2", limit_queries=1)
