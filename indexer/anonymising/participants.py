"""Where the people of an exchange are named in it, however their names are written or heard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from indexer.analysis.lexicon import Lexicon
from indexer.analysis.normalize import fold
from indexer.analysis.sounds import sound_key
from indexer.anonymising.nicknames import is_nickname
from indexer.anonymising.spans import Found
from indexer.anonymising.words import GREETINGS, PARTICLES, TITLES, Token, is_vocative
from schemas.sharing import FindingKind, FindingReason

_MIN_FUZZY: Final = 4  # letters of a name below which one wrong letter makes another word
_LONG: Final = 7  # letters from which two may be wrong
_MIN_SOUND: Final = 3  # letters of the key: shorter ones are shared by anything
_MAX_PARTS: Final = 4  # words into which recognition cuts one name it does not know
_MIN_JOINED: Final = 6
_SURE: Final = 0.98
_INITIALS: Final = re.compile(r"(?<![\w.])(?:[A-ZÀ-Ý]\.?[\s\u00a0-]?){1,3}[A-ZÀ-Ý]\.?(?![\w'’])")

_Match = tuple[FindingReason, float]


class Named(msgspec.Struct, frozen=True):
    """Somebody of the exchange, with the words of the name."""

    id: str
    kind: FindingKind
    first: tuple[str, ...]
    """Folded words of the first name: "jean", "baptiste"."""
    last: tuple[str, ...]
    """Folded words of the family name, without particles."""

    particles: frozenset[str] = frozenset()
    """Folded small words of the name: "le", "d"."""

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the name."""
        return self.first + self.last

    @property
    def joined(self) -> tuple[str, ...]:
        """What recognition may cut in pieces: first name, family name, both, each as one word."""
        first, last = "".join(self.first), "".join(self.last)
        return tuple(part for part in (first, last, first + last) if len(part) >= _MIN_FUZZY)

    @property
    def initials(self) -> frozenset[str]:
        """Letters that may stand for the person, folded: "jbm", "jm", "mj"."""
        first = "".join(word[0] for word in self.first)
        last = "".join(word[0] for word in self.last)
        both = {first + last, first[:1] + last, first[:1] + last[:1], last + first}
        both |= {first + "".join(small[0] for small in self.particles) + last}
        return frozenset(letters for letters in both if len(letters) > 1)


def named(id_: str, name: str, kind: FindingKind) -> Named:
    """Cut a name into the words that rules look for; the first part is the first name."""
    first, _, rest = " ".join(name.replace("’", "'").split()).partition(" ")
    particles = PARTICLES & set(re.findall(r"[^\W\d_]+", fold(rest)))
    return Named(id_, kind, _words(first), _words(rest), frozenset(particles))


def _words(name: str) -> tuple[str, ...]:
    parts = re.findall(r"[^\W\d_]+", fold(name))
    kept = tuple(part for part in parts if part not in PARTICLES and len(part) > 1)
    return kept or tuple(part for part in parts if len(part) > 1)


