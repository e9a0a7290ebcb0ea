"""Who one can be in demo mode: invented people of the demo school, chosen without a password."""

from __future__ import annotations

from typing import Final

import msgspec

from schemas.errors import NotFoundError
from schemas.identity import Caller, Role
from schemas.ids import PersonId

DEMO_SESSION_S: Final = 12 * 3600.0
"""A demo session lasts half a day: an afternoon's visit, not a door left open."""


class Persona(msgspec.Struct, frozen=True):
    """A caller with a sentence on who that is, in French as the menu shows it."""

    caller: Caller
    description: str


PERSONAS: Final = (
    Persona(Caller(PersonId("s-lea"), Role.STUDENT, "Léa Trémorvan"), "Étudiante"),
    Persona(Caller(PersonId("s-karim"), Role.STUDENT, "Karim Zerfaoui"), "Étudiant"),
    Persona(Caller(PersonId("m-claire"), Role.MENTOR, "Claire Roudanec"), "Mentore"),
    Persona(Caller(PersonId("m-youssef"), Role.MENTOR, "Youssef Tamrazi"), "Mentor"),
    Persona(Caller(PersonId("admin"), Role.ADMIN, "Administration"), "Équipe de l’école"),
)


def persona_of(persona_id: str) -> Persona:
    """Return the persona of this id.

    Raises:
        NotFoundError: If there is none.
    """
    for persona in PERSONAS:
        if persona.caller.person_id == persona_id:
            return persona
    raise NotFoundError("There is no such persona.")
