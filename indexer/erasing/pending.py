"""Erasures that this data has not been through: an older copy was put back."""

from __future__ import annotations

import msgspec
from sqlalchemy import select, union

from indexer.catalog.catalog import Catalog
from indexer.catalog.erasure_tables import erasures
from indexer.erasing.erase import drop_old_plans, erase, forget_searches
from indexer.erasing.ledger import LEDGER_FILE, Entry, entries
from indexer.erasing.receipt import Receipt, person_hash
from indexer.erasing.rows import person_columns
from indexer.intake import Intake
from schemas.errors import ConflictError
from schemas.ids import PersonId
from schemas.settings import Settings


class Pending(msgspec.Struct, frozen=True):
    """An erasure to be done again, and whose it is as far as this data knows the person."""

    entry: Entry
    person_id: PersonId | None


def pending(settings: Settings, catalog: Catalog) -> list[Pending]:
    """Return the erasures of the ledger that the catalog does not know of."""
    found = entries(settings.data_dir / LEDGER_FILE)
    if not found:
        return []
    with catalog.database.reading() as connection:
        done = set(connection.execute(select(erasures.c.id)).scalars())
        waiting = [entry for entry in found if entry.id not in done]
        if not waiting:
            return []
        everybody = union(*(select(column) for column in person_columns()))
        people = [PersonId(each) for each in connection.execute(everybody).scalars() if each]
    by_hash = {person_hash(settings.data_dir, each): each for each in people}
    return [Pending(entry, by_hash.get(entry.person)) for entry in waiting]


def ensure_none_pending(settings: Settings, catalog: Catalog) -> None:
    """Refuse to serve data that has people in it who were erased.

    Raises:
        ConflictError: If an erasure of the ledger is not done here, or only half.
    """
    drop_old_plans(settings.data_dir)
    cut_short = [e for e in entries(settings.data_dir / LEDGER_FILE) if not e.is_done]
    if cut_short:
        raise ConflictError(
            "An erasure was cut short: give the same `cordee erase` command again before this data "
            "is used."
        )
    if n := len(pending(settings, catalog)):
        raise ConflictError(
            f"An older copy was put back: {n} erasures have to be done again before this data is "
            "used. Run: cordee erase --pending"
        )


def erase_pending(intake: Intake, *, version: str) -> list[Receipt]:
    """Do every erasure of the ledger again that this data has not been through.

    Raises:
        ConflictError: If a server or a worker runs on this data.
    """
    receipts = []
    for each in pending(intake.settings, intake.catalog):
        if each.person_id is not None:
            receipts.append(erase(intake, each.person_id, version=version, again=each.entry))
        else:
            forget_searches(intake, each.entry)
    return receipts
