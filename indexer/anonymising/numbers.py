"""Numbers and addresses that belong to one person: their forms, and their check digits.

High recall first: what has the form and wrong check digits is found when a word beside it says what
it is meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from indexer.anonymising.spans import Found
from schemas.sharing import FindingKind, FindingReason

SURE: Final = 0.99
WHOLE: Final = 0.995
"""Of what may hold a name and goes as a whole: surer than the name in it."""
LIKELY: Final = 0.9
_SIREN_DIGITS: Final = 9
_SIRET_DIGITS: Final = 14
_IBAN_CHARS: Final = (15, 34)  # of the shortest, Norway's, and the longest that ISO 13616 allows
_GAP: Final = r"[\s.,\-–/\u00a0\u202f]{0,2}"  # speech is written down with commas between pairs
_EMAIL: Final = re.compile(
    r"(?:[\w-]+\s?[(\[](?:point|dot)[)\]]\s?)*[\w.!#$%&'*+/=?^`{|}~-]+(?:@|\s@\s|\s?[(\[](?:at|arobase)[)\]]\s?|\s(?:at|arobase)\s)"
    r"[A-Za-z0-9À-ÿ-]+(?:\.[A-Za-z0-9À-ÿ-]+)+",
)
_PHONE: Final = re.compile(
    rf"(?<![\d+])(?:(?:\+|00{_GAP})\s?33{_GAP}(?:\(0\)\s?)?[1-9]|0{_GAP}[1-79])"
    rf"(?:{_GAP}\d){{8}}(?!\d)"
)
_FOREIGN_PHONE: Final = re.compile(r"(?<![\d\w])\+(?!33)\d{1,3}(?:[\s.\-()]?\d){7,11}(?!\d)")
_VAT: Final = re.compile(rf"\bFR{_GAP}[0-9A-Z]{{2}}(?:{_GAP}\d){{9}}(?!\d)")
_DIGITS: Final = re.compile(r"(?<![\d+.,])\d(?:[\s.\-\u00a0\u202f]{0,2}\d){8,14}(?!\d)")
_COMPANY_WORD: Final = re.compile(r"\b(?:siret|siren|rcs|n° ?tva|immatricul\w+)\b", re.IGNORECASE)
_IBAN: Final = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[\s.\-\u00a0\u202f]?[A-Z0-9]){11,30}\b", re.IGNORECASE
)
_NIR: Final = re.compile(
    r"(?<!\d)[1-478][\s.]?\d\d[\s.]?(?:0[1-9]|1[0-2]|[2-9]\d)[\s.]?(?:\d\d|2[AB])[\s.]?\d{3}[\s.]?\d{3}"
    r"(?:[\s.]?(?:clé\s)?\d\d)?(?!\d)",
    re.IGNORECASE,
)
_MONTH: Final = (
    r"(?:janv(?:ier)?|févr?(?:ier)?|fevrier|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|"
    r"sept(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?)\.?"
)
_DATE: Final = re.compile(
    rf"\b(?:(?:\d{{1,2}}|1er|premier|[a-zéû-]+)\s{_MONTH}(?:\s(?:\d{{4}}|\d\d|mil(?:le)?\s[\w\s-]"
    rf"{{4,40}}))?|\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:\d{{4}}|\d\d)|(?:19|20)\d\d-\d\d-\d\d)\b",
    re.IGNORECASE,
)
_BORN: Final = re.compile(
    r"\b(?:n[ée]e?s?\s+(?:le|un)?|naissance\s*(?:est|:|le|c'est|au|du)*(?:\sle)?|"
    r"anniversaire\s*(?:est|:|le|c'est)*(?:\sle)?|ddn\s*:?)\s*(?:\w+\s)?$",
    re.IGNORECASE,
)
_FORMS: Final = (
    (_EMAIL, FindingKind.EMAIL, WHOLE),
    (_PHONE, FindingKind.PHONE, SURE - 0.01),
    (_FOREIGN_PHONE, FindingKind.PHONE, SURE - 0.01),
    (_VAT, FindingKind.SIRET, SURE),
)
_BEFORE_CHARS: Final = 40  # how far a word that says what a number is may stand before it


def find_numbers(text: str) -> Iterator[Found]:
    """Yield e-mail addresses, telephone, company, bank and social numbers, and dates of birth."""
    for pattern, kind, confidence in _FORMS:
        for match in pattern.finditer(text):
            yield _found(match, kind, (FindingReason.PATTERN, confidence))
    for pattern, checked in ((_IBAN, _iban), (_DIGITS, _company), (_NIR, _social)):
        for match in pattern.finditer(text):
            yield from checked(text, match)
    for match in _DATE.finditer(text):
        if _BORN.search(text[max(0, match.start() - _BEFORE_CHARS) : match.start()]):
            yield _found(match, FindingKind.BIRTH, (FindingReason.INTRODUCED, LIKELY))


def luhn(digits: str) -> bool:
    """Tell whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(n - 9 * (n > 9) for n in doubled) % 10 == 0  # noqa: PLR2004 - sum of its digits


