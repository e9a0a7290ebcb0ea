"""query_text to ParsedQuery: quoted phrases, exclusions and fields, out of what people type.

One pass from left to right. What is not syntax is plain text, so nothing can be wrong with a text
and nothing is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from indexer.analysis.normalize import fold
from schemas.document import DocumentKind

KIND_NAMES: Final[Mapping[DocumentKind, tuple[str, ...]]] = {
    DocumentKind.EXCHANGE: ("échange", "échanges", "exchange", "exchanges"),
    DocumentKind.COURSE: ("cours", "course", "courses", "leçon", "leçons"),
    DocumentKind.REPLAY: ("replay", "replays", "rediffusion", "rediffusions"),
    DocumentKind.WORKSHOP: ("atelier", "ateliers", "workshop", "workshops"),
    DocumentKind.SHEET: ("fiche", "fiches", "sheet", "sheets"),
    DocumentKind.THREAD: ("discussion", "discussions", "fil", "thread", "threads"),
}
"""What may stand after ``kind:``; the first name of each kind is the usual one."""

_KINDS: Final = {fold(name): kind for kind, names in KIND_NAMES.items() for name in names} | {
    "video": DocumentKind.COURSE  # what students call the school's recorded lessons
}
_FIELDS: Final = {
    "kind": "kind",
    "type": "kind",
    "mentor": "mentor",
    "mentore": "mentor",
    "tag": "tag",
    "speaker": "speaker",
    "intervenant": "speaker",
    "intervenante": "speaker",
}
_LONGEST_FIELD: Final = 16  # characters as typed: accents may be marks of their own
_CLOSING: Final = {'"': '"', "«": "»", "“": "”"}
_MARKS: Final = frozenset('"«»“”')
_MINUS: Final = "-\N{MINUS SIGN}"
_TRAILING: Final = ".,;:!?…)]}'’"  # ends a sentence, not a name
_SPACE_OR_MARK: Final = re.compile(r'[\s"«»“”]')  # one character: nothing is ever tried twice
_ANY_MARK: Final = re.compile('["«»“”]')


class ParsedQuery(msgspec.Struct, frozen=True):
    """What a person typed, taken apart; every value in the order of typing."""

    text: str
    """What is ranked by: the words without fields and exclusions. Words of phrases stay, their
    quotes go. A text without any syntax is as it was typed, with single spaces."""
    phrases: tuple[str, ...] = ()
    """Texts that must occur as typed, without their quotes, with single spaces."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that must not occur."""
    kinds: frozenset[DocumentKind] = frozenset()
    """Alternatives; empty means any."""
    mentors: tuple[str, ...] = ()
    """Names or beginnings of names, as typed; alternatives."""
    speakers: tuple[str, ...] = ()
    """Names of who speaks, or beginnings of names, as typed; alternatives."""
    tags: tuple[str, ...] = ()
    """Ids, labels or aliases of tags, as typed."""

    @property
    def has_syntax(self) -> bool:
        """Whether anything but plain words was typed."""
        return self != ParsedQuery(self.text)


def parse(query_text: str) -> ParsedQuery:
    """Take apart what a person typed; any text is fine, in time proportional to its length.

    ``"business plan"``, ``« business plan »`` and ``“business plan”`` are phrases. ``-micro`` and
    ``-"plan de"`` exclude, where the minus begins a word and no digit follows (``-20 %`` is a
    number). ``kind:cours`` (or ``type:``), ``mentor:claire``, ``mentor:"Claire D"`` and
    ``tag:tarifs`` are fields, and so is ``intervenant:camille`` (or ``speaker:``); commas part
    several values. A field without a value, with a kind that does not exist or with an unknown
    name is text, and so is a quote without its partner.
    """
    scan = _Scan(query_text)
    scan.run()
    if not scan.found.has_syntax:
        return ParsedQuery(_spaced(query_text))
    return scan.found


def render(parsed: ParsedQuery) -> str:
    """Return a text that ``parse`` takes apart into just this: for links and search boxes."""
    parts = [
        _with_quotes(parsed.text, parsed.phrases),
        *(f"-{_quoted(each)}" for each in parsed.excluded),
        *(f"kind:{kind}" for kind in sorted(parsed.kinds)),
        *(f"mentor:{_quoted(name)}" for name in parsed.mentors),
        *(f"speaker:{_quoted(name)}" for name in parsed.speakers),
        *(f"tag:{_quoted(name)}" for name in parsed.tags),
    ]
    return " ".join(part for part in parts if part)


