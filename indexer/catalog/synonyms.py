"""What people have written about synonyms over the API; the file's groups are not in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from indexer.catalog.database import Database
from indexer.catalog.tables import synonyms as s
from indexer.catalog.upsert import upsert
from schemas.ids import PersonId
from schemas.synonym import SynonymEdit, SynonymGroup


class SynonymEdits:
    """The last word on each group that anybody changed; no row is ever taken out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """Return a number that rises with every change; 0 before the first."""
        with self._database.reading() as connection:
            return _version(connection)

    def current(self) -> tuple[int, list[SynonymEdit]]:
        """Return the version and every edit, in order of id, as of one moment."""
        with self._database.reading() as connection:
            return _version(connection), _edits(connection)

    def put(
        self,
        group: SynonymGroup,
        person_id: PersonId,
        now: datetime,
        *,
        check: Callable[[Sequence[SynonymEdit]], None] = lambda _: None,
    ) -> None:
        """Keep a group, in place of whatever its id stood for.

        ``check`` is told every edit that there is, and nobody writes another one until the group
        is kept; what it raises keeps the group out.
        """
        # Publishing, so that versions become visible in their order, and writers one by one.
        with self._database.publishing() as connection:
            check(_edits(connection))
            _write(connection, SynonymEdit(group.id, group, person_id, now))

    def delete(self, group_id: str, person_id: PersonId, now: datetime) -> None:
        """Remember that a group is deleted, also one of the file."""
        with self._database.publishing() as connection:
            _write(connection, SynonymEdit(group_id, None, person_id, now))


def _write(connection: Connection, edit: SynonymEdit) -> None:
    row = {
        "id": edit.id,
        "written": edit.group,
        "edited_by": edit.edited_by,
        "edited_at": edit.edited_at,
        "version": _version(connection) + 1,
    }
    upsert(connection, s, [row])


def _edits(connection: Connection) -> list[SynonymEdit]:
    return [_to_edit(row) for row in connection.execute(select(s).order_by(s.c.id)).all()]


def _version(connection: Connection) -> int:
    newest: int | None = connection.execute(select(func.max(s.c.version))).scalar_one()
    return newest or 0


def _to_edit(row: Row[Any]) -> SynonymEdit:
    return SynonymEdit(row.id, row.written, PersonId(row.edited_by), row.edited_at)
