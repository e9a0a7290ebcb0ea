"""Publishing a document: everything about one revision, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from indexer.catalog import tables as t
from indexer.catalog.change_log import append_change, last_change_of
from indexer.catalog.corrections import mark_applied
from indexer.catalog.database import Database
from indexer.catalog.documents import forget_unmentioned, write_audiences
from indexer.catalog.generations import newest_encoder
from indexer.catalog.mapping import from_document, from_passage, from_vectors
from indexer.catalog.namings import mark_named
from indexer.catalog.records import ChangeKind
from indexer.catalog.replies import replace_replies
from indexer.catalog.sharings import admit_copy, open_request, withdraw_stale
from indexer.catalog.tags import replace_machine_tags
from indexer.catalog.upsert import upsert
from schemas.correction import Correction
from schemas.document import Document, Participant, Visibility
from schemas.errors import ConflictError, NotFoundError, TransientError
from schemas.hiding import cut_of
from schemas.identity import audiences_of
from schemas.ids import BlobKey, DocumentId, Revision
from schemas.naming import Naming
from schemas.passage import Passage
from schemas.reply import Reply
from schemas.sharing import SharingTerms, is_shared_copy
from schemas.tag import TagAssignment

if TYPE_CHECKING:
    from indexer.ports import EncoderVectors


_OPEN: Final = SharingTerms()
"""Nothing in the way: what most documents are published with."""


class Publishing:
    """The one way a document, or a new revision of it, enters the catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(  # noqa: PLR0913 - everything about one revision
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: EncoderVectors,
        tags: Sequence[TagAssignment],
        *,
        replies: Sequence[Reply] = (),
        anew: bool = False,
        terms: SharingTerms = _OPEN,
    ) -> int:
        """Make this revision the published one; readers see the old one or the new one.

        Publishing the revision that is published already changes nothing, unless it was worked on
        ``anew``. A visibility and tags
        that a person has decided on stay. Who may see a passage follows from the document:
        ``Passage.audiences`` is not read. Passages of the revision before stay readable by id
        until they are swept.

        Args:
            document: ``n_passages`` is counted here, ``published_at`` becomes the change's time.
            passages: In order.
            vectors: For each encoder, an array of shape (len(passages), d), row by row theirs.
            tags: What was found this time, by machine or declared by the sender.
            replies: The questions of a conversation with what answers them.
            anew: Whether to write it also where the same revision is published.
            terms: How students may see it.

        Returns:
            Position of the change; of the document's last one when nothing changed.

        Raises:
            ConflictError: If vectors of the encoder that is being served are missing, or this is
                a copy that nobody wants to share any more.
        """
        with self._database.publishing() as connection:
            before = _present(connection, document)
            is_known = before is not None and before.revision == document.revision
            if is_known and not anew:
                return last_change_of(connection, document.id)
            _check_vectors(connection, passages, vectors)
            if is_shared_copy(document.source):
                admit_copy(connection, document)
            visibility = before.chosen if before and before.chosen else document.visibility
            is_wanted = terms.is_wanted
            if terms.by_copy and visibility is Visibility.STUDENTS:
                visibility, is_wanted = Visibility.PARTICIPANTS, True
            _write_document(connection, document, visibility, n_passages=len(passages))
            _write_participants(connection, document.id, document.participants)
            audiences = audiences_of(visibility, document.participants)
            write_audiences(connection, document.id, audiences)
            _write_passages(connection, document, passages, vectors)
            replace_machine_tags(connection, document.id, tags)
            replace_replies(connection, document.id, replies)
            withdraw_stale(connection, document.id, document.published_at)
            if is_wanted:
                open_request(connection, document.id, None, document.published_at)
            return append_change(
                connection, ChangeKind.PUBLISHED, document.id, document.published_at
            )

    def correct(  # noqa: PLR0913 - everything that a text's change carries along
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: EncoderVectors,
        *,
        content: BlobKey,
        replies: Sequence[Reply] = (),
        applied: Collection[Correction],
        named: Collection[Naming] = (),
        participants: Sequence[Participant] | None = None,
        now: datetime,
    ) -> int:
        """Replace the text of a published revision; readers see the old one or the new one.

        Passages are written in place of those with the same ids. Tags and everything else stay
        as they are.

        Args:
            document: As it was read before its text was corrected.
            passages: All of them, in order.
            vectors: For each encoder, an array of shape (len(passages), d), row by row theirs.
            content: The corrected content.
            replies: The questions that it holds, with what answers them.
            applied: Corrections that it holds.
            named: Namings that it holds.
            participants: Who takes part from now on, and sees it as participant; ``None`` for
                those as before.
            now: When they are taken over.

        Returns:
            Position of the change.

        Raises:
            NotFoundError: If the document was deleted meanwhile.
            TransientError: If another revision or correction was published meanwhile.
            ConflictError: If vectors of the encoder that is being served are missing.
        """
        d = t.documents
        with self._database.publishing() as connection:
            there = select(d.c.revision, d.c.content, d.c.visibility).where(d.c.id == document.id)
            now_there = connection.execute(there).first()
            if now_there is None:
                raise NotFoundError("There is no such document.")
            if now_there[:2] != (document.revision, document.content):
                raise TransientError("The document has changed while it was corrected.")
            _check_vectors(connection, passages, vectors)
            connection.execute(
                update(d)
                .where(d.c.id == document.id)
                .values(content=content, n_passages=len(passages), cut_as=cut_of(document.hidden))
            )
            _write_passages(connection, document, passages, vectors)
            replace_replies(connection, document.id, replies)
            mark_applied(connection, applied, now)
            mark_named(connection, named, now)
            if participants is not None and tuple(participants) != document.participants:
                _write_participants(connection, document.id, participants)
                visibility = Visibility(now_there.visibility)
                write_audiences(connection, document.id, audiences_of(visibility, participants))
            if content != document.content:  # cut otherwise alone, it says what it said
                withdraw_stale(connection, document.id, now)
            return append_change(connection, ChangeKind.PUBLISHED, document.id, now)