class ParticipantFinder:
    """Finds some people's names in texts; what it learns of a word it keeps."""

    def __init__(self, people: Sequence[Named], lexicon: Lexicon) -> None:
        self._people = people
        self._lexicon = lexicon
        self._near: dict[tuple[int, str], _Match | None] = {}
        self._own = {word for person in people for word in person.words}

    def find(self, text: str, tokens: list[Token]) -> Iterator[Found]:
        """Yield where each person is named, with title, initials and particles around."""
        for place, person in enumerate(self._people):
            hits: dict[int, _Match] = {}
            for n in range(len(tokens)):
                hit = self._token(place, tokens, n, text)
                if hit is not None:
                    hits[n] = hit
            hits |= self._in_pieces(person, tokens, hits)
            yield from _merged(person, tokens, hits, text)
            yield from _initials(person, text)

    def _token(  # noqa: PLR0911 - one rule, one return
        self, place: int, tokens: list[Token], n: int, text: str
    ) -> _Match | None:
        person, token = self._people[place], tokens[n]
        if token.key in person.words:
            return self._exact(person, tokens, n, text)
        if token.key in self._own:
            return None
        if _is_second_half(person, tokens, n):
            return FindingReason.NICKNAME, 0.9
        is_word = self._lexicon.is_french(token.key)
        called = is_vocative(tokens, n, text)
        if token.raw.isupper() and token.key in _short(person):
            return FindingReason.INITIALS, 0.85
        if (token.is_capital or called) and any(is_nickname(token.key, f) for f in person.first):
            is_plain = is_word and (token.begins_sentence or not token.is_capital) and not called
            return None if is_plain else (FindingReason.NICKNAME, 0.9)
        if token.key in PARTICLES:
            return None
        if is_word and not (token.is_capital and not token.begins_sentence):
            return None
        return self._fuzzy(place, person, token.key, is_word=is_word)

    def _exact(self, person: Named, tokens: list[Token], n: int, text: str) -> _Match | None:
        token = tokens[n]
        is_word = self._lexicon.is_french(token.key)
        if not is_word and len(token.key) > 2:  # noqa: PLR2004 - "Li" is in many words' ends
            return FindingReason.NAME, _SURE
        if not token.is_capital:
            before = tokens[n - 1] if n else None
            after_call = before is not None and before.key in GREETINGS | TITLES
            beside = any(
                0 <= m < len(tokens) and tokens[m].key in person.words for m in (n - 1, n + 1)
            )
            return (FindingReason.NAME, 0.7) if after_call or beside else None
        if not token.begins_sentence or is_vocative(tokens, n, text):
            return FindingReason.NAME, 0.93
        if token.key in person.first:  # "Marc vous le dira": a capital that any sentence has
            return FindingReason.NAME, 0.75
        follows = tokens[n + 1] if n + 1 < len(tokens) else None
        is_pair = follows is not None and follows.is_joined and follows.key in person.words
        return (FindingReason.NAME, 0.93) if is_pair else None

    def _fuzzy(self, place: int, person: Named, key: str, *, is_word: bool) -> _Match | None:
        known = (place, key)
        if known not in self._near:
            self._near[known] = _near(key, person.words)
        found = self._near[known]
        return None if found is not None and is_word and found[1] < 0.8 else found  # noqa: PLR2004

    def _in_pieces(
        self, person: Named, tokens: list[Token], hits: Mapping[int, _Match]
    ) -> dict[int, _Match]:
        """Return the tokens that only together sound like a name: "Tré Morvan"."""
        found: dict[int, _Match] = {}
        for n in range(len(tokens)):
            for size in range(2, _MAX_PARTS + 1):
                parts = tokens[n : n + size]
                if len(parts) < size or not all(part.is_joined for part in parts[1:]):
                    break
                known = (hits[m][0] for m in range(n, n + size) if m in hits)
                if any(reason is not FindingReason.NICKNAME for reason in known):
                    continue
                if not any(p.is_capital or not self._lexicon.is_french(p.key) for p in parts):
                    continue
                joined = "".join(part.key for part in parts)
                if len(joined) < _MIN_JOINED and not all(part.is_capital for part in parts):
                    continue
                if any(_is_alike(joined, name) for name in person.joined):
                    found |= dict.fromkeys(range(n, n + size), (FindingReason.MISHEARD, 0.85))
        return found


def _is_second_half(person: Named, tokens: list[Token], n: int) -> bool:
    """Tell whether this is the shortened end of a first name of two parts: "Jean-Ba"."""
    token = tokens[n]
    is_behind = n > 0 and token.is_joined and tokens[n - 1].key in person.first[:1]
    rest = person.first[1:]
    return is_behind and len(token.key) > 1 and any(part.startswith(token.key) for part in rest)


def _short(person: Named) -> frozenset[str]:
    """Initials that stand for somebody without full stops: "JB", and three letters or more."""
    letters = "".join(word[0] for word in person.first)
    long = {each for each in person.initials if len(each) > 2}  # noqa: PLR2004
    return frozenset(long | ({letters} if len(letters) > 1 else set()))


