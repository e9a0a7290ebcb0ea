"""HTTP bodies of the school's synonyms; the conventions of ``schemas.wire`` hold."""

from __future__ import annotations

from datetime import datetime

import msgspec

from schemas.synonym import Beside, Forms, SynonymOrigin, Weight


class SynonymRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole group as it is from now on: what is left out is emptied."""

    words: Forms
    """Two-way: each finds the others; the most usual first."""
    abbreviations: Forms = ()
    """One-way: typed, they mean the words."""
    beside: Beside = ()
    """Words next to which an abbreviation that looks like a word of grammar is meant."""
    weight: Weight | None = None
    """Of the other forms, against 1 for what was typed; ``null`` leaves it to the search."""


class SynonymView(msgspec.Struct, frozen=True):
    """A group of synonyms in force."""

    id: str
    words: tuple[str, ...]
    abbreviations: tuple[str, ...]
    beside: tuple[str, ...]
    weight: float | None
    origin: SynonymOrigin
    """``file``, ``school`` (written over the API) or ``replaced`` (written in the file's place)."""
    edited_at: datetime | None
    """When it was written over the API; ``null`` for one of the file."""


class SynonymList(msgspec.Struct, frozen=True):
    """Every group in force: the file's in its order, then the school's own by id."""

    groups: tuple[SynonymView, ...]
    deleted: tuple[str, ...]
    """Ids of groups of the file that were deleted over the API."""
