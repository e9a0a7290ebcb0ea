"""Documents whose time is over: told beforehand, held back by hand, else deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from sqlalchemy import exists, or_, select, update

from indexer.catalog.catalog import Catalog
from indexer.catalog.tables import documents as d
from indexer.catalog.tables import jobs
from indexer.erasing.rows import erase_documents
from schemas.document import DocumentKind
from schemas.errors import NotFoundError
from schemas.ids import DocumentId
from schemas.job import OPEN
from schemas.settings import RetentionSettings

TOLD_DAYS: Final = 30
"""How long before it goes a document is announced."""

_log = structlog.get_logger(__name__)


class Expiring(msgspec.Struct, frozen=True):
    """A document that goes, and when."""

    document_id: DocumentId
    title: str
    kind: DocumentKind
    expires_at: datetime
    is_held: bool
    """Kept all the same, until the hold is taken back."""


def expiring(
    catalog: Catalog, settings: RetentionSettings, *, until: datetime
) -> tuple[Expiring, ...]:
    """Return the documents whose time is over by a moment, held ones too; the first to go first."""
    periods = {
        kind: timedelta(days=days)
        for kind in DocumentKind
        if (days := getattr(settings, f"{kind.value}_days"))
    }
    over = [
        (d.c.kind == kind) & (d.c.created_at <= until - period) for kind, period in periods.items()
    ]
    if not over:
        return ()
    query = select(d.c.id, d.c.title, d.c.kind, d.c.created_at, d.c.held).where(or_(*over))
    with catalog.database.reading() as connection:
        rows = connection.execute(query).all()
    found = (
        Expiring(id_, title, kind, created_at + periods[kind], held)
        for id_, title, name, created_at, held in rows
        for kind in [DocumentKind(name)]
    )
    return tuple(sorted(found, key=lambda each: (each.expires_at, each.document_id)))


def expire(catalog: Catalog, settings: RetentionSettings, *, now: datetime) -> tuple[Expiring, ...]:
    """Delete what is past its time and not held, and return it.

    The indexes follow the change log; files go with the next sweep of blobs, unless something
    else needs them. Votes and searches stay under their pseudonyms, as after any deletion. A
    document that is worked on right now goes the next time.
    """
    gone = []
    for each in expiring(catalog, settings, until=now):
        sharing = catalog.sharings.get(each.document_id)
        going = [each.document_id, *([sharing.copy_id] if sharing else [])]
        if each.is_held or _is_worked_on(catalog, going):
            continue
        # First what leads nowhere without the document: a crash in between loses nothing that
        # the next time would not delete too.
        with catalog.database.publishing() as connection:
            erase_documents(connection, going)
        if catalog.documents.delete(each.document_id):
            gone.append(each)
            _log.info("document.expired", document_id=each.document_id, kind=each.kind.value)
    return tuple(gone)


def hold(catalog: Catalog, document_id: DocumentId, *, is_held: bool) -> None:
    """Keep a document beyond its kind's time, or no longer.

    Raises:
        NotFoundError: If there is no such document.
    """
    change = update(d).where(d.c.id == document_id).values(held=is_held)
    with catalog.database.writing() as connection:
        if not connection.execute(change).rowcount:
            raise NotFoundError(f"There is no document {document_id}.")
    _log.info("document.held" if is_held else "document.released", document_id=document_id)


def _is_worked_on(catalog: Catalog, ids: Sequence[DocumentId]) -> bool:
    working = exists().where(jobs.c.document_id.in_(ids), jobs.c.state.in_(OPEN))
    with catalog.database.reading() as connection:
        return bool(connection.execute(select(working)).scalar())
