from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.taxonomy import load_taxonomy
from pipelines.enrichment.aliases import AliasMatcher
from schemas.tag import Tag

TAXONOMY = load_taxonomy(None)
MATCHER = AliasMatcher(TAXONOMY)
IDS = {tag.id for tag in TAXONOMY.tags}


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("je suis auto-entrepreneuse depuis mai", "topic.micro-enterprise"),
        ("je suis auto entrepreneur", "topic.micro-enterprise"),
        ("RESEAUX SOCIAUX ET CREATION", "topic.social-media"),
        ("le réseau social que tout le monde quitte", "topic.social-media"),
        ("mon businness plan, enfin mon prévisionel", "topic.business-plan"),
        ("c'est l’expert-comptable qui le dit", "topic.accounting"),
        ("mon CA a doublé", "topic.revenue"),
        ("le taux de tva", "topic.vat"),
        ("le taux de TVA", "topic.vat"),
        ("un bp bien ficelé, mais en capitales : BP", "topic.business-plan"),
    ],
)
def test_an_alias_is_found_as_students_write_it(text: str, tag: str) -> None:
    assert tag in MATCHER.find(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("ca marche comme ca", "topic.revenue"),
        ("ça me va", "topic.revenue"),
        ("la coupe du monde sas", "topic.legal-status"),
        ("il faut les contratifier", "topic.contracts"),
        ("la boutique en ligne", "sector.retail"),
    ],
)
def test_what_only_looks_like_an_alias_is_not_one(text: str, tag: str) -> None:
    assert tag not in MATCHER.find(text)


def test_short_words_are_never_corrected() -> None:
    assert "topic.pricing" not in MATCHER.find("un tarir")
    assert "sector.wellness" not in MATCHER.find("une soga")


@given(st.text(max_size=200))
def test_any_text_is_searched_without_complaint(text: str) -> None:
    assert MATCHER.find(text) <= IDS


@pytest.mark.parametrize("tag", TAXONOMY.tags, ids=lambda tag: tag.id)
def test_every_label_finds_its_tag(tag: Tag) -> None:
    assert tag.id in MATCHER.find(f"un mot, {tag.label}, et la suite")
