"""What a profile or a sentence asks for."""

from __future__ import annotations

import datetime as dt

from fixtures.builders import a_profile
from indexer.retrieval.wishes import NOTHING, wish_of_profile, wish_of_text
from indexer.taxonomy import load_taxonomy
from schemas.ids import TagId
from schemas.profile import Milestone
from schemas.recommendation import Basis, WhyCode

TAXONOMY = load_taxonomy(None)
SENTENCE = "Toutes les ressources pour un projet e-commerce qui veut lancer un crowdfunding"


def test_a_profile_asks_for_its_first_goals_its_next_milestone_and_itself() -> None:
    profile = a_profile(
        description="Des savons.",
        sectors=("sector.crafts",),
        stage="stage.growth",
        goals=("Vendre plus", "Fixer ses prix", "Dormir", "Jamais cherché"),
        milestones=(
            Milestone("Plus tard", dt.date(2027, 5, 1)),
            Milestone("Passé", dt.date(2026, 1, 1), done=True),
            Milestone("Bientôt", dt.date(2027, 1, 1)),
        ),
    )

    wish = wish_of_profile(profile, TAXONOMY)

    assert [ask.words for ask in wish.asks if ask.words] == [
        ("Vendre plus",),
        ("Fixer ses prix",),
        ("Dormir",),
        ("Bientôt",),
    ]
    assert wish.asks[-1].code is WhyCode.PROJECT
    assert wish.asks[0].text == "Vendre plus, Artisanat"
    assert (wish.project.sectors, wish.project.stage) == ({"sector.crafts"}, "stage.growth")
    assert TagId("topic.pricing") in wish.topics


def test_a_profile_of_tags_alone_asks_for_what_they_stand_for() -> None:
    wish = wish_of_profile(a_profile(sectors=("sector.food",)), TAXONOMY)

    assert [(ask.code, ask.words) for ask in wish.asks] == [(WhyCode.SECTOR, ("sector.food",))]


def test_an_empty_profile_asks_for_nothing() -> None:
    assert wish_of_profile(a_profile(), TAXONOMY) == NOTHING


def test_a_sector_that_left_the_taxonomy_is_no_obstacle() -> None:
    profile = a_profile(sectors=("sector.falconry",), goals=("Trouver un terrain",))

    wish = wish_of_profile(profile, TAXONOMY)
    alone = wish_of_profile(a_profile(sectors=("sector.falconry",)), TAXONOMY)

    assert wish.asks[0].words == ("Trouver un terrain",)
    assert alone.asks == ()


def test_a_sentence_names_its_sector_and_its_topic() -> None:
    baker = a_profile(sectors=("sector.food",), stage="stage.idea")

    wish = wish_of_text(SENTENCE, baker, TAXONOMY)

    assert wish.basis is Basis.QUESTION
    assert wish.project.sectors == {"sector.ecommerce"}  # not the baker's own
    assert wish.project.stage == "stage.idea"
    assert wish.topics == {"topic.crowdfunding"}
    assert wish.asks[0].text == SENTENCE
