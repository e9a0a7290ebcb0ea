"""A recording at a glance: where the words of the query are said, and where its chapters begin.

Places are shares of ``WIDTH``, the width of the drawing's own coordinates: an SVG stretches them
over the page without a style attribute, which the content security policy forbids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from api.pages.reading import Line
from schemas.wire import ChapterView, HoleView, SearchPassage

WIDTH: Final = 1000
_THINNEST: Final = 4  # a mark that can still be seen and hit on a phone


class Mark(msgspec.Struct, frozen=True):
    """A stretch of the drawing."""

    x: int
    width: int
    start_ms: int
    label: str


class Timeline(msgspec.Struct, frozen=True):
    """What is drawn along the recording, each in order of time."""

    duration_ms: int
    passages: tuple[Mark, ...]
    words: tuple[Mark, ...]
    """Lines in which a word of the query is said."""
    chapters: tuple[Mark, ...]
    holes: tuple[Mark, ...] = ()
    """Where speech was heard and no words came out."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.passages or self.words or self.chapters or self.holes)


def timeline_of(
    duration_ms: int | None,
    lines: Sequence[Line],
    passages: Sequence[SearchPassage],
    chapters: Sequence[ChapterView],
    *,
    holes: Sequence[HoleView] = (),
) -> Timeline | None:
    """Return the drawing of a recording; ``None`` where its length is not known."""
    if not duration_ms:
        return None

    def mark(start_ms: int, end_ms: int | None, label: str) -> Mark:
        start = min(start_ms, duration_ms)
        end = min(end_ms or start, duration_ms)
        x = min(WIDTH - _THINNEST, start * WIDTH // duration_ms)
        width = max(_THINNEST, (end - start) * WIDTH // duration_ms)
        return Mark(x, min(width, WIDTH - x), start_ms, label)

    found = [p for p in passages if p.start_ms is not None]
    return Timeline(
        duration_ms=duration_ms,
        passages=tuple(
            mark(p.start_ms or 0, p.end_ms, p.snippet.text)
            for p in sorted(found, key=lambda p: p.start_ms or 0)
        ),
        words=tuple(
            mark(line.start_ms, line.end_ms, line.text)
            for line in lines
            if line.marks and line.start_ms is not None
        ),
        chapters=tuple(mark(each.start_ms, each.end_ms, each.title) for each in chapters),
        holes=tuple(mark(each.start_ms, each.end_ms, "") for each in holes),
    )
