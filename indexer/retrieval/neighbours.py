"""Words that are typed or sound nearly like a given one, among many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from indexer.analysis.sounds import sound_key, sound_keys

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_BITS: Final = np.zeros(
    256, dtype=np.uint32
)  # by character code; the padding of short words has none
_BITS[[ord(letter) for letter in _LETTERS]] = np.uint32(1) << np.arange(26, dtype=np.uint32)


class Neighbour(msgspec.Struct, frozen=True):
    """A word near another."""

    word: str
    distance: int
    """Letters inserted, left out, replaced or swapped with the next one."""
    sounds_alike: bool


class Neighbours:
    """Folded words of plain letters, kept by first letter and length, and by sound.

    Words with another first letter are found if nothing else differs, or if they sound alike:
    looking at few words is what keeps a look-up under a millisecond among 100 000.
    """

    def __init__(self, words: Sequence[str]) -> None:
        """Keep these words, lower case ASCII letters, in any order."""
        self._words: Final = frozenset(words)
        self._by_start: Final[dict[tuple[str, int], _Bucket]] = {}
        self._by_sound: Final[dict[str, list[str]]] = {}
        if not words:
            return
        places: dict[tuple[str, int], list[int]] = {}
        for place, (word, sound) in enumerate(zip(words, sound_keys(words), strict=True)):
            places.setdefault((word[:1], len(word)), []).append(place)
            self._by_sound.setdefault(sound, []).append(word)
        letters = _letters(words)
        for key, here in places.items():
            self._by_start[key] = _Bucket([words[i] for i in here], letters[here])

    def near(self, word: str, *, distance: int) -> list[Neighbour]:
        """Return the words within this distance, and those that sound alike, in no order.

        Words that sound alike are returned up to twice the distance.
        """
        found = dict.fromkeys(self._words.intersection(_other_starts(word)), 1)
        found |= self._same_start(word, distance)
        alike = set(self.alike(word))
        for near in alike:
            how_far = OSA.distance(word, near, score_cutoff=2 * distance)
            if how_far <= 2 * distance:
                found[near] = how_far
        return [Neighbour(near, how_far, near in alike) for near, how_far in found.items()]

    def alike(self, word: str) -> list[str]:
        """Return the words that sound like this one."""
        return self._by_sound.get(sound_key(word), [])

    def _same_start(self, word: str, distance: int) -> dict[str, int]:
        letters = _letters([word])[0]
        lengths = range(len(word) - distance, len(word) + distance + 1)
        buckets = [self._by_start.get((word[:1], length)) for length in lengths]
        return {
            near: how_far
            for bucket in buckets
            if bucket is not None
            for near in bucket.sharing(letters, distance)
            if (how_far := OSA.distance(word, near, score_cutoff=distance)) <= distance
        }


class _Bucket(NamedTuple):
    words: list[str]
    letters: NDArray[np.uint32]

    def sharing(self, letters: np.uint32, distance: int) -> Iterator[str]:
        """Yield the words whose letters allow the distance: a mistake trades one for another."""
        differing = np.bitwise_count(self.letters ^ letters)
        return (self.words[i] for i in np.flatnonzero(differing <= 2 * distance))


def _letters(words: Sequence[str]) -> NDArray[np.uint32]:
    """Return which letters each word has: array of shape (n,), a bit for each letter."""
    text = np.array(words, dtype=np.bytes_)
    codes = text.view(np.uint8).reshape(len(words), -1)
    bits = _BITS[codes]
    letters: NDArray[np.uint32] = np.bitwise_or.reduce(bits, axis=1)
    return letters


def _other_starts(word: str) -> Iterator[str]:
    """Yield what one mistake at its first letter may have made of: ``aacompte``, ``otus``."""
    yield word[1:]
    yield word[1:2] + word[:1] + word[2:]
    for letter in _LETTERS:
        yield letter + word
        yield letter + word[1:]
