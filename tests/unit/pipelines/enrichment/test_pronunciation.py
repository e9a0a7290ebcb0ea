"""Keys of French pronunciation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.enrichment.pronunciation import (
    pronounce,
    readings,
    readings_in_pieces,
    readings_of_name,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("devis", "devie"),
        ("ciré", "siré"),
        ("cirette", "sirette"),
        ("acompte", "accomptes"),
        ("statuts", "statues"),
        ("associés", "associer"),
        ("marché", "marcher"),
        ("métiers", "métier"),
        ("chiffre", "chifres"),
        ("qualité", "kalitée"),
        ("eau", "haut"),
        ("prospection", "prospexion"),
        ("bilan", "bilant"),
    ],
)
def test_words_that_sound_alike_share_a_key(one: str, other: str) -> None:
    assert pronounce(one) == pronounce(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("devis", "devin"), ("seul", "seuil"), ("bon", "beau"), ("plan", "plane"), ("cas", "quai")],
)
def test_words_that_sound_different_have_different_keys(one: str, other: str) -> None:
    assert not readings(one) & readings(other)


def test_a_last_consonant_may_be_heard() -> None:
    assert readings("siret") == {"sirE", "sirEt"}
    assert pronounce("cirette") in readings("SIRET")
    assert pronounce("sirène") in readings("SIREN")


def test_an_acronym_is_also_said_by_its_letters() -> None:
    assert pronounce("tévéa") in readings_of_name("TVA")
    assert pronounce("ursaf") in readings_of_name("URSSAF")


def test_a_first_letter_that_cannot_be_said_is_said_by_its_name() -> None:
    assert readings_of_name("Kbis") & readings_in_pieces(("cas", "bis"))
    assert readings_of_name("Kbis") & readings_in_pieces(("K", "bis"))


@given(st.text(max_size=40))
def test_any_text_has_a_key_without_doubled_sounds(text: str) -> None:
    key = pronounce(text)

    assert all(a != b for a, b in pairwise(key))
