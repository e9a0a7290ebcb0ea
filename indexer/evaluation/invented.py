"""Invented French words, as frequent as words are: what else a large school talks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_N_WORDS: Final = 20_000
_ZIPF: Final = 1.1  # exponent of word frequencies in French prose
_ONSETS: Final = (
    "b",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "l",
    "m",
    "n",
    "p",
    "qu",
    "r",
    "s",
    "t",
    "v",
    "br",
    "cl",
    "dr",
    "fr",
    "gr",
    "pl",
    "pr",
    "tr",
)
_VOWELS: Final = ("a", "e", "é", "i", "o", "u", "ou", "on", "an", "in", "ai", "eu")
_ENDINGS: Final = (
    "tion",
    "ment",
    "eur",
    "euse",
    "age",
    "ité",
    "ence",
    "aire",
    "ique",
    "er",
    "é",
    "e",
)


class InventedWords:
    """A vocabulary, and draws from it by Zipf's law."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Invent the words."""
        weights = 1.0 / np.arange(1, _N_WORDS + 1) ** _ZIPF
        self._cumulative: NDArray[np.float64] = np.cumsum(weights / weights.sum())
        words: dict[str, None] = {}
        while len(words) < _N_WORDS:
            words |= dict.fromkeys(_invent(rng, _N_WORDS))
        self._words = list(words)[:_N_WORDS]

    def draw(self, places: NDArray[np.float64]) -> list[str]:
        """Return a word for each place from 0 to 1."""
        ranks = np.searchsorted(self._cumulative, places)
        return [self._words[rank] for rank in np.minimum(ranks, _N_WORDS - 1).tolist()]


def _invent(rng: np.random.Generator, n: int) -> list[str]:
    syllables = rng.integers(1, 4, size=n).tolist()
    onsets = rng.integers(len(_ONSETS), size=(n, 4)).tolist()
    vowels = rng.integers(len(_VOWELS), size=(n, 3)).tolist()
    endings = rng.integers(len(_ENDINGS), size=n).tolist()
    return [
        "".join(_ONSETS[o] + _VOWELS[v] for o, v in zip(own[:count], sung, strict=False))
        + _ONSETS[own[3]]
        + _ENDINGS[end]
        for count, own, sung, end in zip(syllables, onsets, vowels, endings, strict=True)
    ]
