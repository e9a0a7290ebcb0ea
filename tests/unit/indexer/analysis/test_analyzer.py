"""French text to terms: what must match what, and that no text breaks it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.analysis.analyzer import grams, terms, word_terms
from indexer.analysis.normalize import as_typed, fold, normalize, query_key, titled, well_formed

# Surrogates included: a browser can send them.
ANY_TEXT = st.text(st.characters(categories=None), max_size=200)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Économies", "economie"),
        ("l’acte", "l'acte"),
        ("L'ACTE", "acte"),
        ("qu'un devis", "devis"),
        ("jusqu’à l’échéance", "echeance"),
        ("d'œuvre", "oeuvre"),
        ("les entrepreneuses", "entrepreneuse"),
        (unicodedata.normalize("NFD", "échéance"), "echeance"),
        ("co\u00adopérative", "coopérative"),
        ("ﬁnancement", "financement"),
    ],
)
def test_written_and_typed_forms_make_the_same_terms(written: str, typed: str) -> None:
    assert terms(written) == terms(typed) != []


def test_questions_lose_their_grammar() -> None:
    assert terms("Comment est-ce que je peux fixer mes prix ?") == ["fix", "prix"]


def test_an_accent_is_folded_before_the_stem_is_cut() -> None:
    assert terms("création") == terms("creation")


def test_grams_stay_inside_words_and_pairs_join_neighbours() -> None:
    assert grams("l’été") == ["_l_", "_ete", "ete_", "l+ete"]


def test_offsets_of_words_are_code_points_of_the_text_as_written() -> None:
    text = "🎉 L’Économie 👩‍🚀 d’œuvres"

    found = [text[word.start : word.end] for word in word_terms(text) if word.term]

    assert found == ["Économie", "œuvres"]


def test_a_combining_accent_belongs_to_its_word() -> None:
    text = unicodedata.normalize("NFD", "échéances")

    (word,) = word_terms(text)

    assert (word.start, word.end, word.term) == (0, len(text), terms("échéance")[0])


def test_the_encoder_gets_the_same_question_with_and_without_its_marks() -> None:
    assert as_typed("Combien ça coûte ?") == as_typed("combien ça coûte") == "combien ça coûte"


def test_marks_alone_are_still_a_query() -> None:
    assert as_typed("??") == "??"


def test_a_title_stands_before_the_text_and_no_title_leaves_no_trace() -> None:
    assert (titled("Prix", "On y parle."), titled("", "On y parle.")) == (
        "Prix : On y parle.",
        "On y parle.",
    )


def test_control_characters_and_surrogates_leave_a_query() -> None:
    assert well_formed("\x00devis\ud800\n") == "devis?"


@given(ANY_TEXT)
def test_no_text_raises(text: str) -> None:
    terms(text)
    grams(text)
    well_formed(text).encode()
    as_typed(well_formed(text))
    assert all(text[word.start : word.end] for word in word_terms(text))


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
    assert fold(fold(text)) == fold(text)


# Characters newer than this Python's Unicode are left out: the engine knows a later one and takes
# some of them for letters. So are marks that no letter takes in, also those that a compatibility
# form hides: engines disagree whether they end a word.
MARKS = {"Mn", "Mc", "Me"}


@given(st.text(st.characters(codec="utf-8", exclude_categories=[*MARKS, "Cf", "Cn"]), max_size=80))
def test_every_term_of_a_text_is_the_term_of_one_of_its_words(text: str) -> None:
    text = normalize(text)
    assume(not any(unicodedata.category(character) in MARKS for character in text))

    assert set(terms(text)) >= {word.term for word in word_terms(text)} - {""}


@pytest.mark.parametrize(
    "typed",
    [
        "comment fixer l'écheance",
        "  Comment  fixer\u00a0l’échéance\u202f? ",
        "COMMENT FIXER L'ÉCHÉANCE !?",
        unicodedata.normalize("NFD", "Comment : fixer l'échéance"),
    ],
)
def test_the_same_question_typed_otherwise_is_the_same_query(typed: str) -> None:
    assert query_key(typed) == "comment fixer l'echeance"


def test_another_word_or_order_is_another_query() -> None:
    assert len({query_key(text) for text in ("prix devis", "devis prix", "prix d'un devis")}) == 3


@given(ANY_TEXT)
def test_a_query_key_is_its_own_key(text: str) -> None:
    assert query_key(query_key(text)) == query_key(text)
