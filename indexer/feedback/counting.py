"""Which searches count: not every keystroke, not every page, and no program's."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec
from rapidfuzz.distance import Levenshtein

SESSION_GAP_S: Final = 1_800
"""Half an hour without a search ends a session: what web analytics agree on, UBI among them."""
REFINED_WITHIN_S: Final = 10
"""Whoever types on or mends a word does it within seconds; later it is another question."""
MAX_SESSION_SEARCHES: Final = 50
"""A session with more is a program's: the rule by which Wikimedia cleans its search logs before it
learns from them (mjolnir, ``max searches per session``)."""
_MAX_EDITS: Final = 2  # a mended typing mistake; more is another word
_MIN_PREFIX: Final = 3


class Counted(IntEnum):
    """What a search counts as."""

    YES = 1
    """A question of its own."""
    LATER_PAGE = 2
    """More hits of a question that counted already."""
    REPEATED = 3
    """The same answer once more: back from a document, or loaded again."""
    REFINED = 4
    """Typed on within seconds: the next one is what was meant."""
    PROGRAM = 5
    """One of too many in a session: nothing of it counts."""


class Session(msgspec.Struct):
    """What one person searched without a long pause, as far as counting needs it."""

    number: int
    """Index of its first search."""
    at_s: int
    """When it was last searched."""
    last: int
    """Index of the last search."""
    key: str
    """What was searched last, folded."""
    searches: list[int] = []
    asked: list[int] = []
    """Phrasings that counted."""


def continues(session: Session | None, at_s: int) -> bool:
    """Tell whether a search belongs to a person's last session; a clock may have been set back."""
    return session is not None and abs(at_s - session.at_s) <= SESSION_GAP_S


def refines(before: str, key: str, *, gap_s: float) -> bool:
    """Tell whether a text is the one before typed on, shortened or mended.

    Args:
        before: The text before, folded.
        key: The text, folded.
        gap_s: Seconds between the two; below 0 where a clock was set back.
    """
    if key == before or abs(gap_s) > REFINED_WITHIN_S:
        return False
    short, long = sorted((key, before), key=len)
    if len(short) >= _MIN_PREFIX and long.startswith(short):
        return True
    return Levenshtein.distance(key, before, score_cutoff=_MAX_EDITS) <= _MAX_EDITS
