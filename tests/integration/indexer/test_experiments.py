"""Searches while another profile comes into service and while an experiment runs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from fixtures.builders import A_MOMENT, a_made_profile, an_experiment
from schemas.hit import ResultPage
from schemas.query import Order
from tests.integration.indexer.conftest import School

SOON_S = 20.0  # a second is promised; a busy machine may be slower
WORDS_ONLY = {"lexical": 1.0, "dense": 0.0, "second": 0.0}
MEANING_ONLY = {"lexical": 0.0, "dense": 1.0, "second": 0.0}


def until(page: Callable[[], ResultPage], is_so: Callable[[ResultPage], bool]) -> ResultPage:
    end = time.monotonic() + SOON_S
    while not is_so(found := page()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.fixture
def filled(school: School) -> School:
    for n in range(12):
        words = " ".join(["devis"] * (n + 1))
        school.publish(f"text:{n}", [f"{words} atelier numéro {n}"], title=f"Titre {n}")
    return school


def test_another_profile_serves_soon_and_without_a_restart(filled: School) -> None:
    assert filled.search("devis").profile == "default@4"
    made = filled.catalog.rankings.add(a_made_profile())

    filled.catalog.rankings.use(made.key, A_MOMENT, by="admin", reason="try")
    found = until(lambda: filled.search("devis"), lambda page: page.profile == made.key)
    filled.catalog.rankings.roll_back(A_MOMENT, by="admin")

    assert len(found.hits) == 10
    until(lambda: filled.search("devis"), lambda page: page.profile == "default@4")


def test_pages_of_an_experiment_are_cut_from_one_mixed_ranking(filled: School) -> None:
    rankings = filled.catalog.rankings
    words = rankings.add(a_made_profile(name="words", weights=WORDS_ONLY))
    meaning = rankings.add(a_made_profile(name="meaning", weights=MEANING_ONLY))
    alone = filled.search("devis atelier", per_page=50)
    rankings.start(an_experiment(champion=words.key, challenger=meaning.key))

    whole = until(
        lambda: filled.search("devis atelier", asker="ada", per_page=50),
        lambda page: page.experiment == "words-first",
    )
    pages = [filled.search("Devis  atelier", asker="ada", per_page=5, page=n) for n in (1, 2, 3)]
    teams = [hit.team for hit in whole.hits]

    assert [h.document.id for page in pages for h in page.hits] == [
        h.document.id for h in whole.hits
    ]
    assert [h.rank for page in pages for h in page.hits] == list(range(1, len(whole.hits) + 1))
    assert {h.document.id for h in whole.hits} == {h.document.id for h in alone.hits}
    assert whole.total == alone.total
    assert whole.facets == alone.facets
    assert {team for team in teams if team} == {words.key, meaning.key}


def test_only_a_ranked_search_of_somebody_is_mixed(filled: School) -> None:
    filled.catalog.rankings.start(an_experiment())
    until(lambda: filled.search("devis", asker="ada"), lambda page: bool(page.experiment))

    others = [
        filled.search("devis"),
        filled.search("", asker="ada"),
        filled.search("?!", asker="ada"),
        filled.search("devis", asker="ada", order=Order.NEWEST),
    ]

    assert [page.experiment for page in others] == [""] * 4
    assert {hit.team for page in others for hit in page.hits} == {""}
