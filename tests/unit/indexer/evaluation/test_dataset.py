"""Reading BEIR folders, and saying what is wrong with a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.evaluation.dataset import read_dataset, write_run
from schemas.errors import InvalidInputError

CORPUS = '{"_id":"a","title":"T","text":"x"}\n{"_id":"b","text":"y","metadata":{}}\n'
QUERIES = '{"_id":"q1","text":"?"}\n{"_id":"q2","text":"unjudged"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\n"


def dataset_in(
    directory: Path, corpus: str = CORPUS, queries: str = QUERIES, qrels: str = QRELS
) -> Path:
    (directory / "qrels").mkdir()
    (directory / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    (directory / "queries.jsonl").write_text(queries, encoding="utf-8")
    (directory / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return directory


def test_documents_queries_and_grades_are_read(tmp_path: Path) -> None:
    dataset = read_dataset(dataset_in(tmp_path))

    assert [(d.id, d.title) for d in dataset.documents] == [("a", "T"), ("b", "")]
    assert dataset.qrels == {"q1": {"a": 2, "b": 0}}


def test_a_split_is_a_file_of_its_own(tmp_path: Path) -> None:
    directory = dataset_in(tmp_path)
    (directory / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq2\ta\t0\n")

    dev = read_dataset(directory, "dev")

    assert [query.id for query in dev.queries] == ["q2"]
    assert dev.unanswerable == {"q2"}
    assert read_dataset(directory).unanswerable == frozenset()


def test_unjudged_queries_are_left_out(tmp_path: Path) -> None:
    assert [query.id for query in read_dataset(dataset_in(tmp_path)).queries] == ["q1"]


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({"corpus": '{"_id":"a"}\n'}, "corpus.jsonl, line 1"),
        ({"queries": QUERIES + "{not json\n"}, "queries.jsonl, line 3"),
        ({"qrels": QRELS + "q1\ta\n"}, "test.tsv, line 4"),
        ({"qrels": QRELS + "q1\ta\tbest\n"}, "test.tsv, line 4"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, broken: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInputError, match=named):
        read_dataset(dataset_in(tmp_path, **broken))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"test\.tsv"):
        read_dataset(tmp_path)


def test_a_run_is_written_as_trec_lines(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"q1": [("a", 1.5), ("b", 0.25)]})

    assert (tmp_path / "run").read_text() == (
        "q1 Q0 a 1 1.500000 cordee\nq1 Q0 b 2 0.250000 cordee\n"
    )
