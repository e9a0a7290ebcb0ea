"""The simulation of experiments: clicks by place and grade, and outcomes that follow the better."""

from __future__ import annotations

from random import Random

from benchmarks.interleaving import BASE, Lines, School, found_after, is_clicked, simulate
from indexer.evaluation.dataset import Dataset, JudgedQuery
from indexer.evaluation.judged import id_of
from indexer.feedback.verdict import Finding, Outcome, judge
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.ranking import RankedDocument
from schemas.feedback import ShownHit

N_DOCUMENTS = 12
RIVAL = "rival@1"


def a_school() -> School:
    """Ten queries with one answer each; the base has it first, the rival fifth."""
    queries = tuple(JudgedQuery(f"q{n}", f"question {n}") for n in range(10))
    qrels = {query.id: {"d0": 3} for query in queries}
    names = [f"d{n}" for n in range(N_DOCUMENTS)]
    rankings = {
        BASE.version_name: [*names],
        RIVAL: [*names[1:5], names[0], *names[5:]],
    }
    ranked = {
        key: {
            query.id: [Collapsed(RankedDocument(id_of(name), (), 0.0)) for name in order]
            for query in queries
        }
        for key, order in rankings.items()
    }
    return School(Dataset("tiny", (), queries, qrels), ranked)


def test_people_click_first_places_and_answers_more() -> None:
    rng = Random(1)  # noqa: S311
    grades = {"good": 3, "bad": 0}
    places = [("good", 1), ("good", 5), ("bad", 1), ("bad", 5)]
    counts = [
        sum(is_clicked(ShownHit(name, at, "sheet"), grades, rng, 0.2) for _ in range(2_000))  # type: ignore[arg-type]
        for name, at in places
    ]

    assert counts[0] > counts[1] > counts[3]
    assert counts[0] > counts[2] > counts[3]


def test_the_worse_ranking_loses_and_is_found_out() -> None:
    outcomes = simulate(a_school(), RIVAL, seed=1, n_searches=300, noise=0.2)
    verdict = judge(outcomes)

    assert verdict.finding is Finding.WORSE
    assert verdict.delta < 0
    assert 0 < (found_after(outcomes, -1) or 0) <= len(outcomes)


def test_a_coin_between_two_rankings_makes_them_equal() -> None:
    deltas = [
        judge(
            simulate(a_school(), RIVAL, seed=seed, n_searches=200, noise=0.2, is_equal=True)
        ).delta
        for seed in range(10)
    ]

    assert abs(sum(deltas) / len(deltas)) < 0.05


def test_the_same_seed_gives_the_same_outcomes() -> None:
    runs = [simulate(a_school(), RIVAL, seed=3, n_searches=50, noise=0.2) for _ in range(2)]

    assert runs[0] == runs[1]


def test_what_was_never_sure_was_never_found() -> None:
    assert found_after([Outcome("ada", 1), Outcome("ada", -1)] * 20, -1) is None
    assert list(Lines().searches_after(0)) == []
