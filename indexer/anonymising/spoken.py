"""Numbers and e-mail addresses said aloud: "zéro six douze", "léa arobase courriel point fr"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from indexer.analysis.normalize import fold
from indexer.anonymising.numbers import LIKELY, WHOLE, luhn
from indexer.anonymising.spans import Found
from schemas.sharing import FindingKind, FindingReason

_UNITS: Final = (
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
)
_VALUES: Final = (
    {word: value for value, word in enumerate(_UNITS.split())}
    | {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
    | {"septante": 70, "huitante": 80, "octante": 80, "nonante": 90, "vingts": 20, "une": 1}
)
_HUNDRED: Final = frozenset({"cent", "cents"})
_FILLERS: Final = frozenset({"plus", "euh", "puis", "alors", "donc", "tiret", "point", "espace"})
_WORD: Final = re.compile(r"\d+|[^\W\d_]+")
_PHONE_DIGITS: Final = 10
_ABROAD: Final = re.compile(r"(?:00|)33[1-9]\d{8}$")
_SERVICE: Final = "08"
_MAX_GAP: Final = 3  # characters between two words of one number: ", " or " - "
_NAME_PART: Final = r"[^\W_][\w-]*"
_JOINT: Final = r"(?:\s+(?:point|tiret(?:\s+(?:du\s+)?(?:bas|six|huit))?|underscore)\s+|\.|-)"
_EMAIL: Final = re.compile(
    rf"{_NAME_PART}(?:{_JOINT}{_NAME_PART})*\s+(?:arobase|arrobase|at|à\s+robase)\s+"
    rf"{_NAME_PART}(?:{_JOINT}{_NAME_PART})*?(?:\s+point\s+|\.)\w{{2,}}\b",
    re.IGNORECASE,
)


class _Spoken(NamedTuple):
    """Digits that a run of words says, and where."""

    start: int
    end: int
    digits: str


def find_spoken(text: str) -> Iterator[Found]:
    """Yield telephone and company numbers that have a part in words, and e-mails said aloud."""
    for match in _EMAIL.finditer(text):
        yield Found(*match.span(), FindingKind.EMAIL, FindingReason.SPOKEN, WHOLE, fold(match[0]))
    for run in _runs(text):
        digits = "".join(each.digits for each in run)
        kind = _kind(digits)
        if kind is not None:
            start, end = run[0].start, run[-1].end
            yield Found(start, end, kind, FindingReason.SPOKEN, LIKELY, digits)


def _kind(digits: str) -> FindingKind | None:
    is_phone = len(digits) == _PHONE_DIGITS and digits[0] == "0" and digits[1] != "0"
    if (is_phone and not digits.startswith(_SERVICE)) or _ABROAD.fullmatch(digits):
        return FindingKind.PHONE
    if len(digits) in {9, 14} and luhn(digits):
        return FindingKind.SIRET
    return None


def _runs(text: str) -> Iterator[Sequence[_Spoken]]:
    """Yield runs of numbers that follow each other, at least one of them in words."""
    run: list[_Spoken] = []
    has_words = False
    for spoken, in_words in _numbers(text):
        if run and _is_apart(text[run[-1].end : spoken.start]):
            if has_words:
                yield run
            run, has_words = [], False
        run.append(spoken)
        has_words = has_words or in_words
    if run and has_words:
        yield run


def _is_apart(between: str) -> bool:
    words = [fold(word) for word in _WORD.findall(between)]
    if words:
        return not set(words) <= _FILLERS
    return len(between.strip()) > _MAX_GAP or "\n" in between


def _numbers(text: str) -> Iterator[tuple[_Spoken, bool]]:
    """Yield each number below 100 that is said, and digits as they are written."""
    matches = list(_WORD.finditer(text))
    n = 0
    while n < len(matches):
        word = fold(matches[n][0])
        if word.isdigit():
            yield _Spoken(matches[n].start(), matches[n].end(), word), False
            n += 1
        elif word in _VALUES or word in _HUNDRED:
            value, taken = _number_at([fold(m[0]) for m in matches[n : n + 8]])
            start, end = matches[n].start(), matches[n + taken - 1].end()
            yield _Spoken(start, end, str(value)), True
            n += taken
        else:
            n += 1


def _number_at(words: Sequence[str]) -> tuple[int, int]:
    """Return the value of the number below 1000 that begins here, and how many words say it."""
    if words[0] in _HUNDRED:
        value, taken = 100, 1
    else:
        value, taken = _below_hundred(words)
        if not 1 < value < 10 or not set(words[taken : taken + 1]) & _HUNDRED:  # noqa: PLR2004
            return value, taken
        value, taken = value * 100, taken + 1
    if taken < len(words) and words[taken] in _VALUES and words[taken] != "zero":
        rest, more = _below_hundred(words[taken:])
        return value + rest, taken + more
    return value, taken


def _below_hundred(words: Sequence[str]) -> tuple[int, int]:  # noqa: PLR0911 - French counts so
    value, taken = _VALUES[words[0]], 1
    if words[0] == "quatre" and words[1:2] and words[1] in {"vingt", "vingts"}:
        value, taken = 80, 2
    is_tens = value >= 20 and value % 10 == 0  # noqa: PLR2004 - from twenty on numbers are composed
    if not is_tens:
        if value == 10 and words[1:2] and words[1] in {"sept", "huit", "neuf"}:  # noqa: PLR2004
            return 10 + _VALUES[words[1]], 2
        return value, taken
    at = taken + 1 if words[taken : taken + 1] == ["et"] and len(words) > taken + 1 else taken
    follows = _VALUES.get(words[at]) if at < len(words) else None
    if follows is None or not 0 < follows <= (16 if value in {60, 80} else 9):
        return value, taken
    if follows == 10 and words[at + 1 : at + 2] and words[at + 1] in {"sept", "huit", "neuf"}:  # noqa: PLR2004
        return value + 10 + _VALUES[words[at + 1]], at + 2
    if at > taken and follows not in {1, 11}:
        return value, taken
    return value + follows, at + 1
