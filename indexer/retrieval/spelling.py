"""What was meant by a query with typing mistakes: for matching, and to offer as "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from indexer.analysis.analyzer import iter_words
from indexer.analysis.lexicon import Lexicon
from indexer.analysis.normalize import fold
from indexer.analysis.stopwords import FRENCH_STOP_WORDS
from indexer.retrieval.guesses import ELIDED, SHORTEST, Guess, Guesser

MAX_GUESSES: Final = 8  # unknown words of a query, the first ones: bounds the time of a long text
_LONGEST_ACRONYM: Final = 6
_SHORTEST_PIECE: Final = 3  # letters after a space too many


class SpelledWord(msgspec.Struct, frozen=True):
    """A word of a query, or two that belong together: where it stands, and what was meant."""

    start: int
    """Code point offset of the first character."""
    end: int
    """Code point offset after the last character."""
    corrected: str | None = None
    """Shown only if sure. With accents, and capitals as typed; several words where a space was
    missing. ``None``: as typed."""
    is_sure: bool = False
    """Whether to offer it: no list has the typed word, and a real one is far the nearest."""


class Spelling(msgspec.Struct, frozen=True):
    """A query with its typing mistakes corrected."""

    words: tuple[SpelledWord, ...]
    """In order, without overlap."""
    text: str
    """The query for matching, every corrected word replaced; as typed when there is none. Never
    shown: a guess that is not sure may be a mistake that somebody else made."""
    shown: str | None
    """The query to offer as "did you mean", sure words replaced; ``None``: nothing to offer."""
    is_english: bool = False
    """Whether more than half of the words that a list knows are English and not French."""


class _Typed(msgspec.Struct, frozen=True):
    start: int
    end: int
    written: str
    folded: str


class Speller:
    """Corrects the words of a query that neither the index nor the lexicon knows.

    Immutable, safe for many threads; a new index vocabulary needs a new one.
    """

    def __init__(self, vocabulary: Mapping[str, int], lexicon: Lexicon) -> None:
        """Take the folded, unstemmed words of the index with the number of their passages."""
        self._lexicon: Final = lexicon
        self._guesser: Final = Guesser(vocabulary, lexicon)

    def correct(self, text: str) -> Spelling:
        """Return what the query means. Never raises, whatever the text.

        Words of up to three letters, with digits or of another alphabet, acronyms, stop words
        and words that the index or the lexicon knows stay. A text with more unknown words than
        ``MAX_GUESSES`` keeps the rest as typed.
        """
        typed = [
            _Typed(m.start(), m.end(), m.group(), _folded(m.group())) for m in iter_words(text)
        ]
        words = self._spelled(text, typed)
        corrected = [word for word in words if word.corrected]
        sure = [word for word in corrected if word.is_sure]
        is_english = self._is_english(typed)
        if is_english:
            sure = []  # its words are near French ones that are not meant
        return Spelling(
            words=tuple(words),
            text=_replaced(text, corrected),
            shown=_replaced(text, sure) if sure else None,
            is_english=is_english,
        )

    def _spelled(self, text: str, typed: Sequence[_Typed]) -> list[SpelledWord]:
        is_shouted = text.isupper()
        spelled: list[SpelledWord] = []
        left = MAX_GUESSES
        for i, word in enumerate(typed):
            if spelled and spelled[-1].end >= word.end:
                continue  # joined to the one before
            if left <= 0 or self._stays(word, is_shouted=is_shouted):
                spelled.append(SpelledWord(word.start, word.end))
                continue
            left -= 1
            spelled.append(self._joined(text, typed[i : i + 2]) or self._corrected(word))
        return spelled

    def _is_english(self, typed: Sequence[_Typed]) -> bool:
        """Return whether more than half of the known words are English and not French."""
        n_english = sum(self._guesser.is_english(word.folded) for word in typed)
        return 2 * n_english > sum(self._guesser.is_known(word.folded) for word in typed)

    def _stays(self, word: _Typed, *, is_shouted: bool) -> bool:
        is_acronym = word.written.isupper() and len(word.written) <= _LONGEST_ACRONYM
        return (
            len(word.folded) < SHORTEST
            or (is_acronym and not is_shouted)
            or self._guesser.is_known(word.folded)
        )

    def _joined(self, text: str, pair: Sequence[_Typed]) -> SpelledWord | None:
        """Return both words as one where a space cut it: ``factu ration``."""
        first, last = pair[0], pair[-1]
        if first is last or text[first.end : last.start] != " ":
            return None
        joined = first.folded + last.folded
        is_piece = len(last.folded) >= _SHORTEST_PIECE and last.folded not in FRENCH_STOP_WORDS
        if not is_piece or not self._lexicon.is_french(joined):
            return None
        written = self._written(joined, first.written + last.written)
        is_sure = self._guesser.is_presentable(joined)
        return SpelledWord(first.start, last.end, _in_case_of(first.written, written), is_sure)

    def _corrected(self, word: _Typed) -> SpelledWord:
        guess = self._guesser.guess(word.folded)
        if guess is None:
            return SpelledWord(word.start, word.end)
        written = "".join(self._pieces(guess, word.written))
        return SpelledWord(word.start, word.end, _in_case_of(word.written, written), guess.is_sure)

    def _pieces(self, guess: Guess, typed: str) -> Iterator[str]:
        """Yield the guessed words as they are written, with apostrophes and spaces between."""
        for i, word in enumerate(guess.words):
            yield self._written(word, typed if len(guess.words) == 1 else word)
            if i + 1 < len(guess.words):
                yield "'" if word in ELIDED else " "

    def _written(self, folded: str, typed: str) -> str:
        """Return the word with its accents: of several forms the one nearest to what was typed."""
        forms = self._lexicon.forms(folded) or (folded,)
        if typed.isascii():  # typed without accents, which says nothing of them
            return forms[0]
        return min(forms, key=lambda form: OSA.distance(typed.lower(), form))


def _folded(word: str) -> str:
    return word.lower() if word.isascii() else fold(word)  # most words; ten times as fast


def _in_case_of(typed: str, word: str) -> str:
    if typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word


def _replaced(text: str, words: Iterable[SpelledWord]) -> str:
    pieces, end = [], 0
    for word in words:
        pieces += [text[end : word.start], word.corrected or text[word.start : word.end]]
        end = word.end
    return "".join([*pieces, text[end:]])
