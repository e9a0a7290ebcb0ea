"""The grounds of a hit in a reader's words."""

from __future__ import annotations

import pytest

from api.pages.texts import LANGUAGES, texts_of
from api.pages.why import why_of
from schemas.hit import GroundCode
from schemas.wire_explanation import GroundView

FRENCH = texts_of("fr", "Europe/Paris")


def ground(code: GroundCode, *words: str, n_people: int | None = None) -> GroundView:
    return GroundView(code, words, n_people)


@pytest.mark.parametrize(
    ("grounds", "expected"),
    [
        (
            [
                ground(GroundCode.TITLE, "tarif"),
                ground(GroundCode.MEANING),
                GroundView(GroundCode.USEFUL, (), 14, 15),
            ],
            (
                "mot exact dans le titre · sens proche · "
                "14 personnes sur 15 l'ont trouvé utile pour cette question"
            ),
        ),
        (
            [
                ground(GroundCode.TITLE, "fixer", "prix"),
                ground(GroundCode.ALL_WORDS, "fixer", "prix"),
            ],
            "mots exacts dans le titre · tous les mots : fixer et prix",
        ),
        ([ground(GroundCode.ALL_WORDS, "prix")], "mot retrouvé : prix"),
        (
            [ground(GroundCode.SOME_WORDS, "a", "b", "c", "d", "e")],
            "une partie des mots : a, b, c et d",
        ),
        ([ground(GroundCode.CONDITIONS, "kind:course")], "répond à kind:course"),
        ([ground(GroundCode.NEAREST)], "parmi les plus proches, sans certitude"),
        ([], ""),
    ],
)
def test_grounds_are_told_in_words(grounds: list[GroundView], expected: str) -> None:
    assert why_of(grounds, FRENCH) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ground_has_words_in_every_language(language: str) -> None:
    t = texts_of(language, "Europe/Paris")
    for code in GroundCode:
        told = why_of([ground(code, "tarif", n_people=5)], t)
        assert told
        assert "{" not in told
