"""Finding the forms of the school's synonyms in a query, and what else says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from indexer.analysis.analyzer import terms, word_terms
from indexer.analysis.normalize import fold
from schemas.span import CharSpan
from schemas.synonym import SynonymGroup

ABBREVIATION_WEIGHT: Final = 0.8  # it stands for the words and for nothing else
WORDS_WEIGHT: Final = 0.5  # rarely quite the same thing
_MAX_JOINED: Final = 3  # words typed apart that may be one: "free lance", "auto entre preneur"
_LONG_WORD: Final = 5  # letters: a longer word in capitals shouts, a shorter one abbreviates
_REMEMBERED: Final = 20_000
# Stop words that a form may have or lack between its words: "plan d'affaires", "plan affaires".
# "sans", "mais" and the like are not among them: they part what they stand between.
_LINK_WORDS: Final = (
    "d de du des l la le les a au aux en un une sur par pour et ou on "
    "mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs"
)
_LINKS: Final = frozenset(_LINK_WORDS.split())
_SHORTEST_PLURAL: Final = 5  # letters; "prix", "frais" lose theirs on both sides alike
_MAX_LINKS: Final = 3  # "ou à la"
# Words of English that abbreviations of French look like: students mix both.
_ENGLISH_WORDS: Final = "an are as at be in is it on or to we"
_ENGLISH: Final = frozenset(_ENGLISH_WORDS.split())
# Before "ca" these rule out "ça": nobody says "mon ça".
_DETERMINER_WORDS: Final = "le du au un une mon ton son notre votre leur quel"
_DETERMINERS: Final = frozenset(_DETERMINER_WORDS.split())

Key = tuple[str, ...]
"""The words of a form in order, without plurals and link words: such forms are matched alike."""


class Expansion(NamedTuple):
    """Another way to say a stretch of a query."""

    span: CharSpan
    """What was typed, in code points of the query's text."""
    text: str
    """The other form, as the school writes it."""
    weight: float
    """Above 0 and below 1, which is what the typed form itself weighs."""


class Synonyms:
    """Every group in force, ready to be looked up. Immutable; safe in several threads."""

    def __init__(self, groups: Iterable[SynonymGroup]) -> None:
        """Index the forms by their terms."""
        self.groups = tuple(groups)
        self._words: dict[Key, list[SynonymGroup]] = defaultdict(list)
        self._abbreviations: dict[str, list[tuple[str, SynonymGroup]]] = defaultdict(list)
        self._beside = {group.id: frozenset(_all_terms(group.beside)) for group in self.groups}
        for group in self.groups:
            for key in dict.fromkeys(key for form in group.words for key in _keys(form)):
                self._words[key].append(group)
            for abbreviation in group.abbreviations:
                self._abbreviations[bare(abbreviation)].append((abbreviation, group))
        self._longest = max(map(len, self._words), default=0)
        # Frozen, or a look-up of an unknown form would add it.
        self._words = dict(self._words)
        self._abbreviations = dict(self._abbreviations)

    def expand(self, text: str) -> tuple[Expansion, ...]:
        """Return other ways to say stretches of a query, in order of place, heaviest first.

        The longest form wins where forms overlap. Case, accents, apostrophes, plurals, link words
        ("plan affaires") and hyphens do not matter, nor whether a compound is typed apart or
        together. What the query says anyway is left out.

        An abbreviation that reads like a word of grammar in small letters (``ca``, ``is``) counts
        when it stands in capitals in a text that is not all capitals, alone, after a determiner
        that "ça" never follows (``mon ca``), or next to one of the group's ``beside`` words.
        """
        typed = words_of(text)
        # "T.V.A." is one word here only: the index has its letters, so "TVA" is not said yet.
        said = frozenset(w.key for w in typed if w.end - w.start == len(w.written))
        found: list[Expansion] = []
        at = 0
        while at < len(typed):
            end, groups = self._match(typed, at)
            if groups:
                span = CharSpan(typed[at].start, typed[end - 1].end)
                found += _alternatives(span, groups, said)
            at = end
        return tuple(found)

    def _match(
        self, typed: Sequence[QueryWord], at: int
    ) -> tuple[int, list[tuple[SynonymGroup, float]]]:
        """Return where the longest form that begins here ends, and the groups that have it."""
        best = at + 1
        groups: list[tuple[SynonymGroup, float]] = []
        for end, key in _candidates(typed, at, self._longest):
            if end >= best and key in self._words:
                matched = [(group, group.weight or WORDS_WEIGHT) for group in self._words[key]]
                groups = matched if end > best else groups + matched
                best = end
        if best == at + 1:
            groups += [
                (group, group.weight or ABBREVIATION_WEIGHT)
                for written, group in self._abbreviations.get(typed[at].folded, ())
                if self._is_meant(typed, at, written, group)
            ]
        return best, groups

    def _is_meant(
        self, typed: Sequence[QueryWord], at: int, written: str, group: SynonymGroup
    ) -> bool:
        word = typed[at]
        if word.term and word.folded not in _ENGLISH:
            return True
        if "ç" in word.written.lower():
            return False
        in_capitals = word.written == _plain(written) and not word.is_shouted
        return in_capitals or len(typed) == 1 or self._is_beside(typed, at, group)

    def _is_beside(self, typed: Sequence[QueryWord], at: int, group: SynonymGroup) -> bool:
        """Tell whether the words around an abbreviation say that it is one."""
        if at and typed[at - 1].folded in _DETERMINERS:
            return True
        around = (*typed[max(0, at - 1) : at], *typed[at + 1 : at + 2])
        return any(word.term in self._beside[group.id] for word in around)


