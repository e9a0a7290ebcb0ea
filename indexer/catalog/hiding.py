"""Who may see what is hidden of a document: written beside its audiences, in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from indexer.catalog.restriction_tables import restrictions as r
from indexer.catalog.tables import documents as d
from indexer.catalog.tables import participants as p
from schemas.document import Participant, ParticipantRole, Visibility
from schemas.identity import EVERYONE, audiences_of
from schemas.ids import DocumentId
from schemas.span import HiddenPlace


def write_hidden(connection: Connection, document_id: DocumentId) -> None:
    """Write down what follows from the document's restrictions, audiences and participants."""
    made = connection.execute(
        select(r.c.place, r.c.visibility)
        .where(r.c.document_id == document_id)
        .order_by(r.c.created_at, r.c.id)
    ).all()
    audiences = set(
        connection.execute(select(d.c.audiences).where(d.c.id == document_id)).scalar_one_or_none()
        or ()
    )
    involved = [
        Participant(person_id, name, ParticipantRole(role))
        for person_id, name, role in connection.execute(
            select(p.c.person_id, p.c.name, p.c.role).where(p.c.document_id == document_id)
        )
    ]
    hidden = []
    for place, visibility in made:
        keys = audiences_of(Visibility(visibility), involved)
        # Never more than see the document; whoever is in it sees it where everybody does.
        allowed = keys if EVERYONE in audiences else keys & audiences
        hidden.append(HiddenPlace(place, tuple(sorted(allowed))))
    connection.execute(update(d).where(d.c.id == document_id).values(hidden=tuple(hidden)))
