"""A stretch of one text that a rule has found, before it has a place in a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from schemas.sharing import FindingKind, FindingReason


class Found(NamedTuple):
    """Characters [start, end) of a text, and what they are taken for."""

    start: int
    end: int
    kind: FindingKind
    reason: FindingReason
    confidence: float
    who: str = ""
    """What two stretches share that stand for the same: a person's id, digits of a number."""


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Return the stretches in order, each character in one at most.

    The surest and then the longest wins where two meet; what the winner leaves uncovered of the
    loser stays found, so that no letter of a name is shown because two rules saw it.
    """
    chosen: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.confidence, f.start - f.end, f.start)):
        rest = [one]
        for taken in chosen:
            rest = [part for each in rest for part in _outside(each, taken)]
        chosen += rest
    return sorted(chosen)


def _outside(one: Found, taken: Found) -> list[Found]:
    if one.end <= taken.start or taken.end <= one.start:
        return [one]
    parts = []
    if one.start < taken.start:
        parts.append(one._replace(end=taken.start))
    if taken.end < one.end:
        parts.append(one._replace(start=taken.end))
    return parts
