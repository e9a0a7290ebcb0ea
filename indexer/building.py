"""From the catalog to the indexes: applying changes, and building a whole generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from indexer.catalog.catalog import Catalog
from indexer.catalog.records import Change
from indexer.pairs import OpenPair
from indexer.position import INDEX_FORMAT, Position, write_position
from schemas.errors import ConflictError
from schemas.ids import DocumentId

_BATCH: Final = 200  # changes or documents between two commits

log = structlog.get_logger(__name__)


def build(opened: OpenPair, catalog: Catalog, *, should_stop: Callable[[], bool]) -> int | None:
    """Fill an empty pair with what is published, and return the position it stands at.

    The position is read first: changes that happen during the build are applied again
    afterwards, which changes nothing. ``None`` when told to stop; the pair is then unfinished
    and has no position file.
    """
    position = catalog.changes.last_position()
    for document_id in catalog.documents.all_ids():
        if should_stop():
            return None
        _apply(opened, document_id, catalog)
    # Once: each commit makes a segment, and every term of a query is looked up in each of them.
    opened.pair.lexical.commit()
    opened.dense.flush()
    opened.dense.optimize()
    record(opened, position)
    return position


def catch_up(
    opened: OpenPair, position: int, catalog: Catalog, *, should_stop: Callable[[], bool]
) -> int:
    """Apply the changes after ``position`` to both indexes, and return the last one's position.

    Each batch is durable in both indexes before its position is recorded, so a crash repeats
    at most one batch, and repeating one changes nothing.
    """
    while not should_stop():
        changes = catalog.changes.after(position, _BATCH)
        if not changes:
            break
        position = apply(opened, changes, catalog)
    return position


def apply(opened: OpenPair, changes: Sequence[Change], catalog: Catalog) -> int:
    """Apply one batch of changes; a document that changed twice is looked at once."""
    for document_id in dict.fromkeys(change.document_id for change in changes):
        _apply(opened, document_id, catalog)
    opened.pair.lexical.commit()
    opened.dense.flush()
    record(opened, changes[-1].position)
    return changes[-1].position


def record(opened: OpenPair, position: int) -> None:
    """Write down that both indexes hold everything up to this change."""
    here = Position(INDEX_FORMAT, opened.pair.encoder.name, position)
    write_position(opened.directory, here)


def _apply(opened: OpenPair, document_id: DocumentId, catalog: Catalog) -> None:
    try:
        entries, vectors = catalog.changes.entries(document_id, opened.pair.encoder.name)
    except ConflictError as error:
        # Published for a newer encoder while this generation is still in service: what it holds
        # of the document stays until the newer generation takes over.
        log.warning("follower.document_skipped", document_id=document_id, reason=str(error))
        return
    # Dense first: it may only add, so that a search between the two finds old or new passages.
    opened.pair.dense.replace(document_id, entries, vectors)
    opened.pair.lexical.replace(document_id, entries)
