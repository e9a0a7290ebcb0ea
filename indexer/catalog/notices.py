"""Notices to the school's own software: one row per notice, kept until it is delivered or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from indexer.catalog.database import Database
from indexer.catalog.question_tables import notices as n
from schemas.notice import Delivery, DeliveryState, Notice, NoticeId, NoticeType

LEASE: Final = timedelta(minutes=1)
"""Who takes a notice has it to themselves for so long; a sender that dies gives it up then."""


class Notices:
    """An outbox: notices are written with what they tell of, in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_due(self, now: datetime, *, limit: int = 20) -> list[Delivery]:
        """Take pending notices whose time has come, the longest due first.

        Nobody else gets them before ``LEASE`` is over.
        """
        due = (
            select(n)
            .where(n.c.state == DeliveryState.PENDING, n.c.due_at <= now)
            .order_by(n.c.due_at, n.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []  # nearly always: no reason to hold writers up
        with self._database.publishing() as connection:
            rows = connection.execute(due).all()
            ids = [row.id for row in rows]
            connection.execute(update(n).where(n.c.id.in_(ids)).values(due_at=now + LEASE))
        return [_to_delivery(row) for row in rows]

    def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        *,
        due_at: datetime,
        problem: str = "",
    ) -> None:
        """Say what became of one more try.

        Args:
            delivery: As it was taken.
            state: ``PENDING`` for another try.
            due_at: When that is.
            problem: Why it was not delivered.
        """
        values = {
            "state": state,
            "n_tries": delivery.n_tries + 1,
            "due_at": due_at,
            "last_problem": problem,
        }
        with self._database.writing() as connection:
            connection.execute(update(n).where(n.c.id == delivery.notice.id).values(values))

    def counts(self) -> Counter[DeliveryState]:
        """Return how many notices are in each state."""
        query = select(n.c.state, func.count()).group_by(n.c.state)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return Counter({DeliveryState(state): count for state, count in rows})


def add_notices(connection: Connection, notices: Sequence[Notice]) -> None:
    """Add notices to an open transaction, due at once."""
    if notices:
        connection.execute(insert(n), [_to_row(notice) for notice in notices])


def _to_row(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "type": notice.type,
        "question_id": notice.question_id,
        "person_id": notice.person_id,
        "at": notice.at,
        "state": DeliveryState.PENDING,
        "n_tries": 0,
        "due_at": notice.at,
        "last_problem": "",
    }


def _to_delivery(row: Row[Any]) -> Delivery:
    notice = Notice(NoticeId(row.id), NoticeType(row.type), row.question_id, row.person_id, row.at)
    return Delivery(notice, row.n_tries, row.due_at)
