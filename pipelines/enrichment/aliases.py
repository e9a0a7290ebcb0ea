"""Finding the taxonomy's aliases in a text: whole words, accents, plurals and typos forgiven."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.analysis.normalize import fold, normalize
from indexer.taxonomy import Taxonomy, is_exact
from schemas.ids import TagId

_WORD: Final = re.compile(r"\w+")
_PLURAL_FROM: Final = 4  # letters: "prix" and "avis" lose their ending on both sides alike
_FUZZY_FROM: Final = 8  # letters: one edit turns shorter words into other words (vendre, rendre)
_MAX_EDITS: Final = 1

Words = tuple[str, ...]


class AliasMatcher:
    """Knows every alias of a taxonomy. Safe in several threads.

    Labels count as aliases. Aliases of three letters or fewer (``CA``, ``AE``, ``tva``) match
    only as they are written in the taxonomy: folded, they would be found everywhere.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Index the aliases by their words."""
        self._exact: dict[Words, set[TagId]] = defaultdict(set)
        self._folded: dict[Words, set[TagId]] = defaultdict(set)
        for tag in taxonomy.tags:
            for alias in (tag.label, *tag.aliases):
                if is_exact(alias):
                    self._exact[_words(normalize(alias))].add(tag.id)
                else:
                    self._folded[_stems(alias)].add(tag.id)
        self._longest = max(map(len, (*self._exact, *self._folded)), default=0)
        self._vocabulary = {word for alias in self._folded for word in alias}
        self._long_words = sorted(w for w in self._vocabulary if len(w) >= _FUZZY_FROM)

    def find(self, text: str) -> set[TagId]:
        """Return the tags with an alias in the text.

        Where aliases overlap the longest counts alone: ``boutique en ligne`` is no shop.
        """
        found = set(_longest_matches(_words(normalize(text)), self._exact, self._longest))
        stems = tuple(map(self._corrected, _stems(text)))
        return found | set(_longest_matches(stems, self._folded, self._longest))

    def _corrected(self, word: str) -> str:
        """Return the alias word that this one misspells by one edit, else the word itself."""
        if len(word) < _FUZZY_FROM or word in self._vocabulary:
            return word
        best = process.extractOne(
            word, self._long_words, scorer=OSA.distance, score_cutoff=_MAX_EDITS
        )
        # The first letter is the one that people do not miss (location, vocation).
        return best[0] if best and best[0][0] == word[0] else word


def _longest_matches(
    words: Words, aliases: dict[Words, set[TagId]], longest: int
) -> Iterator[TagId]:
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            tags = aliases.get(words[at : at + length])
            if tags:
                yield from tags
                at += length
                break
        else:
            at += 1


def _stems(text: str) -> Words:
    return tuple(_singular(word) for word in _words(fold(text)))


def _words(text: str) -> Words:
    return tuple(_WORD.findall(text))


def _singular(word: str) -> str:
    return word[:-1] if len(word) >= _PLURAL_FROM and word[-1] in "sx" else word
