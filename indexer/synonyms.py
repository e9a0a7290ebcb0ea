"""The school's synonyms: reading the file, checking groups, and finding their forms in a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from indexer.analysis.analyzer import terms, word_terms
from indexer.analysis.normalize import fold
from schemas.errors import InvalidInputError, SettingsError
from schemas.span import CharSpan
from schemas.synonym import MAX_FORMS, SynonymGroup

SHIPPED_SYNONYMS: Final = Path(__file__).with_name("synonyms.toml")
ABBREVIATION_WEIGHT: Final = 0.8  # it stands for the words and for nothing else
WORDS_WEIGHT: Final = 0.5  # rarely quite the same thing
MAX_FORM_WORDS: Final = 12
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
_MAX_LINKS: Final = 3  # "ou à la"
# Words of English that abbreviations of French look like: students mix both.
_ENGLISH: Final = frozenset({
    "an",
    "are",
    "as",
    "at",
    "be",
    "in",
    "is",
    "it",
    "on",
    "or",
    "to",
    "we",
})
# Before "ca" these rule out "ça": nobody says "mon ça".
_DETERMINERS: Final = frozenset({
    *("le", "du", "au", "un", "une", "mon", "ton", "son", "notre", "votre", "leur", "quel")
})

_Key = tuple[str, ...]


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
        self._words: dict[_Key, list[SynonymGroup]] = defaultdict(list)
        self._abbreviations: dict[str, list[tuple[str, SynonymGroup]]] = defaultdict(list)
        self._beside = {group.id: frozenset(_all_terms(group.beside)) for group in self.groups}
        for group in self.groups:
            for key in dict.fromkeys(key for form in group.words for key in _keys(form)):
                self._words[key].append(group)
            for abbreviation in group.abbreviations:
                self._abbreviations[_bare(abbreviation)].append((abbreviation, group))
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
        typed = _read(text)
        said = frozenset(word.term for word in typed)
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
        self, typed: Sequence[_Word], at: int
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

    def _is_meant(self, typed: Sequence[_Word], at: int, written: str, group: SynonymGroup) -> bool:
        word = typed[at]
        if word.term and word.folded not in _ENGLISH:
            return True
        if "ç" in word.written.lower():
            return False
        in_capitals = word.written == _plain(written) and not word.is_shouted
        return in_capitals or len(typed) == 1 or self._is_beside(typed, at, group)

    def _is_beside(self, typed: Sequence[_Word], at: int, group: SynonymGroup) -> bool:
        """Tell whether the words around an abbreviation say that it is one."""
        if at and typed[at - 1].folded in _DETERMINERS:
            return True
        around = (*typed[max(0, at - 1) : at], *typed[at + 1 : at + 2])
        return any(word.term in self._beside[group.id] for word in around)


def load_synonyms(path: Path | None) -> tuple[SynonymGroup, ...]:
    """Read a file of synonyms, or the one shipped with Cordée when there is no path.

    Raises:
        SettingsError: If the file cannot be read, or a group is wrong; the message names the
            file and the group.
    """
    source = path or SHIPPED_SYNONYMS
    try:
        file = msgspec.toml.decode(source.read_bytes(), type=_File)
        groups = tuple(
            _read_group(entry, position) for position, entry in enumerate(file.groups, 1)
        )
        for position, group in enumerate(groups):
            _check_new(group, groups[:position])
    except OSError as exc:
        raise SettingsError(f"Synonyms {source} cannot be read: {exc.strerror}.") from exc
    except (msgspec.DecodeError, ValueError, InvalidInputError) as exc:
        raise SettingsError(f"Synonyms {source}: {exc}") from exc
    return groups


def check_group(group: SynonymGroup, others: Iterable[SynonymGroup]) -> None:
    """Refuse a group that says nothing, or contradicts itself or another one.

    A word belongs to one group only: were it in two, their words would mean the same without
    anybody having said so. An abbreviation may stand for several things (``ERP``).

    Raises:
        InvalidInputError: Naming the group and the form.
    """
    n_forms = len(group.words) + len(group.abbreviations)
    if not group.words:
        raise _wrong(group, "words: there must be one at least")
    if n_forms < 2:  # noqa: PLR2004 - one form means nothing else
        raise _wrong(group, "words: a group has two forms at least")
    if n_forms > MAX_FORMS:
        raise _wrong(group, f"words: a group has {MAX_FORMS} forms at most")
    if group.beside and not group.abbreviations:
        raise _wrong(group, "beside: only abbreviations need it")
    _check_forms(group)
    taken = {_key(form): other.id for other in others for form in other.words}
    for form in group.words:
        if taken.get(_key(form), group.id) != group.id:
            raise _wrong(group, f"words: {form!r} is in group {taken[_key(form)]} as well")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    groups: tuple[dict[str, Any], ...]


class _Word(NamedTuple):
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


def _read_group(entry: dict[str, Any], position: int) -> SynonymGroup:
    try:
        return msgspec.convert(entry, SynonymGroup)
    except msgspec.ValidationError as exc:
        raise ValueError(f"group {entry.get('id', f'number {position}')}: {exc}") from exc


def _check_new(group: SynonymGroup, before: Sequence[SynonymGroup]) -> None:
    if any(other.id == group.id for other in before):
        raise _wrong(group, "the id is there twice")
    check_group(group, before)


def _check_forms(group: SynonymGroup) -> None:
    seen: dict[_Key, str] = {}
    for form in group.words:
        key = _key(form)
        if not key:
            raise _wrong(group, f"words: {form!r} holds no word that is searched")
        if len(_read(form)) > MAX_FORM_WORDS:
            raise _wrong(group, f"words: {form!r} has more than {MAX_FORM_WORDS} words")
        if key in seen:
            raise _wrong(group, f"words: {form!r} and {seen[key]!r} are searched alike")
        seen[key] = form
    letters = {_bare(form) for form in group.words}
    for form in group.abbreviations:
        if len(_read(form)) != 1:
            raise _wrong(group, f"abbreviations: {form!r} is not one word")
        if _bare(form) in letters:
            raise _wrong(group, f"abbreviations: {form!r} is there twice")
        letters.add(_bare(form))


def _wrong(group: SynonymGroup, what: str) -> InvalidInputError:
    return InvalidInputError(f"group {group.id}: {what}.")


def _alternatives(
    span: CharSpan, groups: Sequence[tuple[SynonymGroup, float]], said: frozenset[str]
) -> list[Expansion]:
    heaviest: dict[str, float] = {}
    for group, weight in groups:
        for form in group.words:
            if not said.issuperset(_key(form)):
                heaviest[form] = max(weight, heaviest.get(form, 0.0))
    ordered = sorted(heaviest.items(), key=lambda pair: -pair[1])  # stable: in order of the file
    return [Expansion(span, form, weight) for form, weight in ordered]


def _candidates(typed: Sequence[_Word], at: int, longest: int) -> Iterator[tuple[int, _Key]]:
    """Yield the keys that words from here on may have, and where each ends."""
    if not typed[at].term:
        return
    key: list[str] = []
    n_links = 0
    for end, word in enumerate(typed[at:], at + 1):
        if word.term:
            key.append(word.term)
            n_links = 0
            yield end, tuple(key)
            if len(key) == longest:
                break
        else:
            n_links += 1
            if n_links > _MAX_LINKS or word.folded not in _LINKS:
                break
    for end in range(at + 2, min(at + _MAX_JOINED, len(typed)) + 1):
        if not typed[end - 1].term:
            break
        yield end, (_term("".join(word.folded for word in typed[at:end])),)


@lru_cache(maxsize=_REMEMBERED)
def _key(form: str) -> _Key:
    """Return the terms of a form; owned by this module, pure, so it never goes stale."""
    return tuple(word.term for word in _read(form) if word.term)


def _keys(form: str) -> Iterator[_Key]:
    """Yield the terms of a form, of it typed together where it is a compound, and of ``KPIs``."""
    yield _key(form)
    words = _read(form)
    if len(words) == 1 and form.isupper():  # too short for the stemmer to take off its "s"
        yield (_term(f"{words[0].folded}s"),)
    if 1 < len(words) <= _MAX_JOINED and all(word.term for word in words):
        yield (_term("".join(word.folded for word in words)),)


def _all_terms(forms: Iterable[str]) -> Iterator[str]:
    for form in forms:
        yield from _key(form)


def _bare(abbreviation: str) -> str:
    return fold(_plain(abbreviation))


def _plain(abbreviation: str) -> str:
    return abbreviation.replace(".", "")


@lru_cache(maxsize=_REMEMBERED)
def _term(word: str) -> str:
    found = terms(word)
    return found[0] if found else ""


_fold_word: Final = lru_cache(maxsize=_REMEMBERED)(fold)


def _read(text: str) -> list[_Word]:
    """Return the words of a text; letters with dots between them are one (``T.V.A.``)."""
    found = word_terms(text)
    is_shouted = _is_shouted(text, [word.end - word.start for word in found])
    words: list[_Word] = []
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
            words[-1] = _Word(last.start, word.end, letters, _fold_word(letters), term, is_shouted)
        else:
            folded = _fold_word(written)
            words.append(_Word(word.start, word.end, written, folded, word.term, is_shouted))
    return words


def _is_shouted(text: str, lengths: Sequence[int]) -> bool:
    return text == text.upper() and max(lengths, default=0) >= _LONG_WORD
