"""A profile: a student's project, as the student or the school describes it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.ids import PersonId, TagId
from schemas.query import Project

MAX_LINE_CHARS: Final = 200
MAX_DESCRIPTION_CHARS: Final = 2_000
"""One page: whoever plans more writes a document."""
MAX_SECTORS: Final = 5
MAX_GOALS: Final = 20
MAX_MILESTONES: Final = 50

Line = Annotated[str, Meta(max_length=MAX_LINE_CHARS)]
FilledLine = Annotated[str, Meta(min_length=1, max_length=MAX_LINE_CHARS)]
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION_CHARS)]


class Milestone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to reach, or reached, on the way."""

    label: FilledLine
    date: dt.date | None = None
    """When it is due, or was done."""
    done: bool = False


Sectors = Annotated[tuple[TagId, ...], Meta(max_length=MAX_SECTORS)]
Goals = Annotated[tuple[FilledLine, ...], Meta(max_length=MAX_GOALS)]
Milestones = Annotated[tuple[Milestone, ...], Meta(max_length=MAX_MILESTONES)]


class Profile(msgspec.Struct, frozen=True):
    """A person and the project that they build."""

    person_id: PersonId
    name: str
    """Of the person; empty when nobody said it."""
    project: Line
    """Name of the project."""
    updated_at: dt.datetime
    description: Description = ""
    sectors: Sectors = ()
    """Tags of the facet ``sector``, the most fitting first."""
    stage: TagId | None = None
    """Tag of the facet ``stage``."""
    goals: Goals = ()
    """In the order of their weight."""
    milestones: Milestones = ()
    city: Line = ""
    joined: dt.date | None = None
    """When the person came to the school: the school says it, nobody changes it."""


def project_of(profile: Profile) -> Project | None:
    """Return what of a profile moves what its person finds; ``None`` where it says neither."""
    if not profile.sectors and profile.stage is None:
        return None
    return Project(frozenset(profile.sectors), profile.stage)
