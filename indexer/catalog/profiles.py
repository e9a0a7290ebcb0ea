"""Profiles of people: written by themselves, or handed over by the school."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, select

from indexer.catalog.among import among
from indexer.catalog.database import Database
from indexer.catalog.tables import profiles
from indexer.catalog.upsert import upsert
from schemas.ids import PersonId
from schemas.profile import Profile


class Profiles:
    """One profile a person at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, person_id: PersonId) -> Profile | None:
        """Return the profile of a person, or ``None``."""
        return self.get_many([person_id]).get(person_id)

    def get_many(self, ids: Iterable[PersonId]) -> dict[PersonId, Profile]:
        """Return the profiles that there are of these people."""
        query = select(profiles).where(among(profiles.c.person_id, ids))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {row.person_id: _to_profile(row) for row in rows}

    def all(self, *, limit: int | None = None) -> list[Profile]:
        """Return the profiles of everybody, in order of names."""
        query = select(profiles).order_by(profiles.c.name, profiles.c.person_id).limit(limit)
        with self._database.reading() as connection:
            return [_to_profile(row) for row in connection.execute(query).all()]

    def put(self, profile: Profile) -> None:
        """Keep a profile that a person has written, in place of any other."""
        with self._database.writing() as connection:
            upsert(connection, profiles, [_to_row(profile, edited=True)])

    def import_many(self, imported: Sequence[Profile], *, replace: bool = False) -> list[PersonId]:
        """Keep profiles as the school hands them over.

        Args:
            imported: Of different people.
            replace: Also in place of those that a person has written.

        Returns:
            Whose profile was left as that person has written it, in the order given.
        """
        ids = [profile.person_id for profile in imported]
        written = select(profiles.c.person_id).where(
            among(profiles.c.person_id, ids), profiles.c.edited.is_(True)
        )
        with self._database.writing() as connection:
            kept = set() if replace else set(connection.execute(written).scalars())
            rows = [
                _to_row(profile, edited=False)
                for profile in imported
                if profile.person_id not in kept
            ]
            upsert(connection, profiles, rows)
        return [id_ for id_ in ids if id_ in kept]


def _to_row(profile: Profile, *, edited: bool) -> dict[str, Any]:
    return {**msgspec.structs.asdict(profile), "edited": edited}


def _to_profile(row: Row[Any]) -> Profile:
    return Profile(
        person_id=PersonId(row.person_id),
        name=row.name,
        project=row.project,
        updated_at=row.updated_at,
        description=row.description,
        sectors=row.sectors,
        stage=row.stage,
        goals=row.goals,
        milestones=row.milestones,
        city=row.city,
        joined=row.joined,
    )
