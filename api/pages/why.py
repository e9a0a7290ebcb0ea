"""The grounds of a hit in a reader's words: for pages and for the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from api.pages.texts import Texts
from schemas.wire_explanation import GroundView

_MOST_WORDS: Final = 4  # named by one ground: a line is scanned, not read


def why_of(grounds: Iterable[GroundView], t: Texts) -> str:
    """Return the grounds of a hit as one line, the strongest first; empty where there is none."""
    return " · ".join(_in_words(ground, t) for ground in grounds)


def _in_words(ground: GroundView, t: Texts) -> str:
    n = len(ground.words) if ground.n_people is None else ground.n_people
    words = t.names(ground.words[:_MOST_WORDS])
    return t(f"why.{ground.code}", words=words, n=n, of=ground.n_voters or n)
