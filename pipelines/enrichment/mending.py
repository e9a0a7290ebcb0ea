"""Misheard terms of the school, found by their sound and written as the glossary writes them.

"l'Ursafe" becomes "l'URSSAF", "numéro ciré" "numéro SIRET". What was heard stays beside each
word that is replaced. A wrong word put in is worse than a wrong one left, so a heard word that
is French is only touched inside a longer term whose other words are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import is_
from typing import Final, NamedTuple

import msgspec

from indexer.analysis.normalize import fold
from indexer.analysis.stopwords import FRENCH_STOP_WORDS
from pipelines.enrichment.heard import (
    Heard,
    UsesOf,
    as_words,
    is_name_of_person,
    is_one_apart,
    is_one_breath,
    stem_of,
    taken_apart,
)
from pipelines.enrichment.pronunciation import readings, readings_in_pieces, readings_of_name
from pipelines.extraction.glossary import GlossaryTerm
from schemas.content import Transcript, Utterance, Word

RARE_USES: Final = 2_500
"""Below this a French word is seldom said: of the 140 000 in subtitles, "ciré" 222, "sirène" 2 242
and "bis" 202 times, "travaille" 72 032 times."""
_VOWEL_SOUNDS: Final = frozenset("123aEiouUwy")
_SHORTEST: Final = 4  # sounds of a key: shorter ones meet too many words
_SURE_IN_PIECES: Final = 5  # sounds of a key that French words alone may make up
_SHORTEST_MISHEARD: Final = 3  # letters of a word that one sound may tell from the meant one
_LONG_LETTERS: Final = 7
_LONG_SOUNDS: Final = 6  # from these lengths on one sound may differ
_MAX_PIECES: Final = 3
_NO_LETTERS: Final = re.compile(r"[\W_]")
_LETTER_WORDS: Final = frozenset("aày")


class _Term(NamedTuple):
    """A term of one word with every way to say it."""

    written: str
    is_name: bool
    said: frozenset[str]
    elision: str = ""
    """What its sound begins with, when it was heard as a part of it: "lursaf"."""

    @property
    def is_long(self) -> bool:
        return len(self.written) >= _LONG_LETTERS


class _Phrase(NamedTuple):
    """A term of several words."""

    words: tuple[Heard, ...]
    stems: tuple[str, ...]


class _Mended(NamedTuple):
    """Heard words and what they become."""

    n_heard: int
    words: tuple[Word, ...]


class Mender:
    """Mends transcripts with one glossary. Immutable, safe for many threads."""

    def __init__(self, glossary: Iterable[GlossaryTerm], uses_of: UsesOf) -> None:
        """Take the glossary, most important terms first, and what is known of French words."""
        self._uses_of: Final = uses_of
        self._by_sound: Final[dict[str, _Term]] = {}
        self._elided: Final[dict[str, _Term]] = {}
        self._long: Final[list[tuple[str, _Term]]] = []
        self._as_heard: Final[dict[tuple[str, ...], _Term]] = {}
        self._phrases: Final[dict[str, list[tuple[_Phrase, int]]]] = {}
        own: set[str] = set()
        for entry in glossary:
            own |= {fold(heard.core) for heard in taken_apart(as_words(entry.term))}
            if " " in entry.term:
                self._add_phrase(entry.term)
            else:
                self._add_term(entry)
        self._own: Final = frozenset(own)

    def mend(self, transcript: Transcript) -> Transcript:
        """Return the transcript with misheard terms replaced; the others' words stay as they are.

        A replaced word keeps the time of what was heard, and the time of several heard words
        runs from the start of the first to the end of the last. Doubtful turns and turns without
        words of their own stay. Never raises, and mending twice changes nothing more.
        """
        people = frozenset(fold(part) for s in transcript.speakers for part in s.name.split())
        turns = tuple(self._mended_turn(turn, people) for turn in transcript.utterances)
        return msgspec.structs.replace(transcript, utterances=turns)

    def _mended_turn(self, turn: Utterance, people: frozenset[str]) -> Utterance:
        if turn.flags or turn.text != " ".join(word.text for word in turn.words):
            return turn
        heard = taken_apart(turn.words)
        words: list[Word] = []
        at = 0
        while at < len(heard):
            mended = self._mended_at(heard, at, people)
            words += mended.words if mended else (heard[at].word,)
            at += mended.n_heard if mended else 1
        if len(words) == len(turn.words) and all(map(is_, words, turn.words)):
            return turn
        text = " ".join(word.text for word in words)
        return msgspec.structs.replace(turn, text=text, words=tuple(words))

    def _mended_at(self, heard: Sequence[Heard], at: int, people: frozenset[str]) -> _Mended | None:
        if not heard[at].core or heard[at].word.heard is not None:
            return None
        phrase = self._phrase_at(heard, at)
        if phrase:
            return phrase
        for n in range(_MAX_PIECES, 0, -1):
            pieces = heard[at : at + n]
            if len(pieces) < n or not is_one_breath(pieces):
                continue
            if any(piece.folded in people for piece in pieces):
                continue
            term = self._term_of(pieces, heard[at - 1] if at else None)
            if term:
                return _Mended(n, (_replaced(pieces, term),))
        return None

    def _term_of(self, pieces: Sequence[Heard], before: Heard | None) -> _Term | None:
        told = self._as_heard.get(tuple(piece.folded for piece in pieces))
        if told:
            return told
        if any(piece.folded in self._own for piece in pieces) or is_name_of_person(pieces, before):
            return None
        key, term = self._sounding_like(pieces)
        if term is None or _is_written_so(pieces, term):
            return None
        return term if self._is_sure(key, term, pieces) else None

    def _is_sure(self, key: str, term: _Term, pieces: Sequence[Heard]) -> bool:
        if not term.is_name and any(piece.is_capitalised for piece in pieces):
            return False  # a name that sounds like a common word
        uses = min(map(self._uses, pieces))
        is_odd = term.is_name and len(pieces) > 1 and uses < RARE_USES
        return not uses or (is_odd and len(key) >= _SURE_IN_PIECES)

    def _sounding_like(self, pieces: Sequence[Heard]) -> tuple[str, _Term | None]:
        said = readings_in_pieces(tuple(piece.core for piece in pieces))
        keys = sorted((key for key in said if len(key) >= _SHORTEST), key=_longest_first)
        for key in keys:
            if key in self._by_sound:
                return key, self._by_sound[key]
        if len(pieces) > 1 or self._uses(pieces[0]):
            return "", None
        if not pieces[0].elision:
            for key in keys:
                if key in self._elided:
                    return key, self._elided[key]
        near = ((key, self._one_apart(key)) for key in keys)
        return next(((key, term) for key, term in near if term), ("", None))

    def _one_apart(self, key: str) -> _Term | None:
        nearest = (t for other, t in self._long if key[0] == other[0] and is_one_apart(key, other))
        return next(nearest, None)

    def _uses(self, piece: Heard) -> int:
        """Return how common a piece is: the least common part of a hyphened one counts."""
        if len(piece.core) == 1:
            is_letter = piece.core.isupper() and piece.core.lower() not in _LETTER_WORDS
            return 0 if is_letter else self._uses_of(piece.core)
        whole = self._uses_of(piece.core)
        parts = [part for part in re.split(r"[-'’]", piece.core) if part]
        return whole or (min(map(self._uses_of, parts)) if len(parts) > 1 else 0)

    def _phrase_at(self, heard: Sequence[Heard], at: int) -> _Mended | None:
        """Return a longer term that begins here with one of its words misheard."""
        for n, piece in enumerate(heard[at : at + 2]):  # one of its first two words is right
            for phrase, index in self._phrases.get(stem_of(piece.core), ()):
                if index != n:
                    continue
                pieces = heard[at : at + len(phrase.words)]
                mended = self._mended_phrase(phrase, pieces)
                if mended:
                    return mended
        return None

    def _mended_phrase(self, phrase: _Phrase, pieces: Sequence[Heard]) -> _Mended | None:
        if len(pieces) < len(phrase.words) or not is_one_breath(pieces):
            return None
        wrong = [n for n, p in enumerate(pieces) if not _matches(p, phrase, n)]
        if len(wrong) != 1:
            return None
        n = wrong[0]
        meant, piece = phrase.words[n], pieces[n]
        if not self._may_be(piece, meant, n_others=len(pieces) - 1):
            return None
        term = _Term(meant.core, meant.core.lower() != meant.core, frozenset())
        words = [p.word for p in pieces]
        words[n] = _replaced([piece], term)
        return _Mended(len(pieces), tuple(words))

    def _may_be(self, piece: Heard, meant: Heard, *, n_others: int) -> bool:
        if len(meant.core) < _SHORTEST or meant.folded in FRENCH_STOP_WORDS or not piece.core:
            return False
        if piece.word.heard is not None or fold(piece.elision) != fold(meant.elision):
            return False
        uses = self._uses(piece)
        if n_others == 1 and uses >= RARE_USES:
            return False  # "la France travaille"
        said = readings_of_name(meant.core) if meant.core != meant.core.lower() else None
        wanted = said or readings(meant.core)
        own = readings(piece.core)
        if wanted & own:
            return True
        is_sure = n_others > 1 and uses < RARE_USES and len(piece.core) >= _SHORTEST_MISHEARD
        return is_sure and any(is_one_apart(a, b) for a in wanted for b in own)

    def _add_term(self, entry: GlossaryTerm) -> None:
        is_name = entry.term.lower() != entry.term
        words = entry.term.replace("-", "")
        said = readings_of_name(words) if is_name else readings(words)
        for way in entry.said_as:
            said |= readings_in_pieces(tuple(way.split()))
        term = _Term(entry.term, is_name, said)
        for way in entry.said_as:
            self._as_heard.setdefault(tuple(fold(part) for part in way.split()), term)
        for key in sorted(said):
            if len(key) >= _SHORTEST:
                self._by_sound.setdefault(key, term)
                for letter in "ld" if is_name and key[0] in _VOWEL_SOUNDS else "":
                    self._elided.setdefault(f"{letter}{key}", term._replace(elision=f"{letter}'"))
            if term.is_long and len(key) >= _LONG_SOUNDS:
                self._long.append((key, term))

    def _add_phrase(self, text: str) -> None:
        words = tuple(taken_apart(as_words(text)))
        phrase = _Phrase(words, tuple(stem_of(word.core) for word in words))
        for index, stem in enumerate(phrase.stems[:2]):
            self._phrases.setdefault(stem, []).append((phrase, index))


def _matches(piece: Heard, phrase: _Phrase, n: int) -> bool:
    if n and fold(piece.elision) != fold(phrase.words[n].elision):
        return False
    return stem_of(piece.core) == phrase.stems[n]


def _is_written_so(pieces: Sequence[Heard], term: _Term) -> bool:
    """Tell whether only capitals differ, or a hyphen, at which words are parted anyway."""
    if len(pieces) > 1 and "-" not in term.written:
        return False
    heard = _NO_LETTERS.sub("", fold("".join(piece.core for piece in pieces)))
    return heard == fold(term.elision + term.written.replace("-", "")).replace("'", "")


def _longest_first(key: str) -> tuple[int, str]:
    return -len(key), key


def _replaced(pieces: Sequence[Heard], term: _Term) -> Word:
    first, last = pieces[0], pieces[-1]
    elision = term.elision or first.elision
    if term.elision and first.core[:1].isupper() and first.starts_sentence:
        elision = elision.capitalize()
    meant = term.written
    if not term.is_name:
        if last.core.endswith("s") and meant[-1:] not in "sxz":
            meant += "s"
        if first.core[:1].isupper() and not first.elision:
            meant = meant[:1].upper() + meant[1:]
    return Word(
        text=f"{first.before}{elision}{meant}{last.after}",
        start_ms=first.word.start_ms,
        end_ms=max(piece.word.end_ms for piece in pieces),
        probability=min(piece.word.probability for piece in pieces),
        heard=" ".join(piece.word.text for piece in pieces),
    )
