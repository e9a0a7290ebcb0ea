"""Which words are real, and how they are written."""

from __future__ import annotations

import pytest

from indexer.analysis.lexicon import Lexicon, load_lexicon
from indexer.analysis.normalize import fold

TINY = Lexicon({"été": 90, "marche": 50, "marché": 40, "aujourd'hui": 9}, ["invoice"])


@pytest.mark.parametrize(
    "word", ["trésorerie", "tresorerie", "PRÉLÈVEMENT", "cotisations", "œuvre"]
)
def test_a_word_is_known_with_and_without_its_accents(word: str) -> None:
    assert load_lexicon().is_word(word)
    assert load_lexicon().is_french(word)


@pytest.mark.parametrize(
    "word", ["tresorrerie", "facturassion", "entreprenneur", "", "12", "é" * 50]
)
def test_a_mistake_is_no_word(word: str) -> None:
    assert not load_lexicon().is_word(word)


@pytest.mark.parametrize("word", ["invoice", "deposit", "website"])
def test_an_english_word_is_a_word_and_not_french(word: str) -> None:
    assert load_lexicon().is_word(word)
    assert not load_lexicon().is_french(word)


@pytest.mark.parametrize("word", ["urssaf", "crowdfunding", "influenceuse", "kickstarter", "taf"])
def test_what_students_type_is_a_word_though_general_lists_lack_it(word: str) -> None:
    assert load_lexicon().is_french(word)


def test_parts_of_a_word_that_a_query_is_cut_into_are_words() -> None:
    assert TINY.is_word("aujourd'hui")
    assert TINY.is_word("aujourd")
    assert TINY.is_word("hui")


def test_the_best_form_is_the_most_used() -> None:
    assert TINY.forms("marche") == ("marche", "marché")
    assert TINY.best_form("marche") == "marche"
    assert TINY.best_form("ete") == "été"
    assert TINY.best_form("invoice") is None
    assert TINY.count("marche") == 90
    assert TINY.count("invoice") == 0


def test_common_words_are_folded_and_used_often_enough() -> None:
    assert sorted(TINY.common(40)) == ["ete", "marche"]


def test_every_form_folds_to_what_it_was_asked_by() -> None:
    lexicon = load_lexicon()
    for folded in ("eleve", "cree", "depose", "tresorerie", "oeuvre"):
        assert {fold(form) for form in lexicon.forms(folded)} == {folded}


def test_an_empty_lexicon_knows_nothing() -> None:
    assert not Lexicon({}).is_word("mot")
    assert Lexicon({}).common(0) == []
    assert len(Lexicon({})) == 0


def test_it_is_read_once() -> None:
    assert load_lexicon() is load_lexicon()
