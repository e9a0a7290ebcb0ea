"""Ids of people that come back with quite another name: told, and nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz

from indexer.analysis.normalize import fold
from schemas.content import Speaker
from schemas.document import Participant
from schemas.ids import PersonId

REUSED_WARNING: Final = (
    "The id '{id}' is of “{known}” in documents before, and of “{name}” in this one, which keeps "
    "its own name: check that it is one person."
)
_SAME: Final = 70.0
"""rapidfuzz token set ratio: "Lea Martn" and a married name are below 100 and above this."""
_WORD: Final = re.compile(r"[^\W_]+")


def reused_ids(
    participants: Sequence[Participant], known: Mapping[PersonId, Speaker]
) -> tuple[str, ...]:
    """Return a sentence for each id that other documents know under quite another name.

    Args:
        participants: Of the document that comes in.
        known: By id, as the latest publication calls them.
    """
    return tuple(
        REUSED_WARNING.format(id=each.id, known=known[each.id].name, name=each.name)
        for each in participants
        if each.id in known and not is_same_name(each.name, known[each.id].name)
    )


def is_same_name(first: str, second: str) -> bool:
    """Tell whether two names may be one person's: a word in common, initials, a typing mistake."""
    one, other = sorted((_words(first), _words(second)), key=len)
    if not one:
        return True  # no name says nothing
    are_initials = all(any(o.startswith(w) or w.startswith(o) for o in other) for w in one)
    return are_initials or fuzz.token_set_ratio(" ".join(one), " ".join(other)) >= _SAME


def _words(name: str) -> list[str]:
    return _WORD.findall(fold(name))
