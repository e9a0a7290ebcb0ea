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
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.analysis.analyzer import terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

COSINE: Final = 5.0
"""What a point of cosine is worth beside a point of overlap."""
SAME: Final = 5.6
"""From here on two phrasings mean the same: so high that no two demo queries of ``dev`` with
different intents do (``benchmarks.intents``). Those of one intent that people wrote apart lie
lower, among the others: what is joined are mistyped, shortened and turned round wordings."""
NEAR: Final = 5.2
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
        rows = range(len(cosines))
        if len(cosines) > _SHORTLIST:
            rows = np.argpartition(cosines, -_SHORTLIST)[-_SHORTLIST:].tolist()
        near = (
            (round(float(cosines[row]) + overlap(found, self._found[row]), _DIGITS), row)
            for row in rows
            if cosines[row] >= least - _MAX_OVERLAP
        )
        return sorted((pair for pair in near if pair[0] >= least), key=_best_first)


class Rows:
    """Vectors of one length, one row each, to which rows are added; zeros where there is none."""

    def __init__(self, rows: NDArray[np.float32] | None = None) -> None:
        """Begin with these."""
        self._rows = np.zeros((0, 0), np.float32) if rows is None else rows
        self._n = len(self._rows)

    @property
    def all(self) -> NDArray[np.float32]:
        """Every row, as a view."""
        return self._rows[: self._n]

    def add(self, vector: NDArray[np.float32] | None) -> None:
        """Add a row."""
        width = self._rows.shape[1] if vector is None else len(vector)
        if self._n == len(self._rows) or width != self._rows.shape[1]:
            grown = np.zeros((max(16, 2 * self._n), width), np.float32)
            if width == self._rows.shape[1]:
                grown[: self._n] = self.all
            self._rows = grown
        if vector is not None:
            self._rows[self._n] = vector
        self._n += 1


class Intents:
    """Grows with the log: which phrasing belongs to which intent."""

    def __init__(self) -> None:
        """Begin without any."""
        self.of: list[int] = []
        """Intent of each phrasing."""
        self.leaders: list[int] = []
        """Leading phrasing of each intent."""
        self._found: list[Found] = []
        self._words: list[str] = []
        self._vectors = Rows()
        self._leading = Rows()
        self._leading_found: list[Found] = []
        self._by_words: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.leaders)

    @property
    def by_words(self) -> Mapping[str, int]:
        """Intents by words that carry meaning."""
        return self._by_words

    def leading(self, numbers: Sequence[int] | None = None) -> Leaders:
        """Return the leaders of these intents, or of all, to be looked up."""
        if numbers is None:
            return Leaders(self._leading.all, self._leading_found)
        found = [self._leading_found[each] for each in numbers]
        return Leaders(self._leading.all[list(numbers)], found)

    def add(self, text: str, vector: NDArray[np.float32] | None, documents: Iterable[str]) -> int:
        """Take the next phrasing in, and return its intent.

        Args:
            text: As it was typed.
            vector: Of unit length; ``None`` for a text without words.
            documents: What it found, best first.
        """
        found, words = found_of(list(documents)), words_of(text)
        intent = self._by_words.get(words) if words else None
        if intent is None and vector is not None:
            near = self.leading().nearest(vector, found, least=SAME)
            intent = near[0][1] if near else None
        self._found.append(found)
        self._words.append(words)
        self._vectors.add(vector)
        if intent is None:
            intent = self._lead(len(self.of))
        if words:
            self._by_words.setdefault(words, intent)
        self.of.append(intent)
        return intent

    def regrouped(self, n_asked: Sequence[int]) -> Intents:
        """Return the same phrasings in intents made anew: split and merged, in one look at all.

        Growing in the order of the log, an intent is what its first phrasing happened to be.
        Here the phrasing that resembles most others leads (star clustering: Aslam, Pelekhov and
        Rus, "The star clustering algorithm", Journal of Graph Algorithms and Applications 2004),
        then each other one joins the leader it resembles most.

        Args:
            n_asked: How often each phrasing was asked: of two equals the one asked more leads.
        """
        near = self._neighbours()
        order = sorted(
            range(len(self.of)), key=lambda each: (-len(near[each]), -n_asked[each], each)
        )
        leaders: list[int] = []
        taken: set[int] = set()
        for each in order:
            if each not in taken:
                leaders.append(each)
                taken.update(near[each], [each])
        again = Intents()
        again._found, again._words, again._vectors = self._found, self._words, self._vectors
        numbers = {each: again._lead(each) for each in sorted(leaders)}
        for each in range(len(self.of)):
            joined = [(-likeness, other) for other, likeness in near[each].items()]
            best = min((pair for pair in joined if pair[1] in numbers), default=(0.0, each))
            again.of.append(numbers[each if each in numbers else best[1]])
            if self._words[each]:
                again._by_words.setdefault(self._words[each], again.of[each])
        return again

    def dump(self) -> bytes:
        """Return everything as bytes, from which ``load`` makes the same."""
        rows = self._vectors.all.astype(np.float16)
        return msgspec.msgpack.encode(
            _Dump(self.of, self.leaders, self._found, self._words, rows.shape, rows.tobytes())
        )

    @classmethod
    def load(cls, dumped: bytes) -> Intents:
        """Return the intents that were dumped."""
        dump = msgspec.msgpack.decode(dumped, type=_Dump)
        rows = np.frombuffer(dump.vectors, np.float16).reshape(dump.shape).astype(np.float32)
        intents = cls()
        intents.of, intents._found, intents._words = dump.of, dump.found, dump.words
        intents._vectors = Rows(rows)
        for leader in dump.leaders:
            intents._lead(leader)
        for words, intent in zip(dump.words, dump.of, strict=True):
            if words:
                intents._by_words.setdefault(words, intent)
        return intents

    def _lead(self, phrasing: int) -> int:
        self.leaders.append(phrasing)
        self._leading.add(self._vectors.all[phrasing])
        self._leading_found.append(self._found[phrasing])
        return len(self.leaders) - 1

    def _neighbours(self) -> list[dict[int, float]]:
        """Return for each phrasing those that mean the same, with their resemblance."""
        finding: defaultdict[str, list[int]] = defaultdict(list)
        wording: defaultdict[str, list[int]] = defaultdict(list)
        near: list[dict[int, float]] = []
        vectors = self._vectors.all
        for each, (found, words) in enumerate(zip(self._found, self._words, strict=True)):
            overlaps: defaultdict[int, float] = defaultdict(float)
            for document, weight in found.items():
                for other in finding[document]:
                    overlaps[other] += weight * self._found[other][document]
                finding[document].append(each)
            # The cosine alone never reaches so far: who shares nothing found is no neighbour.
            others = [other for other, shared in overlaps.items() if COSINE + shared >= SAME]
            cosines = COSINE * (vectors[others] @ vectors[each]) if others else ()
            alike = {
                other: round(float(cosine) + overlaps[other], _DIGITS)
                for other, cosine in zip(others, cosines, strict=True)
            }
            if words:
                alike |= dict.fromkeys(wording[words], COSINE + _MAX_OVERLAP)
                wording[words].append(each)
            near.append({other: likeness for other, likeness in alike.items() if likeness >= SAME})
            for other, likeness in near[each].items():
                near[other][each] = likeness
        return near


class _Dump(msgspec.Struct):
    of: list[int]
    leaders: list[int]
    found: list[dict[str, float]]
    words: list[str]
    shape: tuple[int, int]
    vectors: bytes


def _best_first(pair: tuple[float, int]) -> tuple[float, int]:
    return -pair[0], pair[1]
