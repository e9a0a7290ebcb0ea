"""Ranking profiles made here, which of them served when, and experiments with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from indexer.catalog.database import Database
from indexer.catalog.ranking_tables import experiments as e
from indexer.catalog.ranking_tables import ranking_profiles as p
from indexer.catalog.ranking_tables import ranking_service as s
from schemas.errors import ConflictError, NotFoundError
from schemas.experiment import Experiment
from schemas.ranking import MadeProfile, ServiceChange


class Rankings:
    """Profiles and history only grow; an experiment changes once, when it stops."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> tuple[int, int]:
        """Return two numbers of which one rises with every change of what is in service."""
        with self._database.reading() as connection:
            return _version(connection)

    def profiles(self) -> list[MadeProfile]:
        """Return every profile made here, by name and version."""
        with self._database.reading() as connection:
            rows = connection.execute(select(p).order_by(p.c.name, p.c.version)).all()
        return [_to_profile(row) for row in rows]

    def add(self, made: MadeProfile) -> MadeProfile:
        """Keep a profile under the next version of its name, and return it so."""
        with self._database.publishing() as connection:
            newest = connection.execute(
                select(func.max(p.c.version)).where(p.c.name == made.name)
            ).scalar_one()
            kept = msgspec.structs.replace(made, version=(newest or 0) + 1)
            connection.execute(insert(p), {f: getattr(kept, f) for f in kept.__struct_fields__})
        return kept

    def history(self) -> list[ServiceChange]:
        """Return every change of the profile in service, the first one first."""
        with self._database.reading() as connection:
            return _history(connection)

    def use(self, profile: str, now: datetime, *, by: str, reason: str) -> ServiceChange:
        """Put a profile, ``name@version``, in service; whoever calls has checked that it exists.

        An experiment that is running stops: what it compares with serves no more.
        """
        with self._database.publishing() as connection:
            return _serve(connection, ServiceChange(profile, now, by, reason))

    def roll_back(self, now: datetime, *, by: str) -> ServiceChange:
        """Put the profile in service that was before the present one; each call goes one further.

        Raises:
            ConflictError: If there was none before.
        """
        with self._database.publishing() as connection:
            served = in_turn(_history(connection))
            if not served:
                raise ConflictError("No ranking profile was in service before this one.")
            *before, present = served
            profile = before[-1] if before else ""
            change = ServiceChange(profile, now, by, f"back from {present}", is_rollback=True)
            return _serve(connection, change)

    def experiments(self) -> list[Experiment]:
        """Return every experiment, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(e).order_by(e.c.started_at.desc(), e.c.name)).all()
        return [_to_experiment(row) for row in rows]

    def start(self, experiment: Experiment) -> None:
        """Start an experiment.

        Raises:
            ConflictError: If its name is taken, or another one is running.
        """
        with self._database.publishing() as connection:
            known = [_to_experiment(row) for row in connection.execute(select(e)).all()]
            if running := [each.name for each in known if each.is_running]:
                raise ConflictError(f"The experiment {running[0]} is running: stop it first.")
            if any(each.name == experiment.name for each in known):
                raise ConflictError(f"There was an experiment {experiment.name} before.")
            fields = {f: getattr(experiment, f) for f in experiment.__struct_fields__}
            connection.execute(insert(e), fields | {"version": _next(connection)})

    def stop(self, name: str, now: datetime, *, reason: str) -> Experiment:
        """Stop an experiment; one that has stopped before stays as it was.

        Raises:
            NotFoundError: If there is none of this name.
        """
        with self._database.publishing() as connection:
            connection.execute(
                update(e)
                .where(e.c.name == name, e.c.stopped_at.is_(None))
                .values(stopped_at=now, reason=reason, version=_next(connection))
            )
            row = connection.execute(select(e).where(e.c.name == name)).first()
        if row is None:
            raise NotFoundError(f"There is no experiment {name}.")
        return _to_experiment(row)


def in_turn(history: list[ServiceChange]) -> list[str]:
    """Return the profiles that going back leads through, the present one last.

    Empty where the profile of the settings serves and was never replaced, or is back for good.
    """
    served: list[str] = []
    for change in history:
        if change.is_rollback:
            served.pop()
        else:
            served.append(change.profile)
    return served


def _version(connection: Connection) -> tuple[int, int]:
    served: int | None = connection.execute(select(func.max(s.c.line))).scalar_one()
    tried: int | None = connection.execute(select(func.max(e.c.version))).scalar_one()
    return served or 0, tried or 0


def _next(connection: Connection) -> int:
    return _version(connection)[1] + 1


def _history(connection: Connection) -> list[ServiceChange]:
    rows = connection.execute(select(s).order_by(s.c.line)).all()
    return [
        ServiceChange(row.profile, row.at, row.by, row.reason, row.is_rollback, row.line)
        for row in rows
    ]


def _serve(connection: Connection, change: ServiceChange) -> ServiceChange:
    # What runs compares with a profile that is in service no more.
    connection.execute(
        update(e)
        .where(e.c.stopped_at.is_(None))
        .values(
            stopped_at=change.at,
            reason=f"{change.profile or 'the profile of the settings'} came into service",
            version=_next(connection),
        )
    )
    fields = {f: getattr(change, f) for f in change.__struct_fields__ if f != "line"}
    line = connection.execute(insert(s).returning(s.c.line), fields).scalar_one()
    return msgspec.structs.replace(change, line=line)


def _to_profile(row: Row[Any]) -> MadeProfile:
    return MadeProfile(**{f: getattr(row, f) for f in MadeProfile.__struct_fields__})


def _to_experiment(row: Row[Any]) -> Experiment:
    return Experiment(**{f: getattr(row, f) for f in Experiment.__struct_fields__})
