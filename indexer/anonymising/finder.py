"""Everything in the turns of a document that tells who somebody is, each with its placeholder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from indexer.analysis.lexicon import Lexicon, load_lexicon
from indexer.analysis.normalize import fold
from indexer.anonymising.first_names import first_names, last_names
from indexer.anonymising.numbers import SURE, find_numbers
from indexer.anonymising.others import OthersFinder, numbered, words_of_names
from indexer.anonymising.participants import Named, ParticipantFinder, named
from indexer.anonymising.places import find_addresses, find_web
from indexer.anonymising.spans import Found, without_overlaps
from indexer.anonymising.spoken import find_spoken
from indexer.anonymising.words import PARTICLES, TITLES, Token, tokens_of
from schemas.document import Participant, ParticipantRole
from schemas.sharing import Finding, FindingKind, FindingReason, Place

PLACEHOLDERS: Final = {
    FindingKind.STUDENT: "élève",
    FindingKind.MENTOR: "mentor",
    FindingKind.PERSON: "personne",
    FindingKind.EMAIL: "e-mail",
    FindingKind.PHONE: "téléphone",
    FindingKind.ADDRESS: "adresse",
    FindingKind.SIRET: "SIRET",
    FindingKind.IBAN: "IBAN",
    FindingKind.NIR: "numéro de sécurité sociale",
    FindingKind.BIRTH: "date de naissance",
    FindingKind.HANDLE: "compte",
    FindingKind.URL: "site",
    FindingKind.PROJECT: "projet",
    FindingKind.MARKED: "masqué",
}
"""What stands in brackets in the copy; French, like what it stands in."""
_ROLES: Final = {
    ParticipantRole.STUDENT: FindingKind.STUDENT,
    ParticipantRole.MENTOR: FindingKind.MENTOR,
    ParticipantRole.SPEAKER: FindingKind.PERSON,
}
_MIN_WEB_LETTERS: Final = 4  # shorter words stand in any address
_PLAIN_WORDS: Final = frozenset({"et", "and", "n"})


class Cast(msgspec.Struct, frozen=True):
    """Who and what a document may name, as far as the school knows."""

    participants: tuple[Participant, ...] = ()
    projects: tuple[str, ...] = ()
    """Names of what the students among them build."""
    school: frozenset[str] = frozenset()
    """Names of everybody known to the school."""


def find(turns: Mapping[int, str], cast: Cast, *, lexicon: Lexicon | None = None) -> list[Finding]:
    """Return what tells of somebody, in order of place, no character twice.

    Args:
        turns: Texts by the ordinal of the turn; ``TITLE`` for the title.
        cast: Who is known.
        lexicon: French words; the installed ones by default.
    """
    finder = _Finder(cast, lexicon or load_lexicon())
    by_turn = {turn: finder.once(text) for turn, text in turns.items()}
    again = finder.again([one for found in by_turn.values() for one in found])
    settled = [
        (turn, whole)
        for turn, text in sorted(turns.items())
        for one in without_overlaps([*by_turn[turn], *again(text)])
        if (whole := _trimmed(one, text)) is not None
    ]
    names = placeholders([one for _, one in settled])
    return [
        Finding(
            place=Place(turn, one.start, one.end),
            text=turns[turn][one.start : one.end],
            kind=one.kind,
            reason=one.reason,
            confidence=round(min(one.confidence, 0.99), 2),
            placeholder=names[one.kind, one.who],
        )
        for turn, one in settled
    ]


def _trimmed(one: Found, text: str) -> Found | None:
    """Return a stretch without the spaces and marks at its ends; ``None`` where nothing is left."""
    start, end = one.start, one.end
    while start < end and not (text[start].isalnum() or text[start] in "@+"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] == "."):
        end -= 1
    return one._replace(start=start, end=end) if start < end else None


def placeholders(found: Iterable[Found]) -> dict[tuple[FindingKind, str], str]:
    """Return what stands for each thing, numbered in order where there are several of a kind.

    Other people always have a number: that there is one only is chance.
    """
    things: defaultdict[FindingKind, dict[str, int]] = defaultdict(dict)
    kept = list(found)
    persons = numbered({one.who for one in kept if one.kind is FindingKind.PERSON})
    named_by: dict[tuple[FindingKind, str], int] = {}
    for one in kept:
        who = persons.get(one.who, one.who) if one.kind is FindingKind.PERSON else one.who
        named_by[one.kind, one.who] = things[one.kind].setdefault(who, len(things[one.kind]) + 1)
    return {
        (kind, who): placeholder(
            kind, n if kind is FindingKind.PERSON or len(things[kind]) > 1 else None
        )
        for (kind, who), n in named_by.items()
    }


def placeholder(kind: FindingKind, number: int | None = None) -> str:
    """Return what stands for a thing of this kind."""
    return f"[{PLACEHOLDERS[kind]}]" if number is None else f"[{PLACEHOLDERS[kind]} {number}]"


class _Finder:
    def __init__(self, cast: Cast, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._people = [named(p.id, p.name, _ROLES[p.role]) for p in cast.participants]
        self._own = ParticipantFinder(self._people, lexicon)
        self._projects = [fold(project) for project in cast.projects if project.strip()]
        school = frozenset(fold(name) for name in cast.school if " " in name.strip())
        self._others = OthersFinder(
            lexicon, first_names=first_names(), last_names=last_names(), school=school
        )
        self._web_names = _web_names(self._people, self._projects)

    def once(self, text: str) -> list[Found]:
        """Return what every rule finds in one text."""
        tokens = tokens_of(text)
        own = list(self._own.find(text, tokens))
        others = [self._settled(one, own, tokens) for one in self._others.find(text, tokens)]
        return [
            *find_numbers(text),
            *find_spoken(text),
            *find_addresses(text),
            *find_web(text, self._web_names),
            *own,
            *filter(None, others),
            *self._project(text),
        ]

    def _settled(self, other: Found, own: Sequence[Found], tokens: list[Token]) -> Found | None:
        """Tell another person from a participant where both rules see a name.

        All words are a participant's, however written: it is that one. The participant's family
        name behind another first name: somebody of the family.
        """
        words = [
            token
            for token in tokens
            if other.start <= token.start < other.end
            and token.key not in TITLES
            and token.key not in PARTICLES
        ]
        theirs = [w for w in words if any(o.start <= w.start < o.end for o in own)]
        if len(theirs) == len(words):
            return None
        last = {word for person in self._people for word in person.last}
        is_family = bool(theirs) and all(word.key in last for word in theirs)
        is_sure = is_family and words[0] not in theirs
        return other._replace(confidence=SURE) if is_sure else other

    def again(self, found: Sequence[Found]) -> _Again:
        """Return what finds other people once more by one word of a name that was found."""
        others = [one for one in found if one.kind is FindingKind.PERSON]
        own = {word for person in self._people for word in person.words}
        known = words_of_names(others, self._lexicon)
        return _Again({word: who for word, who in known.items() if word not in own})

    def _project(self, text: str) -> Iterator[Found]:
        """Yield the names of projects, "&" being "et"; a plain word needs a capital."""
        for project in self._projects:
            wanted = [w for w in re.findall(r"[^\W_]+", project) if w not in _PLAIN_WORDS]
            if not wanted:
                continue
            pieces = list(re.finditer(r"[^\W_]+", text))
            keys = [fold(piece[0]) for piece in pieces]
            kept = [n for n, key in enumerate(keys) if key not in _PLAIN_WORDS]
            for at in range(len(kept) - len(wanted) + 1):
                run = kept[at : at + len(wanted)]
                if [keys[n] for n in run] != wanted:
                    continue
                first, last = pieces[run[0]], pieces[run[-1]]
                is_plain = len(wanted) == 1 and self._lexicon.is_french(wanted[0])
                if is_plain and not first[0][0].isupper():
                    continue
                yield Found(
                    first.start(),
                    last.end(),
                    FindingKind.PROJECT,
                    FindingReason.NAME,
                    0.985 if len(wanted) > 1 else 0.9,
                    project,
                )


class _Again:
    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def __call__(self, text: str) -> Iterator[Found]:
        for token in tokens_of(text):
            who = self._known.get(token.key)
            if who is not None:
                yield Found(
                    token.start, token.end, FindingKind.PERSON, FindingReason.AGAIN, 0.7, who
                )


def _web_names(people: Sequence[Named], projects: Sequence[str]) -> frozenset[str]:
    words = {word for person in people for word in person.words}
    words |= {re.sub(r"[^a-z0-9]", "", project) for project in projects}
    return frozenset(word for word in words if len(word) >= _MIN_WEB_LETTERS)