class _Scan:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._words: list[str] = []
        self._phrases: list[str] = []
        self._excluded: list[str] = []
        self._fields: dict[str, list[str]] = {
            "kind": [],
            "mentor": [],
            "speaker": [],
            "tag": [],
        }
        self._unclosed: set[str] = set()  # opening marks known to have no partner further on

    @property
    def found(self) -> ParsedQuery:
        """What was found so far."""
        return ParsedQuery(
            text=" ".join(self._words),
            phrases=tuple(self._phrases),
            excluded=tuple(self._excluded),
            kinds=frozenset(_KINDS[fold(name)] for name in self._fields["kind"]),
            mentors=tuple(self._fields["mentor"]),
            speakers=tuple(self._fields["speaker"]),
            tags=tuple(self._fields["tag"]),
        )

    def run(self) -> None:
        """Read the text to its end."""
        while self._at < len(self._text):
            c = self._text[self._at]
            if c.isspace():
                self._at += 1
            elif c in _MARKS:
                self._read_phrase()
            else:
                self._read_piece()

    def _read_phrase(self) -> None:
        """Read a quoted phrase; a mark that opens none parts words and is left out."""
        content = self._take_quoted(self._at)
        if content is None:
            self._at += 1
        elif content:
            self._phrases.append(content)
            self._words += content.split()

    def _read_piece(self) -> None:
        """Read up to the next space or mark."""
        begins = self._at == 0 or self._text[self._at - 1].isspace()
        stop = _SPACE_OR_MARK.search(self._text, self._at)
        end = stop.start() if stop else len(self._text)
        touches = stop is not None and stop.group() in _MARKS
        piece, self._at = self._text[self._at : end], end
        if begins and (self._read_exclusion(piece) or self._read_field(piece)):
            return
        if begins and not touches:
            self._words.append(piece)
        else:
            self._words += [word for word in _inert(piece) if _has_word(word)]

    def _read_exclusion(self, piece: str) -> bool:
        if piece[0] not in _MINUS:
            return False
        if len(piece) == 1:
            content = self._take_quoted(self._at)
            if content:
                self._excluded.append(content)
            return bool(content)
        if not piece[1].isalpha():
            return False
        self._excluded.append(piece[1:].rstrip(_TRAILING))
        return True

    def _read_field(self, piece: str) -> bool:
        name, colon, typed = piece.partition(":")
        field = _field(name) if colon else None
        if field is None:
            return False
        if typed:
            values = [value.rstrip(_TRAILING) for value in typed.split(",")]
            values = [value for value in values if _has_word(value)]
        else:
            start = self._at
            content = self._take_quoted(start)
            values = [content] if content else []
            if not _are_values(field, values):
                self._at = start  # the words in the quotes are read again, as a phrase
        if not _are_values(field, values):
            return False
        self._fields[field] += values
        return True

    def _take_quoted(self, at: int) -> str | None:
        """Return what stands in quotes from here, and go behind it; ``None`` if nothing does.

        Empty when there are quotes and no word in them: they are then passed over.
        """
        mark = self._text[at : at + 1]
        if not mark or mark not in _CLOSING or mark in self._unclosed:
            return None
        if mark == '"' and at > 0 and self._text[at - 1].isalnum():
            return None  # inches, or the end of a phrase that nobody opened
        end = self._text.find(_CLOSING[mark], at + 1)
        if end < 0:
            self._unclosed.add(mark)
            return None
        content = _spaced(_ANY_MARK.sub(" ", self._text[at + 1 : end]))
        self._at = end + 1
        return content if _has_word(content) else ""


def _field(name: str) -> str | None:
    return _FIELDS.get(fold(name)) if len(name) <= _LONGEST_FIELD else None


def _are_values(field: str, values: list[str]) -> bool:
    if field == "kind":
        return bool(values) and all(fold(value) in _KINDS for value in values)
    return bool(values)


def _inert(piece: str) -> Iterator[str]:
    """Cut a piece that stands beside a quote so that no part of it would be syntax by itself."""
    while piece:
        piece = piece.lstrip(_MINUS)
        name, colon, rest = piece.partition(":")
        if not (colon and rest and _field(name)):
            yield piece
            return
        yield name + colon
        piece = rest


def _with_quotes(text: str, phrases: tuple[str, ...]) -> str:
    """Put the quotes back around the first words that each phrase may have come from.

    Phrases lie in the text one after the other, so taking the first place for each always works
    out; and words that would be syntax occur in phrases only, so that none stays outside.
    """
    words, at = text.split(), 0
    for phrase in phrases:
        wanted = phrase.split()
        while at + len(wanted) < len(words) and words[at : at + len(wanted)] != wanted:
            at += 1
        end = at + len(wanted)
        words[at:end] = [f'"{" ".join(wanted)}"']
        at += 1
    return " ".join(words)


def _quoted(value: str) -> str:
    return value if value.isalpha() else f'"{value}"'


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _spaced(text: str) -> str:
    return " ".join(text.split())