def _near(key: str, words: Sequence[str]) -> _Match | None:
    if len(key) < _MIN_FUZZY - 1:
        return None
    for word in words:
        if len(word) < _MIN_FUZZY or abs(len(word) - len(key)) > 2:  # noqa: PLR2004
            continue
        limit = 2 if len(word) >= _LONG else 1
        if OSA.distance(key, word, score_cutoff=limit) <= limit:
            return FindingReason.MISSPELLED, 0.85 if len(word) > _MIN_FUZZY else 0.75
        sound = sound_key(key)
        if len(sound) >= _MIN_SOUND and sound == sound_key(word):
            return FindingReason.MISHEARD, 0.8
    return None


def _is_alike(joined: str, name: str) -> bool:
    if min(len(joined), len(name)) < _MIN_JOINED:
        return joined == name
    limit = 2 if len(name) >= _LONG + 2 else 1
    if OSA.distance(joined, name, score_cutoff=limit) <= limit:
        return True
    return sound_key(joined) == sound_key(name)


def _merged(
    person: Named, tokens: list[Token], hits: dict[int, _Match], text: str
) -> Iterator[Found]:
    """Yield runs of hits as one stretch, with what belongs to the name around it."""
    n = 0
    while n < len(tokens):
        if n not in hits:
            n += 1
            continue
        last = n
        while (step := _next_of(tokens, last, hits)) is not None:
            last = step
        first = n
        reason, confidence = max((hits[m] for m in range(n, last + 1) if m in hits), key=_surest)
        first, start = _back(person, tokens, first)
        end = _forth(person, tokens, last, text)
        yield Found(start, end, person.kind, reason, confidence, person.id)
        n = last + 1


def _surest(match: _Match) -> float:
    return match[1]


def _next_of(tokens: list[Token], last: int, hits: dict[int, _Match]) -> int | None:
    """Return the next token of the same name: right behind, or behind a particle or an initial."""
    for skip in (1, 2, 3):
        at = last + skip
        if at >= len(tokens) or not tokens[at].is_joined:
            return None
        if at in hits:
            return at
        if tokens[at].key not in PARTICLES and len(tokens[at].raw) > 1:
            return None
    return None


def _back(person: Named, tokens: list[Token], first: int) -> tuple[int, int]:
    """Take in an initial, a particle of the name and a title that stand before it."""
    while first and tokens[first].is_joined:
        before = tokens[first - 1]
        is_initial = len(before.raw) == 1 and before.is_capital and _begins(person, before.key)
        is_particle = before.key in person.particles or (
            before.key in PARTICLES and before.is_capital and not before.begins_sentence
        )
        if not (is_initial or is_particle or before.key in TITLES):
            break
        first -= 1
        if before.key in TITLES and not is_initial:
            break
    return first, tokens[first].start


def _forth(person: Named, tokens: list[Token], last: int, text: str) -> int:
    """Take in the initial of the family name behind a first name: "Enzo M."."""
    end = tokens[last].end
    if last + 1 < len(tokens) and tokens[last + 1].is_joined:
        follows = tokens[last + 1]
        if len(follows.raw) == 1 and follows.is_capital and _begins(person, follows.key):
            end = follows.end + (text[follows.end : follows.end + 1] == ".")
    return end


def _begins(person: Named, letter: str) -> bool:
    return any(word.startswith(letter) for word in person.words)


def _initials(person: Named, text: str) -> Iterator[Found]:
    """Yield initials with full stops anywhere, and bare ones where somebody signs."""
    for match in _INITIALS.finditer(text):
        letters = fold(re.sub(r"[^\w]", "", match[0]))
        if letters not in person.initials:
            continue
        is_signed = not text[match.end() :].strip() and (
            not match.start() or text[match.start() - 1] == "\n"
        )
        if "." in match[0] or is_signed:
            start, end = match.span()
            end -= len(match[0]) - len(match[0].rstrip())
            yield Found(start, end, person.kind, FindingReason.INITIALS, 0.8, person.id)
