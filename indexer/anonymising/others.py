"""People whom an exchange names and who take no part in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from indexer.analysis.lexicon import Lexicon
from indexer.analysis.normalize import fold
from indexer.anonymising.not_people import NOT_PEOPLE
from indexer.anonymising.spans import Found
from indexer.anonymising.words import GREETINGS, PARTICLES, TITLES, Token
from schemas.sharing import FindingKind, FindingReason

_RELATION: Final = (
    r"(?:mari|femme|époux|épouse|père|mère|papa|maman|frère|s(?:œ|oe)ur|fils|fille|cousine?|oncle|"
    r"tante|neveu|nièce|grand-père|grand-mère|ami|amie|copain|copine|pote|conjointe?|compagne|"
    r"compagnon|associée?|collègue|patronne?|banquier|banquière|comptable|avocate?|notaire|"
    r"voisine?|propriétaire|proprio|bailleur|clients?|clientes?|fournisseur|conseill(?:er|ère)|"
    r"stagiaire|apprentie?|salariée?|employée?|présidente?|directeur|directrice|gérante?|élève|"
    r"tuteur|tutrice|mentore?|concurrente?|partenaire|graphiste|photographe|belle-mère|beau-père|"
    r"beau-frère|belle-sœur|ex|bébé|parrain|marraine)"
)
_CUE: Final = re.compile(
    rf"\b(?:{_RELATION},?|s'appel\w+|m'appel\w+|t'appel\w+|appel(?:ée?s?|ez|le)|nomm[ée]+e?s?|"
    r"prénom(?:mée?)?|avec|chez|de la part d[e']|grâce à|demand(?:e|ez|er|é) à|"
    r"contact(?:e|ez|er|é)|rencontr(?:e|ez|er|é)|voir|vois|voyez|dit à|dis à|parl(?:e|ez|er|é) à|"
    r"écri(?:s|vez|re|t) à|transmets? à|et|ou|pour|à|c'est|par|selon|d'après|remerci\w+|"
    r"l'atelier de|signé|bises?,?|cordialement,?)\s*$",
    re.IGNORECASE,
)
_WEAK_CUE: Final = re.compile(r"\b(?:et|ou|pour|à|c'est|par|avec|chez)\s*$", re.IGNORECASE)
_CUE_CHARS: Final = 32
_MIN_LETTERS: Final = 3
_MAX_WORDS: Final = 4

_Name = tuple[int, FindingReason, float]
"""How many tokens a name has, why it is one, and how sure that is."""


class OthersFinder:
    """Finds names of people whom nobody announced."""

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        first_names: Collection[str],
        last_names: Collection[str],
        school: Collection[str],
    ) -> None:
        """Keep what tells a name.

        Args:
            lexicon: French words; a name that is one needs more than a capital.
            first_names: Folded.
            last_names: Folded.
            school: Folded full names of the people of the school.
        """
        self._lexicon = lexicon
        self._first = first_names
        self._last = last_names
        self._school = {tuple(re.findall(r"[^\W\d_]+", name)) for name in school}
        self._school_last = {
            name[-1]
            for name in self._school
            if len(name) > 1 and len(name[-1]) > _MIN_LETTERS and not lexicon.is_french(name[-1])
        }

    def find(self, text: str, tokens: list[Token]) -> Iterator[Found]:
        """Yield people by title, by first name, as people of the school, and by what stands before.

        ``who`` holds the folded words of the name, for ``numbered`` to tell who is who.
        """
        n = 0
        while n < len(tokens):
            found = self._at(text, tokens, n)
            if found is None:
                n += 1
                continue
            size, reason, confidence = found
            first, last = n, n + size - 1
            words = " ".join(
                token.key
                for token in tokens[first : last + 1]
                if token.key not in TITLES and token.key not in PARTICLES
            )
            yield Found(
                tokens[first].start, tokens[last].end, FindingKind.PERSON, reason, confidence, words
            )
            n = last + 1

    def _at(  # noqa: PLR0911 - one rule, one return
        self, text: str, tokens: list[Token], n: int
    ) -> _Name | None:
        token = tokens[n]
        if token.key in TITLES:
            return self._titled(tokens, n)
        for size in (4, 3, 2):
            keys = tuple(each.key for each in tokens[n : n + size])
            if len(keys) == size and keys in self._school:
                return size, FindingReason.SCHOOL, 0.97
        if not token.is_capital or token.key in GREETINGS or len(token.key) < _MIN_LETTERS:
            is_known = token.key in self._first and not self._lexicon.is_french(token.key)
            if is_known and len(token.key) > _MIN_LETTERS and self._called(tokens, n):
                return 1, FindingReason.FIRST_NAME, 0.6
            return None
        if token.key in NOT_PEOPLE:
            return None
        return self._capital(text, tokens, n)

    def _capital(  # noqa: PLR0911 - one rule, one return
        self, text: str, tokens: list[Token], n: int
    ) -> _Name | None:
        token = tokens[n]
        size = self._run(tokens, n)
        is_word = self._lexicon.is_french(token.key)
        is_first = token.key in self._first
        if token.key in self._school_last:
            return size, FindingReason.SCHOOL, 0.9
        before = text[max(0, token.start - _CUE_CHARS) : token.start]
        cue = _CUE.search(before)
        if is_first and not is_word:
            return size, FindingReason.FIRST_NAME, 0.9
        if is_first and is_word:
            is_alone = size == 1 and (token.begins_sentence or cue is None)
            return None if is_alone else (size, FindingReason.FIRST_NAME, 0.75)
        if self._lexicon.is_word(token.key) or token.begins_sentence:
            return None
        if cue is not None and not (_WEAK_CUE.search(before) and size == 1):
            return size, FindingReason.INTRODUCED, 0.6
        follows = tokens[n + 1].key if size > 1 else ""
        if token.key in self._last or follows in self._last or size > 1:
            return size, FindingReason.CAPITAL, 0.5
        return None

    def _titled(self, tokens: list[Token], n: int) -> _Name | None:
        at = n + 1
        if at >= len(tokens) or not tokens[at].is_joined:
            return None
        follows = tokens[at]
        if len(tokens[n].raw) == 1 and not tokens[n].is_capital:
            return None
        if len(follows.raw) == 1 and follows.is_capital and not self._name_behind(tokens, at):
            return 2, FindingReason.TITLE, 0.85
        if self._name_behind(tokens, at - 1):
            return 1 + self._run(tokens, at), FindingReason.TITLE, 0.95
        is_unknown = not self._lexicon.is_word(follows.key) and len(follows.key) > 2  # noqa: PLR2004
        return (2, FindingReason.TITLE, 0.8) if is_unknown else None

    def _name_behind(self, tokens: list[Token], n: int) -> bool:
        """Tell whether a capital follows, behind particles if need be."""
        at = n + 1
        while at < len(tokens) and tokens[at].is_joined and tokens[at].key in PARTICLES:
            at += 1
        return (
            at < len(tokens)
            and tokens[at].is_joined
            and tokens[at].is_capital
            and len(tokens[at].raw) > 1
            and tokens[at].key not in NOT_PEOPLE
        )

    def _run(self, tokens: list[Token], n: int) -> int:
        """Return how many tokens the name has that begins here."""
        last, is_over = n, False
        while last - n + 1 < _MAX_WORDS and not is_over:
            at = last + 1
            while at < len(tokens) and tokens[at].is_joined and tokens[at].key in PARTICLES:
                at += 1
            if at >= len(tokens) or not tokens[at].is_joined or not tokens[at].is_capital:
                break
            if tokens[at].key in NOT_PEOPLE or (
                len(tokens[at].raw) > 1 and tokens[at].begins_sentence
            ):
                break
            # "Chloé Petit" is a name, "Solène Réparation Vélo" is a name and what she does.
            is_over = self._lexicon.is_french(tokens[at].key)
            last = at
        return last - n + 1

    def _called(self, tokens: list[Token], n: int) -> bool:
        before = tokens[n - 1].key if n else ""
        return before in GREETINGS or before in {"avec", "chez", "appelle"}


def numbered(names: Collection[str]) -> dict[str, str]:
    """Tell which of these names mean the same person: they share a word that is no first word only.

    "Sophie Marchal", "Mme Marchal" and "Sophie" are one, as long as no other Sophie has a family
    name; two people who share only their family name are two.

    Returns:
        For each name, the fullest one of the same person.
    """
    full = sorted(names, key=lambda name: (-len(name.split()), name))
    same: dict[str, str] = {}
    for name in full:
        words = name.split()
        fits = [other for other in dict.fromkeys(same.values()) if set(words) <= set(other.split())]
        same[name] = fits[0] if len(fits) == 1 else name
    return same


def words_of_names(found: Collection[Found], lexicon: Lexicon) -> dict[str, str]:
    """Return the words by which somebody found once is recognised again, with the name in full."""
    known: dict[str, str] = {}
    for one in found:
        for word in one.who.split():
            if len(word) >= _MIN_LETTERS and not lexicon.is_french(word):
                known.setdefault(fold(word), one.who)
    return known
