"""Wordings that can be shown: without what tells who asked or of whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from indexer.analysis.normalize import fold

LEFT_OUT: Final = "…"
_MIN_NAME_CHARS: Final = 3  # a shorter part of a name is an initial or a particle
_EMAIL: Final = re.compile(r"[^\s@<>]+@[^\s@<>]+")
# Phone numbers, accounts, numbers of a firm: eight digits or more, however they are set apart.
_NUMBER: Final = re.compile(r"\+?\(?\d(?:[\s.()/-]{0,2}\d){7,}")
_WORD: Final = re.compile(r"[^\W\d_]+")
_HANDLE: Final = re.compile(r"(?<!\w)@\w+|https?://\S+|www\.\S+")


class Discretion:
    """Takes names of people, addresses and numbers out of texts."""

    def __init__(self, names: Iterable[str]) -> None:
        """Know these names: each word of them is left out, whoever it means."""
        self._names = {
            fold(word)
            for name in names
            for word in _WORD.findall(name)
            if len(word) >= _MIN_NAME_CHARS
        }

    def __call__(self, text: str) -> str:
        """Return a text without them; what is left out is marked by an ellipsis."""
        for pattern in (_EMAIL, _HANDLE, _NUMBER):
            text = pattern.sub(LEFT_OUT, text)
        text = _WORD.sub(lambda word: self._shown(word[0]), text)
        return re.sub(rf"{LEFT_OUT}(?:[\s,.-]*{LEFT_OUT})+", LEFT_OUT, text)

    def _shown(self, word: str) -> str:
        return LEFT_OUT if fold(word) in self._names else word
