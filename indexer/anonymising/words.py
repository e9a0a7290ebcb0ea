"""The words of a text as rules for names read them: folded, with their place in the sentence."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from indexer.analysis.normalize import fold

_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCE_END: Final = '.!?…:\n«»"“”•*'
_GREETINGS: Final = (
    "bonjour bonsoir salut coucou hello hey bjr slt cc merci cher chere chers cheres ok oui bravo "
    "desole pardon ciao bye re alors c'est ici moi tiens dis ecoute"
)
GREETINGS: Final = frozenset(_GREETINGS.split())
"""Words that people are called by name after."""
_TITLES: Final = (
    "m mr mrs mme mmes mlle monsieur madame mademoiselle messieurs me maitre dr docteur pr "
    "professeur tonton tata tante oncle papi mamie papy mami"
)
TITLES: Final = frozenset(_TITLES.split())
_PARTICLES: Final = (
    "de du des d la le les l el al ben bin ibn da di do dos das van von der den ait n o st saint "
    "sainte mac mc"
)
PARTICLES: Final = frozenset(_PARTICLES.split())
"""Small words inside names; never a name by themselves."""


_MAX_SHORT: Final = 4  # letters of "Mlle"; titles in full end a sentence like any word


class Token(NamedTuple):
    """A run of letters."""

    start: int
    end: int
    raw: str
    key: str
    """Folded."""
    is_capital: bool
    begins_sentence: bool
    after: str
    """What stands between the token before and this one; empty for the first."""
    is_joined: bool
    """Whether only what may stand inside a name parts it from the token before."""


_INSIDE: Final = re.compile(r"[ \u00a0\u202f]|-|['’]")
_BEHIND_DOT: Final = re.compile(r"\.[ \u00a0\u202f]?-?")


def tokens_of(text: str) -> list[Token]:
    """Return the runs of letters of a text, in order."""
    tokens: list[Token] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        between = text[tokens[-1].end : start] if tokens else text[:start]
        begins = not tokens or any(char in _SENTENCE_END for char in between)
        if begins and tokens and between.strip() == "." and _is_short_form(tokens[-1]):
            begins = False
        joined = bool(tokens) and (
            _INSIDE.fullmatch(between) is not None
            or (_BEHIND_DOT.fullmatch(between) is not None and _is_short_form(tokens[-1]))
        )
        raw = match[0]
        after = between if tokens else ""
        tokens.append(Token(start, end, raw, fold(raw), raw[0].isupper(), begins, after, joined))
    return tokens


def _is_short_form(token: Token) -> bool:
    """Tell whether a full stop after this ends no sentence: "M.", "Mme.", an initial."""
    is_title = token.key in TITLES and len(token.raw) <= _MAX_SHORT
    return is_title or (len(token.raw) == 1 and token.is_capital)


def is_vocative(tokens: list[Token], n: int, text: str) -> bool:
    """Tell whether a word stands where somebody is called, or signs."""
    token = tokens[n]
    before = tokens[n - 1] if n else None
    if before is not None and before.key in GREETINGS | TITLES and len(token.after) <= 2:  # noqa: PLR2004
        return True
    rest = text[token.end :].strip(" .!?;)\n")
    return not rest or (token.is_capital and text[token.end : token.end + 1] == ",")
