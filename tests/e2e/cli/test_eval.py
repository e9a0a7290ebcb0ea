"""`cordee eval` with other models than the default ones, named on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.small_models import MANIFEST, write_small_encoder, write_small_reranker

pytestmark = pytest.mark.slow
TOPICS = ("devis", "facture", "bilan", "brevet", "loyer", "salaire")


def cordee(data_dir: Path, *arguments: str) -> str:
    environ = os.environ | {
        "CORDEE_DATA_DIR": str(data_dir),
        "CORDEE_MODELS__MANIFEST": str(data_dir / "models.toml"),
        "CORDEE_SEARCH__RERANK_WITHIN_MS": "60000",
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli.app", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environ,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": f"d{n}", "text": f"Le {topic} expliqué."} for n, topic in enumerate(TOPICS)]
    queries = [{"_id": f"q{n}", "text": f"Un {topic} ?"} for n, topic in enumerate(TOPICS)]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    qrels = "".join(f"q{n}\td{n}\t1\n" for n in range(len(TOPICS)))
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{qrels}")
    return folder


def test_another_encoder_and_a_reranker_are_one_option_each(
    folder: Path, models_dir: Path, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    tokenizer = models_dir / "multilingual-e5-small" / "tokenizer.json"
    write_small_encoder(data_dir / "by-hand" / "small-encoder", tokenizer)
    write_small_reranker(data_dir / "by-hand" / "small-reranker", tokenizer)
    (data_dir / "models.toml").write_text(MANIFEST, encoding="utf-8")
    cordee(data_dir, "models", "pull", "small-encoder", "small-reranker")

    report = json.loads(
        cordee(
            data_dir,
            *("eval", str(folder), "--json"),
            *("--encoder", "small-encoder", "--reranker", "small-reranker"),
        )
    )

    # What random weights answer says nothing; that all was found and read does.
    assert report["recall@10"] == 1.0
    assert report["settings"]["encoder"] == "small-encoder"
    assert report["settings"]["reranker"] == "small-reranker"
    assert report["reranked"]["read"] > 0
    assert report["reranked"]["late"] == report["reranked"]["failed"] == 0