def is_iban(compact: str) -> bool:
    """Tell whether an IBAN without spaces leaves 1 modulo 97 (ISO 13616-1)."""
    if not _IBAN_CHARS[0] <= len(compact) <= _IBAN_CHARS[1] or not compact.isalnum():
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def is_nir(digits: str) -> bool:
    """Tell whether the last two of 15 digits are 97 minus the others modulo 97.

    Corsica's ``2A`` and ``2B`` count as 19 and 18 (decree 82-103).
    """
    plain = digits.upper().replace("2A", "19").replace("2B", "18")
    return len(plain) == 15 and plain.isdigit() and int(plain[13:]) == 97 - int(plain[:13]) % 97  # noqa: PLR2004


def _company(text: str, match: re.Match[str]) -> Iterator[Found]:
    digits = _compact(match[0])
    is_named = bool(_COMPANY_WORD.search(text[max(0, match.start() - _BEFORE_CHARS) : match.end()]))
    if len(digits) not in {_SIREN_DIGITS, _SIRET_DIGITS}:
        if is_named:
            yield _found(match, FindingKind.SIRET, (FindingReason.INTRODUCED, LIKELY))
        return
    if luhn(digits):
        yield _found(match, FindingKind.SIRET, (FindingReason.CHECKED, SURE), digits[:9])
    elif is_named or len(digits) == _SIRET_DIGITS:
        yield _found(match, FindingKind.SIRET, (FindingReason.PATTERN, LIKELY), digits[:9])


def _iban(text: str, match: re.Match[str]) -> Iterator[Found]:
    """An IBAN, cut where its check digits are right: a capital word may stand behind it."""
    for end in range(match.end(), match.start() + _IBAN_CHARS[0] - 1, -1):
        compact = _compact(text[match.start() : end]).upper()
        if text[end - 1].isalnum() and is_iban(compact):
            yield Found(
                match.start(), end, FindingKind.IBAN, FindingReason.CHECKED, SURE + 0.005, compact
            )
            return
    digits = sum(char.isdigit() for char in match[0])
    if digits >= _SIREN_DIGITS:
        yield _found(match, FindingKind.IBAN, (FindingReason.PATTERN, LIKELY))


def _social(text: str, match: re.Match[str]) -> Iterator[Found]:
    digits = re.sub(r"[^0-9ABab]", "", match[0].lower().replace("clé", ""))
    if is_nir(digits):
        yield _found(match, FindingKind.NIR, (FindingReason.CHECKED, SURE + 0.004), digits[:13])
    elif len(digits) == 15:  # noqa: PLR2004 - sex, year, month, place: nothing else looks so
        yield _found(match, FindingKind.NIR, (FindingReason.PATTERN, SURE - 0.005), digits[:13])
    elif re.search(r"s[ée]cu|nir\b|insee", text[: match.start()][-_BEFORE_CHARS:], re.IGNORECASE):
        yield _found(match, FindingKind.NIR, (FindingReason.INTRODUCED, LIKELY), digits[:13])


def _found(
    match: re.Match[str],
    kind: FindingKind,
    why: tuple[FindingReason, float],
    who: str = "",
) -> Found:
    start, end = match.span()
    while end > start and match.string[end - 1] in ".,;:!?'’)":
        end -= 1
    same = who or _compact(match.string[start:end]).lower()
    return Found(start, end, kind, *why, same)


def _compact(text: str) -> str:
    return re.sub(r"[\s.,\-–/\u00a0\u202f]", "", text)
