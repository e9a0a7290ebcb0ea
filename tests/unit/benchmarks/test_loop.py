"""The simulated students of benchmarks/loop: what they open, say, and are asked."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks.loop.clicks import MODELS
from benchmarks.loop.people import VOTES, Habit, Person, deeds, hostile_deed, people
from benchmarks.loop.questions import (
    ALL,
    answerable,
    otherwise,
    read_collection,
    read_intents,
    split_queries,
)
from indexer.analysis.normalize import query_key
from indexer.evaluation.dataset import CorpusDocument, Dataset, JudgedQuery
from schemas.ids import PersonId

DRAWS = 4_000
NOTHING, EVERYTHING = 0.0, 1.0


def seeded(seed: object) -> Random:
    return Random(str(seed))  # noqa: S311


def shares(model: str, worth: list[float]) -> list[float]:
    rng, opened = seeded(model), Counter[int]()
    for _ in range(DRAWS):
        opened.update(MODELS[model].opened(worth, rng))
    return [opened[place] / DRAWS for place in range(len(worth))]


@pytest.mark.parametrize("model", sorted(MODELS))
def test_what_answers_is_opened_more_often_than_what_does_not(model: str) -> None:
    assert shares(model, [EVERYTHING])[0] > shares(model, [NOTHING])[0] + 0.5


@pytest.mark.parametrize("model", sorted(MODELS))
def test_the_same_document_is_opened_less_often_further_down(model: str) -> None:
    found = shares(model, [EVERYTHING] * 5)
    assert found == sorted(found, reverse=True)
    assert found[0] > 2 * found[4]


def test_the_constants_of_the_cascade_are_those_of_its_source() -> None:
    assert shares("cascade", [EVERYTHING])[0] == pytest.approx(0.95, abs=0.02)
    assert shares("cascade", [NOTHING])[0] == pytest.approx(0.05, abs=0.02)
    # The second is looked at where the first was passed over, or did not end the search.
    assert shares("cascade", [EVERYTHING] * 2)[1] == pytest.approx(0.95 * 0.145, abs=0.03)


def test_the_second_model_looks_at_a_place_by_its_number_only() -> None:
    below_an_answer = shares("position", [EVERYTHING, EVERYTHING])[1]
    below_nothing = shares("position", [NOTHING, EVERYTHING])[1]
    assert below_an_answer == pytest.approx(0.5, abs=0.03)
    assert below_nothing == pytest.approx(0.5, abs=0.03)


def test_a_school_has_as_many_of_each_habit_as_asked_for() -> None:
    found = Counter(each.habit for each in people(200, keen=0.3, hostile=0.05, rng=seeded(1)))
    assert found == {Habit.HOSTILE: 10, Habit.KEEN: 57, Habit.LAZY: 133}


def test_the_keen_vote_often_and_the_lazy_rarely() -> None:
    def votes(habit: Habit) -> float:
        rng, person = seeded(habit), Person(PersonId("s-1"), habit)
        done = [
            deed
            for _ in range(DRAWS)
            for deed in deeds(person, [EVERYTHING], MODELS["cascade"], rng, noise=0.0)
        ]
        return sum(deed.is_useful is not None for deed in done) / len(done)

    assert votes(Habit.KEEN) == pytest.approx(VOTES[Habit.KEEN], abs=0.04)
    assert votes(Habit.LAZY) == pytest.approx(VOTES[Habit.LAZY], abs=0.02)


def test_without_noise_nobody_calls_useful_what_answers_nothing() -> None:
    rng, person = seeded(1), Person(PersonId("s-1"), Habit.KEEN)
    said = {
        (worth, deed.is_useful)
        for _ in range(DRAWS)
        for worth in (NOTHING, EVERYTHING)
        for deed in deeds(person, [worth], MODELS["cascade"], rng, noise=0.0)
        if deed.is_useful is not None
    }
    assert said == {(NOTHING, False), (EVERYTHING, True)}


def test_with_nothing_but_noise_opinions_tell_nothing() -> None:
    rng, person = seeded(1), Person(PersonId("s-1"), Habit.KEEN)
    said = [
        deed.is_useful
        for _ in range(DRAWS)
        for deed in deeds(person, [EVERYTHING], MODELS["cascade"], rng, noise=1.0)
        if deed.is_useful is not None
    ]
    assert sum(said) / len(said) == pytest.approx(0.5, abs=0.05)


def test_nobody_opens_a_hit_of_an_empty_page() -> None:
    person = Person(PersonId("s-1"), Habit.KEEN)
    assert deeds(person, [], MODELS["position"], seeded(1), noise=1.0) == []


def test_hostile_people_always_call_it_useful() -> None:
    assert hostile_deed(7, seeded(1)).is_useful


def a_dataset(n: int = 40) -> Dataset:
    return Dataset(
        name="school",
        documents=tuple(CorpusDocument(f"d{i}", "") for i in range(n)),
        queries=tuple(JudgedQuery(f"q{i}", f"une question numéro {i}") for i in range(n)),
        qrels={f"q{i}": {f"d{i}": 1} for i in range(n)},
    )


def test_half_of_the_queries_are_searched_and_no_part_shares_one() -> None:
    parts = split_queries(a_dataset(), {}, seed=1)
    voted, unrelated = ({each.query_id for each in own} for own in (parts.voted, parts.unrelated))
    assert (len(voted), len(unrelated), voted & unrelated) == (20, 20, set())
    assert {each.query_id for each in parts.reworded} <= voted
    assert {query_key(each.text) for each in parts.reworded}.isdisjoint(
        query_key(each.text) for each in parts.voted
    )


def test_one_seed_gives_one_split() -> None:
    assert split_queries(a_dataset(), {}, seed=3) == split_queries(a_dataset(), {}, seed=3)
    assert split_queries(a_dataset(), {}, seed=3) != split_queries(a_dataset(), {}, seed=4)


def test_queries_of_one_intent_are_searched_in_one_wording() -> None:
    intents = {f"q{i}": f"intent-{i // 2}" for i in range(40)}
    parts = split_queries(a_dataset(), intents, seed=1)
    searched = [intents[each.query_id] for each in parts.voted]
    assert len(searched) == len(set(searched)) == 20
    assert {intents[each.query_id] for each in parts.reworded} == set(searched)
    assert parts.unrelated == ()


def test_queries_that_one_document_answers_are_never_split() -> None:
    dataset = a_dataset()
    qrels = {f"q{i}": {f"d{i // 4}": 1} for i in range(40)}
    parts = split_queries(
        Dataset(dataset.name, dataset.documents, dataset.queries, qrels), {}, seed=1
    )
    about = [{next(iter(qrels[each.query_id])) for each in own} for own in parts.named().values()]
    assert about[0].isdisjoint(about[2])


def test_a_question_that_stands_there_twice_is_never_split() -> None:
    dataset = a_dataset()
    twice = tuple(JudgedQuery(f"q{i}", f"Question {i // 2} ?") for i in range(40))
    parts = split_queries(
        Dataset(dataset.name, dataset.documents, twice, dataset.qrels), {}, seed=1
    )
    about = [{query_key(each.text) for each in own} for own in parts.named().values()]
    assert about[0].isdisjoint(about[2])


def test_another_wording_has_words_of_the_first() -> None:
    text = "Comment déclarer la TVA de mon entreprise ?"
    made = {otherwise(text, seeded(n)) for n in range(20)}
    assert len(made) > 5
    assert all(set(query_key(each).split()) & set(query_key(text).split()) for each in made)


def test_a_collection_is_read_with_all_its_splits_and_intents(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "text": "un texte"}\n')
    lines = [
        {"_id": "q1", "text": "tva", "metadata": {"intent": "vat"}},
        {"_id": "q2", "text": "bail"},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)))
    for split, query, grade in (("dev", "q1", 2), ("test", "q2", 0)):
        (tmp_path / "qrels" / f"{split}.tsv").write_text(f"q\td\ts\n{query}\td1\t{grade}\n")

    dataset = read_collection(tmp_path, ALL)

    assert [query.id for query in dataset.queries] == ["q1", "q2"]
    assert read_intents(tmp_path) == {"q1": "vat"}
    parts = split_queries(dataset, {}, seed=1)
    everything = (*parts.voted, *parts.unrelated)
    assert [each.query_id for each in answerable(everything, dataset)] == ["q1"]
