from __future__ import annotations

import pytest

from fixtures.builders import a_transcript
from pipelines.enrichment.language import LANGUAGES, language_of
from pipelines.segmentation.passages import segment
from schemas.ids import DocumentId, Revision


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Comment fixer mes prix quand on débute et qu'on n'ose pas ?", "fr"),
        ("comment je fais pour trouver mes premiers clients sans budget", "fr"),
        ("How should a beginner set prices without scaring customers away?", "en"),
        ("¿Cómo puedo encontrar mis primeros clientes sin gastar dinero?", "es"),
    ],
)
def test_a_sentence_is_told_by_its_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "OK", "Thanks!", "42 %", "¿?", "\U0001f44d" * 30])
def test_too_few_letters_mean_the_default(text: str) -> None:
    assert language_of(text) == "fr"
    assert language_of(text, default="en") == "en"


def test_an_english_term_does_not_turn_a_french_sentence() -> None:
    text = "Le growth hacking et le personal branding, ça se travaille dès le lancement"
    assert language_of(text) == "fr"


def test_only_the_languages_of_the_school_are_answered() -> None:
    assert language_of("これは日本語の文章です。もう少し長く書いてみましょう。") in LANGUAGES


def test_each_passage_of_a_mixed_recording_has_its_own_language() -> None:
    talk = a_transcript([
        "Nous allons voir comment fixer le prix de vos prestations quand vous débutez.",
        "Our guest from Dublin will tell you how she found her first three customers.",
        "Merci beaucoup, nous reprenons maintenant en français avec vos questions.",
    ])
    passages = segment(
        talk,
        document_id=DocumentId("d-1"),
        revision=Revision("r-1"),
        title="Atelier",
        audiences={"everyone"},
        language_of=language_of,
        count_tokens=lambda texts: [len(text.split()) for text in texts],
        budget=16,
        overlap=0,
    )

    assert [passage.language for passage in passages] == ["fr", "en", "fr"]
