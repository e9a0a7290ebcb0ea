"""Intents: ways to ask that mean the same, told by vector, by words and by what they find.

Leader clustering in the order of the log (Hartigan, "Clustering Algorithms", 1975): a phrasing
joins the intent whose leader it resembles most, if enough, and leads a new one otherwise. The
leader is the first phrasing, and what it found then: nothing that comes later moves it, so that the
same log gives the same intents.

resemblance = ``COSINE`` * cosine + overlap of the documents found. Short questions of one school
all lie near each other, and the cosine alone tells little; that two of them find the same documents
first is the better sign (Raghavan and Sever, "On the reuse of past optimal queries", SIGIR 1995).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.analysis.analyzer import terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

COSINE: Final = 5.0
"""What a point of cosine is worth beside a point of overlap."""
SAME: Final = 5.25
"""From here on two phrasings mean the same. Chosen on the demo queries of ``dev``."""
NEAR: Final = 4.9
"""Up to here they have nothing to do with each other; between lies the neighbourhood."""
FOUND: Final = 10
"""Documents looked at of what a phrasing finds, the first ones most."""
_SHORTLIST: Final = 32  # leaders whose documents are compared: the nearest by cosine
_MAX_OVERLAP: Final = 1.0
_DIGITS: Final = (
    6  # of a resemblance: less than float32 knows, so that no machine decides otherwise
)

Found = dict[str, float]
"""Documents that a phrasing finds, weighed by place, of length 1."""


def found_of(documents: Sequence[str]) -> dict[str, float]:
    """Return what a ranking finds, its first documents weighed 1, 1/2, 1/3 and so on."""
    weights = {each: 1 / place for place, each in enumerate(documents[:FOUND], 1)}
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {each: weight / length for each, weight in weights.items()}


def overlap(some: Found, others: Found) -> float:
    """Return how much the same two phrasings find, from 0 to 1."""
    return math.fsum(weight * others[each] for each, weight in some.items() if each in others)


def words_of(text: str) -> str:
    """Return the words of a text that carry meaning, as one key; in whatever order they stand."""
    return " ".join(sorted(set(terms(text))))


def closeness(resemblance: float) -> float:
    """Return what a neighbour's experience is worth, from 0 for unrelated to 1 for the same."""
    share = (resemblance - NEAR) / (SAME - NEAR)
    return min(1.0, max(0.0, share)) ** 2


class Leaders:
    """The first phrasing of each intent, for looking up what resembles a text."""

    def __init__(self, vectors: NDArray[np.float32], found: Sequence[Found]) -> None:
        """Take one row and one entry for each."""
        self._vectors = vectors
        self._found = found

    def nearest(
        self, vector: NDArray[np.float32], found: Found, *, least: float
    ) -> list[tuple[float, int]]:
        """Return resemblances of at least ``least`` with their rows, highest first, at most 32."""
        if not self._found:
            return []
        cosines = COSINE * (self._vectors @ vector)
        hopeful = np.flatnonzero(cosines >= least - _MAX_OVERLAP)
        if len(hopeful) > _SHORTLIST:
            best = np.argpartition(-cosines[hopeful], _SHORTLIST)[:_SHORTLIST]
            hopeful = hopeful[best]
        near = (
            (round(float(cosines[row]) + overlap(found, self._found[row]), _DIGITS), row)
            for row in map(int, hopeful)
        )
        return sorted((pair for pair in near if pair[0] >= least), key=_best_first)


class Intents:
    """Grows with the log: which phrasing belongs to which intent."""

    def __init__(self, dimensions: int = 0) -> None:
        """Begin without any."""
        self.of: list[int] = []
        """Intent of each phrasing."""
        self.leaders: list[int] = []
        """First phrasing of each intent."""
        self.found: list[Found] = []
        self._vectors = np.zeros((16, dimensions), np.float32)
        self._by_words: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.leaders)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Of the leaders, one row each; zeros where there is none."""
        return self._vectors[: len(self.leaders)]

    @property
    def by_words(self) -> Mapping[str, int]:
        """Intents by words that carry meaning."""
        return self._by_words

    def add(self, text: str, vector: NDArray[np.float32] | None, documents: Iterable[str]) -> int:
        """Take the next phrasing in, and return its intent.

        Args:
            text: As it was typed.
            vector: Of unit length; ``None`` for a text without words.
            documents: What it found, best first.
        """
        found = found_of(list(documents))
        words = words_of(text)
        intent = self._by_words.get(words) if words else None
        if intent is None and vector is not None:
            near = Leaders(self.vectors, self.found).nearest(vector, found, least=SAME)
            intent = near[0][1] if near else None
        if intent is None:
            intent = self._lead(vector, found)
        if words:
            self._by_words.setdefault(words, intent)
        self.of.append(intent)
        return intent

    def dump(self) -> bytes:
        """Return everything as bytes, from which ``load`` makes the same."""
        shape = (len(self.leaders), self._vectors.shape[1])
        return msgspec.msgpack.encode(
            _Dump(self.of, self.leaders, self.found, shape, self.vectors.tobytes(), self._by_words)
        )

    @classmethod
    def load(cls, dumped: bytes) -> Intents:
        """Return the intents that were dumped."""
        dump = msgspec.msgpack.decode(dumped, type=_Dump)
        intents = cls()
        intents.of, intents.leaders, intents.found = dump.of, dump.leaders, dump.found
        intents._by_words = dump.by_words
        intents._vectors = np.frombuffer(dump.vectors, np.float32).reshape(dump.shape).copy()
        return intents

    def _lead(self, vector: NDArray[np.float32] | None, found: Found) -> int:
        number = len(self.leaders)
        if vector is not None and self._vectors.shape[1] != len(vector):
            grown = np.zeros((len(self._vectors), len(vector)), np.float32)
            self._vectors = grown
        if number == len(self._vectors):
            more = np.zeros((max(16, number), self._vectors.shape[1]), np.float32)
            self._vectors = np.concatenate([self._vectors, more])
        if vector is not None:
            self._vectors[number] = vector
        self.leaders.append(len(self.of))
        self.found.append(found)
        return number


class _Dump(msgspec.Struct):
    of: list[int]
    leaders: list[int]
    found: list[dict[str, float]]
    shape: tuple[int, int]
    vectors: bytes
    by_words: dict[str, int]


def _best_first(pair: tuple[float, int]) -> tuple[float, int]:
    return -pair[0], pair[1]
