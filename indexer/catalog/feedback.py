"""The log of what people do with answers, and the ways to ask that it knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from indexer.catalog.among import among
from indexer.catalog.database import Database
from indexer.catalog.feedback_tables import (
    judgments,
    phrasings,
    regroupings,
    search_events,
    searches,
)
from indexer.catalog.tables import documents
from indexer.catalog.upsert import insert_new
from schemas.errors import ConflictError
from schemas.feedback import (
    Action,
    LoggedEvent,
    LoggedSearch,
    LogPosition,
    Phrasing,
    PhrasingId,
    Pseudonym,
    Surface,
)
from schemas.identity import Role
from schemas.ids import DocumentId, QueryId

_BATCH = 5_000  # lines read at once: 5 MB


class FeedbackLog:
    """Lines are added, never changed; only deleting a document or a person takes some out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        found: Sequence[LoggedSearch] = (),
        *,
        events: Sequence[LoggedEvent] = (),
        new: Iterable[Phrasing] = (),
    ) -> None:
        """Add lines, all or none, in the order given.

        A phrasing that is known stays as it is. Events of a document that was deleted meanwhile
        are left out.

        Raises:
            ConflictError: If the log has a search with one of these query ids.
        """
        # One at a time: a reader that has seen line n will never find a smaller one later.
        with _without_doubles(), self._database.publishing() as connection:
            for phrasing in new:
                insert_new(connection, phrasings, asdict(phrasing))
            if found:
                connection.execute(insert(searches), [_to_row(each) for each in found])
            about = {event.document_id for event in events}
            there = set(
                connection.execute(
                    select(documents.c.id).where(among(documents.c.id, about))
                ).scalars()
            )
            if rows := [_to_row(each) for each in events if each.document_id in there]:
                connection.execute(insert(search_events), rows)

    def end(self) -> LogPosition:
        """Return the last line of each part of the log."""
        with self._database.reading() as connection:
            return LogPosition(
                *(
                    connection.execute(select(func.max(column))).scalar_one() or 0
                    for column in (searches.c.line, search_events.c.line, judgments.c.id)
                )
            )

    def searches_after(self, line: int, *, until: int | None = None) -> Iterator[LoggedSearch]:
        """Yield the searches behind a line, in order; ``until`` is the last one wanted."""
        for row in self._lines(searches, line, until):
            yield _to_search(row)

    def events_after(self, line: int, *, until: int | None = None) -> Iterator[LoggedEvent]:
        """Yield the events behind a line, in order; ``until`` is the last one wanted."""
        for row in self._lines(search_events, line, until):
            yield _to_event(row)

    def search(self, query_id: QueryId) -> LoggedSearch | None:
        """Return a search; ``None`` for one that the log does not have."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(searches).where(searches.c.query_id == query_id)
            ).first()
        return _to_search(row) if row is not None else None

    def events_of(self, query_id: QueryId) -> list[LoggedEvent]:
        """Return what was done with the hits of a search, in order."""
        query = select(search_events).where(search_events.c.query_id == query_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(search_events.c.line)).all()
        return [_to_event(row) for row in rows]

    def searches_of(
        self, person: Pseudonym, *, since: datetime | None = None, limit: int = 100
    ) -> list[LoggedSearch]:
        """Return the last searches of a person, newest first."""
        query = select(searches).where(searches.c.person == person)
        if since is not None:
            query = query.where(searches.c.at >= since)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(searches.c.line.desc()).limit(limit)).all()
        return [_to_search(row) for row in rows]

    def end_before(self, moment: datetime) -> LogPosition:
        """Return the last line of searches and of events that are older than a moment."""
        with self._database.reading() as connection:
            search, event = (
                connection.execute(
                    select(func.max(table.c.line)).where(table.c.at < moment)
                ).scalar_one()
                or 0
                for table in (searches, search_events)
            )
        return LogPosition(search=search, event=event)

    def events_by(self, person: Pseudonym) -> list[LoggedEvent]:
        """Return everything that a person did with hits, in order."""
        query = select(search_events).where(search_events.c.person == person)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(search_events.c.line)).all()
        return [_to_event(row) for row in rows]

    def touched_by(self, person: Pseudonym) -> frozenset[DocumentId]:
        """Return the documents that a person did something with, whatever it was."""
        query = select(search_events.c.document_id).where(search_events.c.person == person)
        with self._database.reading() as connection:
            return frozenset(map(DocumentId, connection.execute(query.distinct()).scalars()))

    def phrasings(
        self, encoder: str, ids: Collection[PhrasingId] | None = None
    ) -> dict[PhrasingId, Phrasing]:
        """Return phrasings with the vectors of an encoder: these, or all that there are."""
        query = select(phrasings).where(phrasings.c.encoder == encoder)
        if ids is not None:
            query = query.where(among(phrasings.c.id, ids))
        with self._database.reading() as connection:
            return {
                PhrasingId(row.id): Phrasing(
                    PhrasingId(row.id), row.text, row.meaning, row.encoder, row.vector
                )
                for row in connection.execute(query).all()
            }

    def regroup(self, now: datetime) -> int:
        """Ask for the intents to be made anew of all searches so far; return the number of that.

        It is a line of the log as well: who reads the log does it at the same place.
        """
        with self._database.publishing() as connection:
            last = connection.execute(select(func.max(searches.c.line))).scalar_one() or 0
            added = insert(regroupings).values(line=last, at=now).returning(regroupings.c.number)
            number: int = connection.execute(added).scalar_one()
        return number

    def regroupings_after(self, number: int) -> list[tuple[int, int]]:
        """Return later regroupings with the search line behind which each was done, in order."""
        later = select(regroupings.c.number, regroupings.c.line).where(
            regroupings.c.number > number
        )
        with self._database.reading() as connection:
            rows = connection.execute(later.order_by(regroupings.c.number)).all()
        return [(row.number, row.line) for row in rows]

    def meanings(self, ids: Collection[PhrasingId]) -> dict[PhrasingId, str]:
        """Return what encoders were told for phrasings; where they were told several, the first."""
        query = select(phrasings.c.id, phrasings.c.meaning).where(among(phrasings.c.id, ids))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(phrasings.c.id, phrasings.c.encoder)).all()
        return {PhrasingId(row.id): row.meaning for row in reversed(rows)}

    def _lines(self, table: Any, line: int, until: int | None) -> Iterator[Row[Any]]:
        """Read in batches, each in a transaction of its own: a reader holds nobody up."""
        while True:
            query = select(table).where(table.c.line > line)
            if until is not None:
                query = query.where(table.c.line <= until)
            with self._database.reading() as connection:
                rows = connection.execute(query.order_by(table.c.line).limit(_BATCH)).all()
            yield from rows
            if len(rows) < _BATCH:
                return
            line = rows[-1].line


@contextmanager
def _without_doubles() -> Iterator[None]:
    try:
        yield
    except IntegrityError as exc:
        raise ConflictError("The log has such a search already.") from exc


def _to_search(row: Row[Any]) -> LoggedSearch:
    return LoggedSearch(
        query_id=QueryId(row.query_id),
        person=Pseudonym(row.person),
        role=Role(row.role),
        at=row.at,
        text=row.text,
        phrasing=PhrasingId(row.phrasing),
        profile=row.profile,
        hits=row.hits,
        page=row.page,
        total=row.total,
        surface=Surface(row.surface),
        confidence=row.confidence,
        is_doubtful=row.is_doubtful,
        is_filtered=row.is_filtered,
        experiment=row.experiment,
        line=row.line,
    )


def _to_event(row: Row[Any]) -> LoggedEvent:
    return LoggedEvent(
        query_id=QueryId(row.query_id),
        person=Pseudonym(row.person),
        role=Role(row.role),
        at=row.at,
        action=Action(row.action),
        document_id=DocumentId(row.document_id),
        position=row.position,
        passage=row.passage,
        dwell_ms=row.dwell_ms,
        spans=row.spans,
        line=row.line,
    )


def _to_row(line: LoggedSearch | LoggedEvent) -> dict[str, Any]:
    """Return a line as its table has it, which gives it its number."""
    return {name: value for name, value in asdict(line).items() if name != "line"}