class _Present(NamedTuple):
    revision: Revision
    chosen: Visibility | None  # what a person decided, if one did


def _present(connection: Connection, document: Document) -> _Present | None:
    d = t.documents
    row = connection.execute(
        select(d.c.revision, d.c.visibility, d.c.visibility_chosen).where(d.c.id == document.id)
    ).first()
    if row is None:
        return None
    return _Present(row.revision, Visibility(row.visibility) if row.visibility_chosen else None)


def _check_vectors(
    connection: Connection, passages: Sequence[Passage], vectors: EncoderVectors
) -> None:
    served = newest_encoder(connection)
    if served is not None and passages and served not in vectors:
        # The follower could not index it: better to fail here, where the job can encode again.
        raise ConflictError(f"The passages have no vectors of encoder {served!r}, which is served.")


def _write_document(
    connection: Connection, document: Document, visibility: Visibility, *, n_passages: int
) -> None:
    row = {
        "id": document.id,
        **from_document(document, n_passages=n_passages),
        "visibility": visibility,
        "cut_as": "",  # whatever is hidden, the worker cuts at it afterwards
    }
    known = connection.execute(
        update(t.documents).where(t.documents.c.id == document.id).values(row)
    )
    if not known.rowcount:
        connection.execute(insert(t.documents).values(**row, visibility_chosen=False, audiences=()))


def _write_participants(
    connection: Connection, document_id: DocumentId, participants: Sequence[Participant]
) -> None:
    p = t.participants
    here = p.c.document_id == document_id
    before = list(connection.execute(select(p.c.person_id).where(here)).scalars())
    connection.execute(delete(p).where(here))
    named = {person.id: person.name for person in participants}
    upsert(connection, t.people, [{"id": id_, "name": named[id_]} for id_ in sorted(named)])
    rows = [
        {
            "document_id": document_id,
            "ordinal": ordinal,
            "person_id": person.id,
            "role": person.role,
            "name": person.name,
        }
        for ordinal, person in enumerate(participants)
    ]
    if rows:
        connection.execute(insert(p), rows)
    forget_unmentioned(connection, [id_ for id_ in before if id_ not in named])


def _write_passages(
    connection: Connection,
    document: Document,
    passages: Sequence[Passage],
    vectors: EncoderVectors,
) -> None:
    p = t.passages
    here = p.c.document_id == document.id
    # Bytes may come back as they once were, while those passages still wait to be swept.
    connection.execute(delete(p).where(here, p.c.revision == document.revision))
    connection.execute(
        update(p)
        .where(here, p.c.superseded_at.is_(None))
        .values(superseded_at=document.published_at)
    )
    if not passages:
        return
    connection.execute(insert(p), [from_passage(passage, document) for passage in passages])
    ids = [passage.id for passage in passages]
    for encoder, rows in vectors.items():
        connection.execute(insert(t.vectors), from_vectors(encoder, ids, rows))
