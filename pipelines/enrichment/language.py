"""The language of a text: French unless the text says otherwise."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

DEFAULT_LANGUAGE: Final = "fr"
LANGUAGES: Final = ("fr", "en", "es", "de", "it", "pt")
"""What the school's content is written in; a wider choice only adds mistakes."""
_MIN_LETTERS: Final = 20  # "OK merci, à demain": shorter texts are told apart by chance
_MIN_PROBABILITY: Final = 0.7


def language_of(text: str, *, default: str = DEFAULT_LANGUAGE) -> str:
    """Return the ISO 639-1 code of a text's language, one of ``LANGUAGES``.

    ``default`` when there are fewer than 20 letters or the classifier is not sure.
    """
    if sum(map(str.isalpha, text)) < _MIN_LETTERS:
        return default
    language, probability = _identifier().classify(text)
    return str(language) if probability >= _MIN_PROBABILITY else default


@cache
def _identifier() -> LanguageIdentifier:
    """Load the classifier once; it is read-only afterwards."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
