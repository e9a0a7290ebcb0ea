"""What typed texts ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.lexicon import Lexicon
from indexer.ports import Form
from indexer.retrieval.parser import parse
from indexer.retrieval.spelling import Speller
from indexer.retrieval.understanding import Understanding, understand
from indexer.synonyms import Synonyms
from schemas.synonym import SynonymGroup

SYNONYMS = Synonyms([
    SynonymGroup("turnover", ("chiffre d'affaires",), abbreviations=("CA",)),
    SynonymGroup("crowd", ("crowdfunding", "financement participatif")),
])
SPELLER = Speller({"facture": 9, "devis": 7}, Lexicon({"facture": 9, "devis": 7}))


def understood(text: str) -> Understanding:
    return understand(parse(text), speller=SPELLER, synonyms=SYNONYMS)


def test_a_synonym_is_another_form_of_the_word_that_counts_less() -> None:
    ((typed, other),) = understood("crowdfunding").lexical.words

    assert typed == Form(("crowdfunding",))
    assert (other.terms, other.weight) == (("financ", "particip"), 0.5)
    assert understood("crowdfunding").meaning == "crowdfunding"


def test_a_synonym_of_several_words_stands_beside_them() -> None:
    groups = understood("financement participatif").lexical.words

    assert [group[0].terms for group in groups] == [("financ",), ("particip",), ("crowdfunding",)]


def test_the_encoder_is_told_what_an_abbreviation_stands_for() -> None:
    assert understood("calculer mon CA").meaning == "calculer mon ca chiffre d'affaires"


def test_a_mistyped_word_is_looked_for_as_it_was_meant() -> None:
    found = understood("factrue")

    assert found.lexical.words == ((Form(("factur",)), Form(("factru",))),)
    assert (found.meaning, found.marks, found.suggestion) == (
        "facture",
        "facture factrue",
        "facture",
    )


def test_what_is_offered_keeps_the_conditions_that_were_typed() -> None:
    assert understood("factrue kind:cours -micro").suggestion == "facture -micro kind:course"
    assert understood("facturre tva kind:fiche").suggestion == "facture tva kind:sheet"
    assert understood('"factrue devis"').suggestion is None


def test_a_stretch_said_twice_counts_once() -> None:
    once = understood("financement participatif").lexical.words

    assert understood("financement participatif ou financement participatif").lexical.words == once


@pytest.mark.parametrize("text", ['"prix de vente"', '"prix de vente" bijoux', "« prix de vente »"])
def test_a_quoted_phrase_must_be_there(text: str) -> None:
    assert understood(text).lexical.required == (("prix", "", "vent"),)


@pytest.mark.parametrize(
    "text",
    [
        'Le "prix de vente", c\'est quoi ?',
        'choisir un "prix de vente" sans perdre ses clients fidèles',
    ],
)
def test_quotes_in_a_sentence_stress_and_exclude_nothing(text: str) -> None:
    found = understood(text).lexical

    assert found.required == ()
    assert found.words == understood(text.replace('"', "")).lexical.words


PIECES = (
    '"',
    "«",
    "»",
    "-",
    " ",
    ":",
    "'",
    "kind:",
    "fiche",
    "tag:",
    "mentor:",
    "CA",
    "factrue",
    "le",
)
ANY_TEXT = st.text(st.characters(categories=None), max_size=120)
ANY_SYNTAX = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=30).map("".join)


@given(ANY_TEXT | ANY_SYNTAX)
def test_no_text_raises(text: str) -> None:
    found = understood(text)

    assert all(form.terms for group in found.lexical.words for form in group)
    assert all(any(phrase) for phrase in found.lexical.required + found.lexical.excluded)


def test_what_synonyms_say_is_marked_as_well() -> None:
    assert understood("crowdfunding").marks == "crowdfunding financement participatif"


def test_what_is_excluded_is_neither_ranked_by_nor_told_to_the_encoder() -> None:
    found = understood('devis -micro -"plan de vente"')

    assert found.lexical.excluded == (("micro",), ("plan", "", "vent"))
    assert (found.meaning, found.marks) == ("devis", "devis")
