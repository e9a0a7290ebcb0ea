"""How French words are said, as keys: words that sound the same share one.

One character per sound, after the codes of Sonnex (Frédéric Bisson, github.com/Zigazou/Sonnex):
``1`` as in "vin", ``2`` "vent", ``3`` "bon", ``U`` "ou", ``C`` "ch", ``N`` "gn", ``y`` the glide
of "bien". Unlike there every e that is said (é, è, eu) is one ``E``: recognised speech mixes them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import Final

from indexer.analysis.normalize import normalize

_VOWEL: Final = "aàâäeéèêëiîïoôöuùûüy"
_NASAL_END: Final = rf"(?![{_VOWEL}nmh])"
_SOFT: Final = "eiyéèêëîï"

# The first rule that fits at a place is taken, so longer spellings stand before their parts.
_RULES: Final[tuple[tuple[str, str], ...]] = (
    (r"ing$", "iN"),
    (r"eaux?|aux$|au", "o"),
    (r"[oœ]eu|œu|œ|e[uû]", "E"),
    (rf"oin{_NASAL_END}", "w1"),
    (r"o[iîy]", "wa"),
    (rf"o[uùû](?=[{_VOWEL}])", "w"),
    (r"o[uùû]", "U"),
    (rf"(?:[ae]i[nm]|[iîy][nm]|un){_NASAL_END}", "1"),
    (rf"(?<=[iy])en{_NASAL_END}", "1"),
    (rf"[ae][nm]{_NASAL_END}", "2"),
    (rf"o[nm]{_NASAL_END}", "3"),
    (r"(?:eu|u[e])ill?e?", "Ey"),
    (r"aill?e|ail$", "ay"),
    (r"eill?e|eil$", "Ey"),
    (r"(?<=u)ill", "y"),
    (r"ill", "iy"),
    (rf"[ae]y(?=[{_VOWEL}])", "Ey"),
    (r"a[iîy]|e[iîy]", "E"),
    (r"e[rz]$|et$", "E"),
    (r"e$", ""),
    (r"[eéèêë]", "E"),
    (r"[aàâä]", "a"),
    (r"[oôö]", "o"),
    (r"[uùûü]", "u"),
    (r"[iîïy](?=[aàâäéèêëoôöuùûü]|e[^s$]|e[st]?[rzu])", "y"),
    (r"[iîïy]", "i"),
    (r"ph|ff?", "f"),
    (r"tch", "tC"),
    (r"chr", "kr"),
    (r"s?ch|sh", "C"),
    (r"gn", "N"),
    (rf"gu(?=[{_SOFT}])|gg?(?![{_SOFT}])", "g"),
    (rf"ge(?=[aàâoô])|g(?=[{_SOFT}])|j", "j"),
    (rf"cc(?=[{_SOFT}])", "ks"),
    (rf"sc(?=[{_SOFT}])|ç|c(?=[{_SOFT}])", "s"),
    (r"cqu?|qu|ck|cc?|q|kk?", "k"),
    (r"(?<!s)ti(?=on|el|eux)", "sy"),
    (r"[dtpsxz]+$", ""),
    (r"x", "ks"),
    (rf"(?<=[{_VOWEL}])s(?=[{_VOWEL}])|zz?", "z"),
    (r"ss?", "s"),
    (r"tt?", "t"),
    (r"pp?", "p"),
    (r"bb?", "b"),
    (r"dd?", "d"),
    (r"ll?", "l"),
    (r"mm?", "m"),
    (r"nn?", "n"),
    (r"rr?", "r"),
    (r"v", "v"),
    (r"w", "w"),
)
_SCANNER: Final = re.compile("|".join(f"({rule})" for rule, _ in _RULES))
_SOUNDS: Final = tuple(sound for _, sound in _RULES)
_DOUBLED: Final = re.compile(r"(.)\1+")
_OUTSIDE: Final = re.compile(r"[^a-zàâäçéèêëîïôöùûüœ]")
# What makes a last consonant heard: "siret" is said as "siré" and as "sirette".
_VOICED_END: Final = re.compile(r"(?<=.)(?:s|[tpdxzrm]|(?<=e)n)$")
_PLURAL: Final = re.compile(r"(?<=..)(?<!s)s$")
_ONLY_E: Final = re.compile(rf"^([^{_VOWEL}]+)e$")
_UNSAYABLE: Final = re.compile(r"^[bdgkptv](?=[bdgkptcfjmvz])(?!ph|th|tch|pt)")
MAX_SPELLED: Final = 5
"""Longer acronyms are said as words."""

_LETTERS: Final = {
    **dict(zip("aeiou", "aEiou", strict=True)),
    **{letter: f"{letter}E" for letter in "bdptv"},
    **{letter: f"E{letter}" for letter in "flmnrs"},
    "c": "sE",
    "g": "jE",
    "h": "aC",
    "j": "ji",
    "k": "ka",
    "q": "ku",
    "w": "dublEvE",
    "x": "iks",
    "y": "igrEk",
    "z": "zEd",
}


@lru_cache(maxsize=50_000)
def pronounce(word: str) -> str:
    """Return the key of one word, its last consonants silent where French is.

    Anything but letters is left out. Another alphabet has the empty key.
    """
    letters = _ONLY_E.sub(r"\1é", _PLURAL.sub("", _letters(word)))
    found = (m.lastindex for m in _SCANNER.finditer(letters) if m.lastindex)
    return _squeeze("".join(_SOUNDS[n - 1] for n in found))


def readings(word: str) -> frozenset[str]:
    """Return every way to say a word: its last consonant silent, or heard."""
    letters = _letters(word)
    if len(letters) == 1 and letters not in _VOWEL:
        return frozenset((_LETTERS.get(letters, ""),))
    return frozenset((pronounce(letters), pronounce(_voiced(letters))))


def readings_of_name(name: str) -> frozenset[str]:
    """Return every way to say a name or an acronym: as a word, and by its letters."""
    said = set(readings(name))
    letters = _letters(name)
    if name.isupper() and len(letters) <= MAX_SPELLED:
        said.add(_squeeze("".join(_LETTERS.get(letter, "") for letter in letters)))
    elif _UNSAYABLE.match(letters):  # Kbis
        said |= {_LETTERS[letters[0]] + rest for rest in readings(letters[1:])}
    return frozenset(said)


def readings_in_pieces(words: tuple[str, ...]) -> frozenset[str]:
    """Return every way to say words in a row: a last consonant may be heard in each."""
    said = product(*(sorted(readings(word)) for word in words))
    return frozenset(_squeeze("".join(pieces)) for pieces in said)


def _letters(word: str) -> str:
    return _OUTSIDE.sub("", normalize(word.lower()))


def _voiced(letters: str) -> str:
    end = _VOICED_END.search(letters)
    return f"{letters}se" if end and end.group() == "s" else f"{letters}e" if end else letters


def _squeeze(sounds: str) -> str:
    return _DOUBLED.sub(r"\1", sounds)
