"""What is whole and what is not of a text that is still being typed."""

from __future__ import annotations

import pytest

from indexer.retrieval.instant import Typed, take_apart, words_so_far
from indexer.retrieval.parser import parse


@pytest.mark.parametrize(
    ("text", "words", "prefix"),
    [
        ("fixer ses pr", "fixer ses pr", "pr"),
        ("fixer ses prix ", "fixer ses prix ", ""),
        ("fixer ses prix,", "fixer ses prix,", ""),
        ("Écono", "Écono", "econo"),
        ("qu’est-ce que l’ent", "qu’est-ce que l’ent", "ent"),
        ("prix 20", "prix 20", "20"),
    ],
)
def test_the_last_word_may_go_on_unless_something_follows_it(
    text: str, words: str, prefix: str
) -> None:
    assert take_apart(text) == Typed(words, prefix)


def test_a_single_letter_says_nothing_yet() -> None:
    assert take_apart("prix d") == Typed("prix ", "")
    assert take_apart("d") == Typed("", "")


@pytest.mark.parametrize("text", ["", "   ", "?!", "😀"])
def test_a_text_without_words_has_no_prefix(text: str) -> None:
    assert take_apart(text).prefix == ""


@pytest.mark.parametrize(
    ("text", "words", "prefix"),
    [
        ("kind:cours fact", "fact", "fact"),
        ("facture kind:cours", "facture ", ""),
        ("facture -micro", "facture ", ""),
        ("-micro facture tva", "facture tva", "tva"),
        ("-tva tva ", "tva ", ""),
        ('"plan de financement"', "plan de financement ", ""),
        ('"plan" ban', "plan ban", "ban"),
        ("kind:cours", " ", ""),
        ("kind:zzz fact", "kind:zzz fact", "fact"),
    ],
)
def test_conditions_are_no_words_and_do_not_go_on(text: str, words: str, prefix: str) -> None:
    assert words_so_far(text, parse(text)) == Typed(words, prefix)
