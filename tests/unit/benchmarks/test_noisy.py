"""Queries as people mistype them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from benchmarks.noisy import accents, content, edits, mistyped, write_noisy
from indexer.evaluation.dataset import read_dataset

unhurried = settings(deadline=None)  # shared cores: time says nothing


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311


def a_folder(directory: Path, queries: list[str]) -> Path:
    (directory / "qrels").mkdir(parents=True)
    (directory / "corpus.jsonl").write_text('{"_id": "d1", "text": "un texte"}\n')
    lines = [
        json.dumps({"_id": f"q{i}", "text": text, "metadata": {"split": "dev"}})
        for i, text in enumerate(queries)
    ]
    (directory / "queries.jsonl").write_text("\n".join(lines) + "\n")
    judged = "".join(f"q{i}\td1\t1\n" for i in range(len(queries)))
    (directory / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    return directory


def test_three_folders_are_written_with_the_same_judgments(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "clean", ["Comment déclarer la TVA ?", "prélèvement"])
    changed = write_noisy(folder, tmp_path / "noisy", seed=1)
    clean = read_dataset(folder)
    for name in ("edits", "accents", "content"):
        noisy = read_dataset(tmp_path / "noisy" / name)
        assert noisy.documents == clean.documents
        assert noisy.qrels == clean.qrels
        assert [query.id for query in noisy.queries] == ["q0", "q1"]
    assert changed == {"edits": 2, "accents": 2, "content": 1}
    written = (tmp_path / "noisy" / "content" / "queries.jsonl").read_text(encoding="utf-8")
    assert json.loads(written.splitlines()[0]) == {
        "_id": "q0",
        "text": "déclarer TVA",
        "metadata": {"split": "dev"},
    }


def test_the_same_seed_makes_the_same_mistakes_in_any_order(tmp_path: Path) -> None:
    texts = ["Comment déclarer la TVA ?", "prélèvement à la source"]
    first = a_folder(tmp_path / "first", texts)
    write_noisy(first, tmp_path / "one", seed=3)
    lines = (first / "queries.jsonl").read_text().splitlines()
    (first / "queries.jsonl").write_text("\n".join(reversed(lines)) + "\n")
    write_noisy(first, tmp_path / "two", seed=3)
    one, two = (
        sorted((tmp_path / name / "edits" / "queries.jsonl").read_text().splitlines())
        for name in ("one", "two")
    )
    assert one == two


def test_content_keeps_a_query_of_stop_words() -> None:
    assert content("pourquoi ?", seeded(1)) == "pourquoi ?"
    assert content("C'est quoi l'Urssaf ?", seeded(1)) == "Urssaf"


def test_accents_go_and_the_rest_stays() -> None:
    assert accents("Où déclarer ça, à l'Été ?", seeded(1)) == "Ou declarer ca, a l'Ete ?"


@unhurried
@given(st.text(alphabet="abcdeéèfgà", min_size=4, max_size=12), st.integers())
def test_a_mistyped_word_has_one_mistake(word: str, seed: int) -> None:
    assert OSA.distance(word, mistyped(word, seeded(seed))) == 1


@unhurried
@given(st.text(max_size=60), st.integers())
def test_edits_touch_two_words_at_the_most(text: str, seed: int) -> None:
    assert OSA.distance(text, edits(text, seeded(seed))) <= 2
