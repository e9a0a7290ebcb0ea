"""What an unknown word was meant to be: the nearest known word, or several without their space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from math import log10
from typing import Final

import msgspec

from indexer.analysis.analyzer import MAX_TERM_BYTES, terms
from indexer.analysis.lexicon import Lexicon
from indexer.analysis.stopwords import FRENCH_STOP_WORDS
from indexer.retrieval.neighbours import Neighbour, Neighbours

SHORTEST: Final = 4  # letters; shorter words are near too many others
ELIDED: Final = ("l", "d", "qu", "aujourd", "quelqu", "jusqu", "lorsqu", "puisqu")
_COMMON: Final = 51  # uses in the lexicon's sources: what is used less often is listed with 50
_LONG: Final = 7  # letters from which two mistakes are likelier than a word we do not have
_REMEMBERED: Final = 4_096  # words, about 2 MB

# In mistakes; chosen on seeded mistakes in the words of two French collections.
_ALIKE_GAIN: Final = 0.3
_OTHER_START: Final = 0.3
_NOT_INDEXED: Final = 0.6
_DOUBT: Final = 0.6
_TENFOLD_GAIN: Final = 0.2  # ten times as many passages
_LEAD: Final = 0.6  # over the next word, below which nothing is sure

_SHORTEST_PART: Final = 3
_PASSAGES_OF_A_SHORT_PART: Final = 5
_SHORTEST_JOINED: Final = 8
_SOLID_PART: Final = 6  # letters that hold the other part's mistake
_LINKS: Final = ("de", "du", "des", "la", "les", "et", "en", "l", "d")
_ENDINGS: Final = frozenset({"e", "s", "es", "x"})
_VOWELS: Final = tuple("aeiouyh")


class Guess(msgspec.Struct, frozen=True):
    """Known words, folded, that an unknown one stands for."""

    words: tuple[str, ...]
    is_sure: bool
    """Whether it is near enough, and far nearer than any word of another stem."""


class Guesser:
    """Guesses among the words of an index and the common words of a lexicon.

    Immutable, safe for many threads. The first guess among 50 000 words takes 0.3 s more; guesses
    take a quarter of a millisecond then, and are remembered.
    """

    def __init__(self, vocabulary: Mapping[str, int], lexicon: Lexicon) -> None:
        """Take the folded, unstemmed words of the index with the number of their passages."""
        self._vocabulary: Final = vocabulary
        self._lexicon: Final = lexicon
        self.guess: Final = lru_cache(maxsize=_REMEMBERED)(self._guess)

    def is_known(self, word: str) -> bool:
        """Return whether the folded word is one: of the index, the lexicon or the stop words."""
        return word in self._vocabulary or word in FRENCH_STOP_WORDS or self._lexicon.is_word(word)

    def is_english(self, word: str) -> bool:
        """Return whether the folded word is English and not French."""
        return self._lexicon.is_word(word) and not (
            self._lexicon.is_french(word) or word in FRENCH_STOP_WORDS
        )

    def is_presentable(self, word: str) -> bool:
        """Return whether anybody may be shown the folded word: a real one."""
        return word in FRENCH_STOP_WORDS or self._lexicon.is_word(word)

    @cached_property
    def _indexed(self) -> Neighbours:
        """Built for the first unknown word: an index that changes often need not pay for it."""
        return _kept(self._vocabulary)

    def _guess(self, word: str) -> Guess | None:
        """Return what a folded word that is not known stands for; ``None``: no idea."""
        if len(word) < SHORTEST or not _is_plain(word):
            return None
        parts = self._elided(word)
        is_stem = bool(parts) and len(parts[0]) > _SHORTEST_PART
        ranked = [] if is_stem else self._ranked(word)
        # A missing apostrophe explains a word only where no mistake after its first letter does.
        if ranked and not (parts and ranked[0][1].word[0] != word[0]):
            return self._of_one(word, ranked)
        if parts := parts or self._joined(word):
            return Guess(parts, is_sure=all(map(self.is_presentable, parts)))
        parts = self._joined_with_mistake(word)
        return Guess(parts, is_sure=False) if parts else None

    def _of_one(self, word: str, ranked: list[tuple[float, Neighbour]]) -> Guess | None:
        cost, best = ranked[0]
        stem = terms(best.word)
        is_form = len(best.word) == len(word) and stem == terms(word)
        if is_form or word.removeprefix(best.word) in _ENDINGS:
            return None  # a form that no list has, right as it is
        others = (
            c
            for c, near in ranked[1:4]
            if c < cost + _LEAD
            and terms(near.word) != stem
            and near.word.removeprefix(best.word) not in _ENDINGS
        )
        is_near = len(word) > SHORTEST if best.distance == 1 else len(word) > _LONG
        is_alone = next(others, None) is None
        begins_so = best.sounds_alike or best.word[0] == word[0]
        is_sure = (
            (is_near or best.sounds_alike)
            and is_alone
            and begins_so
            and self.is_presentable(best.word)
        )
        return Guess((best.word,), is_sure)

    def _ranked(self, word: str) -> list[tuple[float, Neighbour]]:
        """Return what is near, best first; ties by letters."""
        near = self._near(word, 1) or (self._near(word, 2) if len(word) >= _LONG else set())
        costs = [
            (self._cost(word, neighbour), neighbour)
            for neighbour in near
            if not (neighbour.distance > 1 and self._is_doubtful(neighbour.word))
        ]
        return sorted(costs, key=lambda pair: (pair[0], pair[1].word))

    def _near(self, word: str, distance: int) -> set[Neighbour]:
        """Two mistakes are only looked for where one explains nothing: most take half as long."""
        return {
            near
            for words in (self._indexed, _common(self._lexicon))
            for near in words.near(word, distance=distance)
        }

    def _cost(self, word: str, near: Neighbour) -> float:
        """Return how many mistakes away the word is, in effect."""
        count = self._vocabulary.get(near.word, 0)
        cost = float(near.distance)
        if near.sounds_alike:
            cost -= _ALIKE_GAIN
        elif near.word[0] != word[0]:
            cost += _OTHER_START
        if not count:
            return cost + _NOT_INDEXED
        doubt = _DOUBT if self._is_doubtful(near.word) else 0.0
        return cost + doubt - _TENFOLD_GAIN * log10(count)

    def _is_doubtful(self, word: str) -> bool:
        """Return whether one passage has the word and no list: often a mistake itself."""
        return self._vocabulary.get(word, 0) == 1 and not self._lexicon.is_word(word)

    def _elided(self, word: str) -> tuple[str, ...]:
        """Return article and word where only the apostrophe is missing: ``lentreprise``."""
        for start in ELIDED:
            rest = word.removeprefix(start)
            is_stem = len(start) > _SHORTEST_PART  # of a word that only occurs so: quelqu'un
            if rest != word and (self.is_known(rest) if is_stem else self._can_be_elided(rest)):
                return start, rest
        return ()

    def _can_be_elided(self, word: str) -> bool:
        return len(word) > SHORTEST and word.startswith(_VOWELS) and self._is_part(word)

    def _joined(self, word: str) -> tuple[str, ...]:
        """Return two words, or two and what links them, that only lack spaces."""
        found = [parts for parts in _cuts(word) if all(map(self._is_part, (parts[0], parts[-1])))]
        return max(found, key=self._weight, default=())

    def _joined_with_mistake(self, word: str) -> tuple[str, ...]:
        """Return a word with a mistake before one without: ``otoentrepreneur``."""
        for cut in range(_SHORTEST_PART, len(word) - _SOLID_PART + 1):
            start, rest = word[:cut], word[cut:]
            if rest in self._vocabulary and self._is_part(rest):
                alike = [near for near in self._indexed.alike(start) if near in self._vocabulary]
                if alike:
                    return max(alike, key=lambda near: (self._vocabulary[near], near)), rest
        return ()

    def _is_part(self, word: str) -> bool:
        """A short part must be more frequent: three letters cut from a name are often a word."""
        count = self._vocabulary.get(word, 0)
        return count >= (_PASSAGES_OF_A_SHORT_PART if len(word) == _SHORTEST_PART else 2)

    def _weight(self, parts: tuple[str, ...]) -> tuple[int, int]:
        """The rarer part counts: a cut that makes one word likely and one unlikely is wrong."""
        return min(self._vocabulary.get(parts[i], 0) for i in (0, -1)), -len(parts)


def _cuts(word: str) -> Iterator[tuple[str, ...]]:
    if len(word) < _SHORTEST_JOINED:
        return
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        start, rest = word[:cut], word[cut:]
        yield start, rest
        for link in _LINKS:
            last = rest.removeprefix(link)
            if last != rest and (len(link) > 1 or last.startswith(_VOWELS)):
                yield start, link, last


@cache
def _common(lexicon: Lexicon) -> Neighbours:
    """Owned by this module, pure: built once for all indexes that come and go."""
    return _kept(lexicon.common(_COMMON))


def _kept(words: Iterable[str]) -> Neighbours:
    return Neighbours([w for w in words if len(w) >= _SHORTEST_PART and _is_plain(w)])


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) <= MAX_TERM_BYTES
