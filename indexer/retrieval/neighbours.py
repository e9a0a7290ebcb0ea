"""Words that are typed or sound nearly like a given one, among many."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from indexer.analysis.sounds import sound_key, sound_keys

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Neighbour(msgspec.Struct, frozen=True):
    """A word near another."""

    word: str
    distance: int
    """Letters inserted, left out, replaced or swapped with the next one."""
    sounds_alike: bool


class Neighbours:
    """Folded words, kept by first letter and length, and by sound.

    Words with another first letter are found if nothing else differs, or if they sound alike:
    looking at few words is what keeps a look-up under a millisecond among 100 000.
    """

    def __init__(self, words: Collection[str]) -> None:
        """Keep these words, in any order."""
        self._words = frozenset(words)
        self._by_start: dict[tuple[str, int], list[str]] = {}
        self._by_sound: dict[str, list[str]] = {}
        for word, sound in zip(words, sound_keys(words) if words else (), strict=True):
            self._by_start.setdefault((word[:1], len(word)), []).append(word)
            self._by_sound.setdefault(sound, []).append(word)

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
        # Levenshtein is twice as fast, and counts a swap as two.
        near = (
            found
            for length in range(len(word) - distance, len(word) + distance + 1)
            for found, *_ in process.extract(
                word,
                self._by_start.get((word[:1], length), ()),
                scorer=Levenshtein.distance,
                score_cutoff=2,
                limit=None,
            )
        )
        return {w: d for w in near if (d := OSA.distance(word, w)) <= distance}


def _other_starts(word: str) -> Iterator[str]:
    """Yield what one mistake at its first letter may have made of: ``aacompte``, ``otus``."""
    yield word[1:]
    yield word[1:2] + word[:1] + word[2:]
    for letter in _LETTERS:
        yield letter + word
        yield letter + word[1:]
