"""Whose words plain French and English ask for: a table of phrasings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.telling import MAX_SPEAKERS, told_by
from schemas.content import Speaker
from schemas.ids import PersonId

PEOPLE = {
    PersonId(id_): Speaker(PersonId(id_), name)
    for id_, name in (
        ("m-1", "Camille Roux"),
        ("m-2", "Claire de Villiers"),
        ("m-3", "Jean-Noël Müller"),
        ("s-1", "Claire Petit"),
    )
}
CAMILLE, NOEL = {"m-1"}, {"m-3"}

ASKED = [
    ("ce que dit la mentor Camille sur les prix", CAMILLE, "les prix"),
    ("Ce que dit la mentore Camille sur les prix ?", CAMILLE, "les prix"),
    ("qu'a dit Camille R. sur la TVA", CAMILLE, "la TVA"),
    ("qu’a dit camille roux sur la TVA ?", CAMILLE, "la TVA"),
    ("que dit Camille de la TVA", CAMILLE, "la TVA"),
    ("que pense Camille du portage salarial", CAMILLE, "portage salarial"),
    ("qu'est-ce que Camille a dit sur les devis", CAMILLE, "les devis"),
    ("qu'est ce que dit Camille à propos des devis", CAMILLE, "devis"),
    ("qu'est-ce que nous a dit Camille au sujet des devis ?", CAMILLE, "devis"),
    ("ce que Camille dit sur la marge", CAMILLE, "la marge"),
    ("ce qu'explique la formatrice Camille sur la marge", CAMILLE, "la marge"),
    ("ce que le mentor Jean-Noël raconte sur ses débuts", NOEL, "ses débuts"),
    ("ce que dit jean noel sur ses débuts", NOEL, "ses débuts"),
    ("ce que conseille Noël Müller pour négocier", NOEL, "négocier"),
    ("les conseils de Camille pour négocier", CAMILLE, "négocier"),
    ("l'avis de la coach Camille sur mon logo", CAMILLE, "mon logo"),
    ("réponse de Camille sur la franchise", CAMILLE, "la franchise"),
    ("Camille a dit quoi sur la TVA ?", CAMILLE, "la TVA"),
    ("selon Camille, comment fixer ses prix ?", CAMILLE, "comment fixer ses prix"),
    ("d'après la mentor Camille, faut-il un contrat", CAMILLE, "faut-il un contrat"),
    ("comment fixer ses prix selon Camille", CAMILLE, "comment fixer ses prix"),
    ("comment fixer ses prix d’après Camille Roux ?", CAMILLE, "comment fixer ses prix"),
    ("what did Camille say about prices?", CAMILLE, "prices"),
    ("what Camille said about VAT", CAMILLE, "VAT"),
    ("ce que dit Claire de Villiers sur les prix", {"m-2"}, "les prix"),
    ("ce que dit Claire sur les prix", {"m-2", "s-1"}, "les prix"),
]
NOT_ASKED = [
    "",
    "camille",
    "Camille Roux prix",
    "ce que dit la loi sur la TVA",
    "que dit le mentor sur les prix",
    "ce que dit Camilla sur les prix",
    "ce que dit Cam sur les prix",
    "ce que dit Astrid sur les prix",
    "ce que dit Camille Bernard sur les prix",
    "ce que dit Camille",
    "ce que dit la mentor sur camille",
    "comment fixer ses prix selon la loi",
    "les conseils de base pour négocier",
    "réponse de la banque sur le prêt",
    "qu'est-ce que la TVA",
    "que faire quand un client ne paie pas Camille",
    "what did the bank say about my loan",
    "prix et marges pour Camille",
]


def asked(text: str) -> tuple[set[str], str] | None:
    found = told_by(text, lambda: PEOPLE)
    return ({person.id for person in found.speakers}, found.text) if found else None


@pytest.mark.parametrize(("text", "ids", "topic"), ASKED, ids=[text for text, *_ in ASKED])
def test_whose_words_are_asked_for_is_understood(text: str, ids: set[str], topic: str) -> None:
    assert asked(text) == (ids, topic)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_other_questions_are_read_as_typed(text: str) -> None:
    assert asked(text) is None


def test_nobody_is_looked_up_where_no_form_fits() -> None:
    def unexpected() -> dict[PersonId, Speaker]:
        raise AssertionError("looked up")

    assert told_by("comment fixer mes prix quand je débute", unexpected) is None


def test_a_name_of_very_many_says_nothing() -> None:
    many = {
        PersonId(f"s-{n}"): Speaker(PersonId(f"s-{n}"), f"Léa {n}") for n in range(MAX_SPEAKERS + 1)
    }

    assert told_by("ce que dit Léa sur les prix", lambda: many) is None


@given(st.text(alphabet="aqu'’ ,.selonditcmCR?-", max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    told_by(text, lambda: PEOPLE)
