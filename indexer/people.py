"""Students as a school hands them over: one TOML file, with a profile for each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from indexer.taxonomy import Taxonomy
from schemas.errors import InvalidInputError
from schemas.ids import PersonId, TagId
from schemas.profile import Description, FilledLine, Goals, Line, Milestones, Profile, Sectors
from schemas.tag import TagFacet


class _Student(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the file."""

    id: Annotated[PersonId, Meta(min_length=1, max_length=200)]
    name: FilledLine
    project: FilledLine
    description: Description = ""
    sectors: Sectors = ()
    stage: TagId | None = None
    goals: Goals = ()
    milestones: Milestones = ()
    city: Line = ""
    joined: dt.date | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    students: tuple[dict[str, Any], ...]


def read_profiles(path: Path, taxonomy: Taxonomy, *, now: dt.datetime) -> list[Profile]:
    """Return the profiles of a file of ``[[students]]`` tables, in its order.

    Raises:
        InvalidInputError: If the file cannot be read, or a student in it is wrong: an unknown or
            missing field, an id twice, a tag that is not in the taxonomy. The message names the
            file and the student.
    """
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=_File)
        profiles = [_read(entry, taxonomy, now=now) for entry in file.students]
    except OSError as exc:
        raise InvalidInputError(f"{path} cannot be read: {exc.strerror}.") from exc
    except (msgspec.DecodeError, InvalidInputError) as exc:
        raise InvalidInputError(f"{path}: {exc}") from exc
    twice = [id_ for id_, n in Counter(each.person_id for each in profiles).items() if n > 1]
    if twice:
        raise InvalidInputError(f"{path}: student {twice[0]} is there twice.")
    return profiles


def check_tags(sectors: Iterable[str], stage: str | None, taxonomy: Taxonomy) -> None:
    """Refuse tags that do not say the sectors and the stage of a project.

    Raises:
        InvalidInputError: If a tag is not in the taxonomy, or is of another facet.
    """
    asked = [("sectors", each, TagFacet.SECTOR) for each in sectors]
    if stage is not None:
        asked.append(("stage", stage, TagFacet.STAGE))
    for field, tag_id, facet in asked:
        if taxonomy.facet_of(TagId(tag_id)) is not facet:
            raise InvalidInputError(f"{field}: there is no {facet} {tag_id!r} in the taxonomy.")


def _read(entry: dict[str, Any], taxonomy: Taxonomy, *, now: dt.datetime) -> Profile:
    try:
        student = msgspec.convert(entry, _Student)
        check_tags(student.sectors, student.stage, taxonomy)
    except (msgspec.ValidationError, InvalidInputError) as exc:
        raise InvalidInputError(f"student {entry.get('id', '?')}: {exc}") from exc
    said = msgspec.structs.asdict(student)
    return Profile(person_id=said.pop("id"), updated_at=now, **said)
