"""Words of the trade that mean the same, as the school keeps them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.ids import PersonId

MAX_FORMS: Final = 20
"""Of one group: each is looked up for every query that holds another."""
MAX_BESIDE: Final = 50
MAX_FORM_CHARS: Final = 100

Form = Annotated[str, Meta(min_length=1, max_length=MAX_FORM_CHARS)]
Forms = Annotated[tuple[Form, ...], Meta(max_length=MAX_FORMS)]
Beside = Annotated[tuple[Form, ...], Meta(max_length=MAX_BESIDE)]
GroupId = Annotated[str, Meta(max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(?!\n)$")]
Weight = Annotated[float, Meta(gt=0, lt=1)]


class SynonymGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Forms that mean the same."""

    id: GroupId
    words: Forms
    """Two-way: each is found by every other form of the group. The most usual first."""
    abbreviations: Forms = ()
    """One-way: typed, they mean the words; the words do not mean them (``CA``, read as "ça")."""
    beside: Beside = ()
    """Words that, right before or after an abbreviation that reads like a word of grammar in small
    letters, say that the abbreviation is meant: ``calcul ca annuel``."""
    weight: Weight | None = None
    """Against 1 for the form that was typed; ``None`` leaves it to the kind of entry."""


class SynonymOrigin(StrEnum):
    """Where a group in force comes from."""

    FILE = "file"
    SCHOOL = "school"  # written over the API, and not in the file
    REPLACED = "replaced"  # written over the API in place of the file's


class SynonymEdit(msgspec.Struct, frozen=True):
    """What somebody last wrote about a group over the API."""

    id: str
    group: SynonymGroup | None
    """``None`` when the group was deleted: the file's is not in force either."""
    edited_by: PersonId
    edited_at: dt.datetime
