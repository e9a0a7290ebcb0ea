"""Half-open stretches of a document, each in its own unit: [start, end)."""

from __future__ import annotations

import msgspec


class TimeSpan(msgspec.Struct, frozen=True, tag="time"):
    """A stretch of a recording in milliseconds from its start."""

    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        """Length of the span; never negative for a valid span."""
        return self.end_ms - self.start_ms


class PageSpan(msgspec.Struct, frozen=True, tag="page"):
    """Pages of a PDF, numbered from 1; ``end_page`` is the first page *not* covered."""

    start_page: int
    end_page: int


class MessageSpan(msgspec.Struct, frozen=True, tag="message"):
    """Messages of an exchange or thread, numbered from 0."""

    start_message: int
    end_message: int


class BlockSpan(msgspec.Struct, frozen=True, tag="block"):
    """Blocks (headings, paragraphs, tables) of a text without pages, numbered from 0."""

    start_block: int
    end_block: int


Locator = TimeSpan | PageSpan | MessageSpan | BlockSpan
"""Where a passage sits in its document: decides the deep link."""


class HiddenPlace(msgspec.Struct, frozen=True):
    """A stretch of a document that only some of those who may see the document may see."""

    place: Locator
    audiences: tuple[str, ...]
    """Sorted audience keys that may see it."""


class CharSpan(msgspec.Struct, frozen=True):
    """Characters (Unicode code points) of one text."""

    start: int
    end: int
