"""What an erasure touches: which documents go, which lose a person's words, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import select

from indexer.catalog.catalog import Catalog
from indexer.catalog.naming_tables import namings
from indexer.catalog.question_tables import questions
from indexer.catalog.tables import participants, people, profiles
from indexer.erasing.rows import knows
from indexer.erasing.words import names_pattern
from indexer.ports import BlobStore
from schemas.document import Document, DocumentKind, ParticipantRole
from schemas.errors import NotFoundError
from schemas.feedback import Pseudonym
from schemas.ids import DocumentId, PersonId
from schemas.naming import is_known_by_name

_PAIR: Final = 2


class Plan(msgspec.Struct, frozen=True):
    """What is done to documents. Everything else that is the person's goes anyway."""

    names: tuple[str, ...]
    """As documents, profile and questions call the person."""
    aliases: tuple[PersonId, ...] = ()
    """Ids that transcripts made of the person's name, where they say who speaks."""
    removed: tuple[DocumentId, ...] = ()
    """Exchanges of the person, and recordings in which they speak: nothing of them stays."""
    rewritten: tuple[DocumentId, ...] = ()
    """Threads with others, whose messages stay, and texts that name the person."""
    still_named: tuple[DocumentId, ...] = ()
    """Name the person in a file that cannot be rewritten (PDF, DOCX, a recording): for somebody
    to look at, and to delete or to replace."""


def plan_of(catalog: Catalog, blobs: BlobStore, person_id: PersonId, pseudonym: Pseudonym) -> Plan:
    """Return what erasing a person does to documents.

    Raises:
        NotFoundError: If nothing here is known of such a person.
    """
    names = _names(catalog, person_id)
    with catalog.database.reading() as connection:
        is_known = bool(names) or knows(connection, person_id, pseudonym)
    if not is_known:
        raise NotFoundError(f"Nothing is known of a person {person_id}.")
    own = catalog.documents.with_participant(person_id)
    pattern = names_pattern(names, parts=False)
    aliases = _aliases(catalog, pattern) if pattern else frozenset()
    removed: list[DocumentId] = []
    rewritten: list[DocumentId] = []
    still_named: list[DocumentId] = []
    for document in _documents(catalog):
        speaks = not aliases.isdisjoint(p.id for p in document.participants)
        if document.id in own or (speaks and document.media.playable is not None):
            (rewritten if _is_shared(document) else removed).append(document.id)
        elif pattern and _names_somebody(document, blobs, pattern):
            is_text = document.media_kind in {"text", "transcript", "messages"}
            can_be = is_text and _is_readable(blobs.read(document.original))
            (rewritten if can_be else still_named).append(document.id)
    # Their voice and their story are in the shared copy too, though no name is.
    shared = map(catalog.sharings.get, (*removed, *rewritten))
    copies = {each.copy_id for each in shared if each is not None} - {*removed}
    removed += sorted(copies)
    return Plan(names, tuple(sorted(aliases)), tuple(removed), tuple(rewritten), tuple(still_named))


def _names(catalog: Catalog, person_id: PersonId) -> tuple[str, ...]:
    """Return the person's names, as different rows write them."""
    sources = (
        (participants.c.name, participants.c.person_id),
        (people.c.name, people.c.id),
        (profiles.c.name, profiles.c.person_id),
        (questions.c.asker_name, questions.c.asker_id),
        (questions.c.mentor_name, questions.c.mentor_id),
        (namings.c.person_name, namings.c.person_id),
    )
    # As the file called whom a mentor named; what a voice without a name is called is no name.
    heard = select(namings.c.heard_id, namings.c.heard_name).where(namings.c.person_id == person_id)
    found: dict[str, None] = {}
    with catalog.database.reading() as connection:
        for name, person in sources:
            rows = connection.execute(select(name).where(person == person_id)).scalars()
            found |= dict.fromkeys(each for each in rows if each)
        rows_heard = connection.execute(heard).all()
        found |= dict.fromkeys(name for id_, name in rows_heard if is_known_by_name(id_))
    return tuple(found)


def _aliases(catalog: Catalog, names: re.Pattern[str]) -> frozenset[PersonId]:
    speakers = select(participants.c.person_id, participants.c.name).where(
        participants.c.role == ParticipantRole.SPEAKER
    )
    with catalog.database.reading() as connection:
        rows = connection.execute(speakers).all()
    return frozenset(PersonId(row.person_id) for row in rows if names.fullmatch(row.name.strip()))


def _documents(catalog: Catalog) -> Iterator[Document]:
    for document_id in catalog.documents.all_ids():
        document = catalog.documents.get(document_id)
        if document is not None:
            yield document


def _is_shared(document: Document) -> bool:
    """Tell whether others' messages would go with it: a thread of more than two people."""
    writers = [p for p in document.participants if p.role is not ParticipantRole.SPEAKER]
    return document.kind is DocumentKind.THREAD and len(writers) > _PAIR


def _names_somebody(document: Document, blobs: BlobStore, names: re.Pattern[str]) -> bool:
    content = blobs.read(document.content).decode("utf-8", errors="replace")
    return bool(names.search(f"{document.title}\n{document.filename}\n{content}"))


def _is_readable(original: bytes) -> bool:
    try:
        return "\0" not in original.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
