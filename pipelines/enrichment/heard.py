"""Heard words taken apart, so that they can be compared with the terms of a glossary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from indexer.analysis.lexicon import Lexicon
from indexer.analysis.normalize import fold, normalize
from indexer.analysis.stopwords import FRENCH_STOP_WORDS
from schemas.content import Word

UsesOf = Callable[[str], int]
"""How often general French uses a word as it is written; 0 for what is no word at all."""

_HEARD: Final = re.compile(
    r"^(\W*)((?:[ldnsjmtc]|qu|jusqu|lorsqu|puisqu|quoiqu)['’])?"
    r"([^\W\d_]+(?:[-'’][^\W\d_]+)*)?(\W*)$",
    re.IGNORECASE,
)
_ENDS_SENTENCE: Final = re.compile(r"[.!?…]")


class Heard(NamedTuple):
    """A heard word, taken apart."""

    word: Word
    before: str
    elision: str
    core: str
    after: str
    starts_sentence: bool

    @property
    def folded(self) -> str:
        """As it is compared."""
        return fold(self.core)

    @property
    def is_capitalised(self) -> bool:
        """Whether it has a capital that no beginning of a sentence explains."""
        return self.core[:1].isupper() and not self.starts_sentence


def as_words(text: str) -> list[Word]:
    """Return the words of a text as if they were heard."""
    return [Word(part, 0, 0, 1.0) for part in text.split()]


def taken_apart(words: Iterable[Word]) -> list[Heard]:
    """Return each word without its marks and elided article; a text with digits has no core."""
    apart: list[Heard] = []
    starts = True
    for word in words:
        found = _HEARD.match(word.text)
        before, elision, core, after = (
            part or "" for part in (found.groups() if found else [""] * 4)
        )
        apart.append(Heard(word, before, elision, core, after, starts))
        starts = bool(_ENDS_SENTENCE.search(after))
    return apart


def is_one_breath(pieces: Sequence[Heard]) -> bool:
    """Tell whether no mark parts the words."""
    whole = all(piece.core for piece in pieces)
    return whole and not any(p.after for p in pieces[:-1]) and not any(p.before for p in pieces[1:])


def is_name_of_person(pieces: Sequence[Heard], before: Heard | None) -> bool:
    """Tell whether a capitalised word follows another one: "Paul Ciret"."""
    if before is None or before.after or not pieces[0].is_capitalised or pieces[0].elision:
        return False
    return before.core[:1].isupper() and fold(before.core) not in FRENCH_STOP_WORDS


def stem_of(word: str) -> str:
    """Return the folded word without a plural mark that nobody hears."""
    folded = fold(word)
    return folded[:-1] if folded[-1:] in "sx" and len(folded) > 1 else folded


def is_one_apart(a: str, b: str) -> bool:
    """Tell whether one sound was put in, left out or replaced."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return any(a[start + i :] == b[start + j :] for i, j in ((1, 1), (0, 1), (1, 0)))


def french_uses(lexicon: Lexicon) -> UsesOf:
    """Return how often a word is used as it is written: with its accents, or a bare capital.

    English words count as used once: they are words, and seldom said.
    """

    def uses_of(written: str) -> int:
        plain, folded = normalize(written.lower()), fold(written)
        forms = [normalize(form) for form in lexicon.forms(folded)]
        is_known = plain in forms
        if not is_known and written[:1].isupper():  # capitals go without accents: "Ecole"
            is_known = any(form[1:] == plain[1:] and fold(form[:1]) == plain[:1] for form in forms)
        is_english = lexicon.is_word(plain) and not lexicon.is_french(plain)
        return lexicon.count(folded) if is_known else int(is_english)

    return uses_of