class QueryWord(NamedTuple):
    """One word of a query."""

    start: int
    end: int
    written: str
    """Without the dots of an abbreviation."""
    folded: str
    term: str
    """Empty for a stop word."""
    is_shouted: bool
    """Whether the whole text is in capitals, which then say nothing."""

    @property
    def key(self) -> str:
        """What forms are compared by: the word without its plural; empty for a link word.

        Not its term: stems of the trade meet those of everyday words (``persona``, ``personne``).
        """
        return "" if self.folded in _LINKS else _singular(self.folded)


def _alternatives(
    span: CharSpan, groups: Sequence[tuple[SynonymGroup, float]], said: frozenset[str]
) -> list[Expansion]:
    heaviest: dict[str, float] = {}
    for group, weight in groups:
        for form in group.words:
            if not said.issuperset(form_key(form)):
                heaviest[form] = max(weight, heaviest.get(form, 0.0))
    ordered = sorted(heaviest.items(), key=lambda pair: -pair[1])  # stable: in order of the file
    return [Expansion(span, form, weight) for form, weight in ordered]


def _candidates(typed: Sequence[QueryWord], at: int, longest: int) -> Iterator[tuple[int, Key]]:
    """Yield the keys that words from here on may have, and where each ends."""
    if not typed[at].key:
        return
    key: list[str] = []
    n_links = 0
    for end, word in enumerate(typed[at:], at + 1):
        if word.key:
            key.append(word.key)
            n_links = 0
            yield end, tuple(key)
            if len(key) == longest:
                break
        else:
            n_links += 1
            if n_links > _MAX_LINKS:
                break
    for end in range(at + 2, min(at + _MAX_JOINED, len(typed)) + 1):
        if not typed[end - 1].key:
            break
        yield end, (_singular("".join(word.folded for word in typed[at:end])),)


@lru_cache(maxsize=_REMEMBERED)
def form_key(form: str) -> Key:
    """Return the key of a form; owned by this module, pure, so it never goes stale."""
    words = words_of(form)
    return tuple(word.key for word in words if word.key) if any(w.term for w in words) else ()


def _keys(form: str) -> Iterator[Key]:
    """Yield the terms of a form, of it typed together where it is a compound, and of ``KPIs``."""
    yield form_key(form)
    words = words_of(form)
    if len(words) == 1 and form.isupper():  # too short for the stemmer to take off its "s"
        yield (f"{words[0].folded}s",)
    if 1 < len(words) <= _MAX_JOINED and all(word.key for word in words):
        yield (_singular("".join(word.folded for word in words)),)


def _all_terms(forms: Iterable[str]) -> Iterator[str]:
    return (word.term for form in forms for word in words_of(form) if word.term)


def bare(abbreviation: str) -> str:
    """Return the letters of an abbreviation, folded, without dots."""
    return fold(_plain(abbreviation))


def _plain(abbreviation: str) -> str:
    return abbreviation.replace(".", "")


@lru_cache(maxsize=_REMEMBERED)
def _term(word: str) -> str:
    found = terms(word)
    return found[0] if found else ""


def _singular(folded: str) -> str:
    """Return a folded word without the ``s`` or ``x`` of a plural, and ``aux`` as ``al``."""
    if len(folded) < _SHORTEST_PLURAL or folded[-1] not in "sx":
        return folded
    is_of_al = folded.endswith("aux") and not folded.endswith("eaux")
    return f"{folded[:-3]}al" if is_of_al else folded[:-1]


_fold_word: Final = lru_cache(maxsize=_REMEMBERED)(fold)


def words_of(text: str) -> list[QueryWord]:
    """Return the words of a text; letters with dots between them are one (``T.V.A.``)."""
    found = word_terms(text)
    is_shouted = _is_shouted(text, [word.end - word.start for word in found])
    words: list[QueryWord] = []
    for word in found:
        written = text[word.start : word.end]
        last = words[-1] if words else None
        if (
            last is not None
            and len(written) == 1
            and text[last.end : word.start] == "."
            and last.end - last.start == 2 * len(last.written) - 1
        ):
            letters = last.written + written
            term = _term(letters)
            words[-1] = QueryWord(
                last.start, word.end, letters, _fold_word(letters), term, is_shouted
            )
        else:
            folded = _fold_word(written)
            words.append(QueryWord(word.start, word.end, written, folded, word.term, is_shouted))
    return words


def _is_shouted(text: str, lengths: Sequence[int]) -> bool:
    return text == text.upper() and max(lengths, default=0) >= _LONG_WORD
