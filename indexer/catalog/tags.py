"""Tags on documents: a person's word stands above a machine's, also after ingesting again.

A document has at most two rows per tag: what the machine found at the last publication, and what
a person decided ("this one", or "not this one"), which publishing never touches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from indexer.catalog.among import among_given
from indexer.catalog.mapping import to_assignment
from indexer.catalog.tables import tag_assignments as t
from schemas.ids import DocumentId, PersonId, TagId
from schemas.tag import TagAssigner, TagAssignment

_SURE: Final = 1.0  # people are taken at their word
# A person's rows come first, and the first word on a tag stands.
_DECIDED: Final = (
    select(t.c.document_id, t.c.removed, t.c.tag_id, t.c.assigner, t.c.confidence, t.c.person_id)
    .where(among_given(t.c.document_id, "ids"))
    .order_by(t.c.decided.desc())
)


def tags_in_force(
    connection: Connection, ids: Iterable[DocumentId]
) -> dict[DocumentId, tuple[TagAssignment, ...]]:
    """Return the tags of each document asked for, a person's first, then the surest."""
    asked = list(dict.fromkeys(ids))
    decided: dict[DocumentId, dict[TagId, TagAssignment | None]] = {id_: {} for id_ in asked}
    found = connection.execute(_DECIDED, {"ids": asked}).all()
    for document_id, removed, tag_id, *who in found:
        verdict = None if removed else to_assignment(tag_id, *who)
        decided[document_id].setdefault(tag_id, verdict)
    return {id_: _sorted(verdicts.values()) for id_, verdicts in decided.items()}


def replace_machine_tags(
    connection: Connection, document_id: DocumentId, tags: Sequence[TagAssignment]
) -> None:
    """Forget what the machine found before and keep what it found now, the surest per tag."""
    connection.execute(delete(t).where(t.c.document_id == document_id, t.c.decided.is_(False)))
    best: dict[str, TagAssignment] = {}
    for tag in sorted(tags, key=lambda tag: tag.confidence):
        best[tag.tag_id] = tag
    rows = [
        {
            "document_id": document_id,
            "tag_id": tag.tag_id,
            # Tags that the sender declared are a person's, yet belong to this revision.
            "decided": False,
            "assigner": tag.assigner,
            "confidence": tag.confidence,
            "person_id": tag.person_id,
            "removed": False,
        }
        for tag in best.values()
    ]
    if rows:
        connection.execute(insert(t), rows)


def decide_tags(
    connection: Connection,
    document_id: DocumentId,
    wanted: Collection[TagId],
    person_id: PersonId,
) -> bool:
    """Make these the tags in force, in a person's name; return whether anything changed.

    Tags that were in force already keep the one who assigned them.
    """
    in_force = {tag.tag_id for tag in tags_in_force(connection, [document_id])[document_id]}
    decisions = {
        **dict.fromkeys(set(wanted) - in_force, False),
        **dict.fromkeys(in_force - set(wanted), True),
    }
    if not decisions:
        return False
    connection.execute(
        delete(t).where(
            t.c.document_id == document_id, t.c.decided.is_(True), t.c.tag_id.in_(decisions)
        )
    )
    connection.execute(
        insert(t),
        [
            {
                "document_id": document_id,
                "tag_id": tag_id,
                "decided": True,
                "assigner": TagAssigner.PERSON,
                "confidence": _SURE,
                "person_id": person_id,
                "removed": removed,
            }
            for tag_id, removed in sorted(decisions.items())
        ],
    )
    return True


def _sorted(verdicts: Iterable[TagAssignment | None]) -> tuple[TagAssignment, ...]:
    kept = [tag for tag in verdicts if tag is not None]
    return tuple(
        sorted(
            kept,
            key=lambda tag: (tag.assigner is not TagAssigner.PERSON, -tag.confidence, tag.tag_id),
        )
    )
