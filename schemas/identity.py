"""Who is asking, and the audiences that decide what they may see.

Visibility is one mechanism everywhere: a passage carries a set of audience keys, a caller
carries a set of audience keys, and a caller may see a passage when the sets meet. Both
retrievers filter on the keys; the catalog filters on the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from schemas.document import Participant, ParticipantRole, Visibility
from schemas.ids import PersonId

EVERYONE: Final = "everyone"
MENTORS: Final = "mentors"


class Role(StrEnum):
    """What a caller is to the school."""

    STUDENT = "student"
    MENTOR = "mentor"
    ADMIN = "admin"
    SERVICE = "service"


def person_key(person_id: PersonId) -> str:
    """Return the audience key of one person."""
    return f"person:{person_id}"


class Caller(msgspec.Struct, frozen=True):
    """The identity behind a request, read from a verified token."""

    person_id: PersonId
    role: Role
    name: str = ""

    @property
    def audiences(self) -> frozenset[str]:
        """Keys this caller belongs to; mentors, admins and services see what mentors see."""
        own = {EVERYONE, person_key(self.person_id)}
        return frozenset(own if self.role is Role.STUDENT else own | {MENTORS})

    @property
    def may_ingest(self) -> bool:
        """Whether this caller may add, replace or delete documents."""
        return self.role is not Role.STUDENT

    @property
    def may_operate(self) -> bool:
        """Whether this caller may use the operator's routes."""
        return self.role in {Role.ADMIN, Role.SERVICE}


def audiences_of(visibility: Visibility, participants: Iterable[Participant]) -> frozenset[str]:
    """Return the audience keys that may see content of this visibility.

    Speakers that are only named in a transcript have no account, so they add no key.
    """
    match visibility:
        case Visibility.STUDENTS:
            return frozenset({EVERYONE, MENTORS})
        case Visibility.MENTORS:
            return frozenset({MENTORS})
        case Visibility.PARTICIPANTS:
            people = {
                person_key(p.id) for p in participants if p.role is not ParticipantRole.SPEAKER
            }
            return frozenset({MENTORS} | people)
