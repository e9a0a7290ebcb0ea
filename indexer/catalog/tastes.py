"""What people of a kind found useful: counts of people, of whom nobody can be told."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from indexer.catalog.database import Database
from indexer.catalog.feedback_tables import judgments as j
from indexer.catalog.tables import profiles
from schemas.ids import DocumentId, PersonId, TagId
from schemas.judgment import Verdict

_Fans = Mapping[DocumentId, frozenset[PersonId]]


class Tastes:
    """Read from judgments in force and from profiles; made again once either has changed."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet."""
        self._database = database
        # Owned here while the catalog is open; each with what it was made for.
        self._fans: tuple[int, _Fans] = (-1, {})
        self._builders: tuple[object, Mapping[TagId, frozenset[PersonId]]] = (None, {})
        self._making = threading.Lock()

    def of_everybody(
        self, *, at_least: int, without: PersonId | None = None
    ) -> dict[DocumentId, int]:
        """Return how many people find each document useful now, whatever they searched.

        Args:
            at_least: People below whom nothing is told: fewer may say who.
            without: Somebody who is not counted: who asks.
        """
        counts = {i: len(people - {without}) for i, people in self._current_fans().items()}
        return {i: n for i, n in counts.items() if n >= at_least}

    def of_sectors(
        self, sectors: Collection[TagId], *, at_least: int, without: PersonId | None = None
    ) -> dict[DocumentId, int]:
        """Return how many people who build something in one of these sectors find each useful.

        Counted for each sector by itself, of which the greatest count is told: the difference of
        two answers is never the number of fewer people than ``at_least``.
        """
        builders = self._current_builders() if sectors else {}
        counts: defaultdict[DocumentId, int] = defaultdict(int)
        for document_id, people in self._current_fans().items():
            for sector in sectors:
                n = len((people & builders.get(sector, frozenset())) - {without})
                counts[document_id] = max(counts[document_id], n)
        return {i: n for i, n in counts.items() if n >= at_least}

    def _current_fans(self) -> _Fans:
        with self._database.reading() as connection:
            line = connection.execute(select(func.max(j.c.id))).scalar_one() or 0
        with self._making:
            if self._fans[0] < line:
                self._fans = (line, self._read_fans())
            return self._fans[1]

    def _read_fans(self) -> _Fans:
        latest = select(func.max(j.c.id)).group_by(j.c.person_id, j.c.document_id, j.c.query_key)
        useful = select(j.c.document_id, j.c.person_id).where(
            j.c.id.in_(latest), j.c.value == Verdict.USEFUL
        )
        fans: defaultdict[DocumentId, set[PersonId]] = defaultdict(set)
        with self._database.reading() as connection:
            for document_id, person_id in connection.execute(useful).all():
                fans[DocumentId(document_id)].add(PersonId(person_id))
        return {document_id: frozenset(people) for document_id, people in fans.items()}

    def _current_builders(self) -> Mapping[TagId, frozenset[PersonId]]:
        version = select(func.count(), func.max(profiles.c.updated_at))
        with self._database.reading() as connection:
            made_for = tuple(connection.execute(version).one())
        with self._making:
            if self._builders[0] != made_for:
                self._builders = (made_for, self._read_builders())
            return self._builders[1]

    def _read_builders(self) -> Mapping[TagId, frozenset[PersonId]]:
        builders: defaultdict[TagId, set[PersonId]] = defaultdict(set)
        with self._database.reading() as connection:
            rows = connection.execute(select(profiles.c.person_id, profiles.c.sectors)).all()
        for person_id, sectors in rows:
            for sector in sectors:
                builders[TagId(sector)].add(PersonId(person_id))
        return {sector: frozenset(people) for sector, people in builders.items()}
