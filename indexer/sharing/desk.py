"""Asking to share an exchange, deciding what is hidden, confirming, taking it back."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
import structlog

from indexer.anonymising.redacting import (
    texts_of,
)
from indexer.catalog.sharings import Confirmed
from indexer.intake import Intake, submit
from indexer.sharing.copying import copy_of
from indexer.sharing.preview import fits, preview_of
from schemas.content import Content
from schemas.document import (
    Document,
    DocumentKind,
    Submission,
    Visibility,
)
from schemas.errors import ConflictError, InvalidInputError, NotFoundError
from schemas.identity import Caller
from schemas.ids import Revision
from schemas.job import Job
from schemas.sharing import (
    QUESTION_PREFIX,
    Decisions,
    Sharing,
    is_shared_copy,
    shared_source,
)

COPY_FILENAME: Final = "echange-partage.json"
"""The original's name may hold somebody's."""

_log = structlog.get_logger(__name__)


def needs_copy(document: Document) -> bool:
    """Tell whether students may see a document as a copy without names only."""
    is_private = document.kind is DocumentKind.EXCHANGE or document.source.startswith(
        QUESTION_PREFIX
    )
    return is_private and not is_shared_copy(document.source)


def ask(intake: Intake, document: Document, by: Caller) -> Sharing:
    """Note that a document is to be shared; a mentor looks at it and confirms.

    Raises:
        ConflictError: If it is a copy, or students see it already.
    """
    _check_sharable(document)
    return intake.catalog.sharings.request(document.id, by.person_id, intake.clock())


def decide(intake: Intake, document: Document, decisions: Decisions) -> Sharing:
    """Keep what a mentor decides on what was found.

    Raises:
        NotFoundError: If nobody asked to share the document.
        InvalidInputError: If a mark is none of a stretch of its text.
    """
    sharing_of(intake, document)
    content: Content = msgspec.json.decode(intake.blobs.read(document.content), type=Content)
    texts = texts_of(content, document.title)
    stray = [mark for mark in (*decisions.kept, *decisions.added) if not fits(mark, texts)]
    if stray:
        raise InvalidInputError(
            f"{len(stray)} marks do not fit the text, the first in turn {stray[0].place.turn}: "
            "read the document again."
        )
    return intake.catalog.sharings.decide(document.id, decisions)


def confirm(intake: Intake, document: Document, version: str, by: Caller) -> Job:
    """Have the copy made that a mentor has seen; the same one again is the same job.

    Raises:
        NotFoundError: If nobody asked to share the document.
        ConflictError: If what would be shared is not what the mentor saw, or a part of the
            document is hidden from students.
    """
    sharing = sharing_of(intake, document)
    seen = preview_of(intake.catalog, intake.blobs, document, sharing.decisions)
    if seen.version != version:
        raise ConflictError("What would be shared has changed meanwhile: look at it again.")
    copy = copy_of(seen)
    plan = intake.blobs.put(msgspec.json.encode(copy))
    revision = Revision(hashlib.sha256(f"{sharing.copy_id}\n{plan}".encode()).hexdigest())
    intake.catalog.sharings.confirm(
        document.id,
        sharing.decisions,
        Confirmed(by.person_id, intake.clock(), document.content, plan, revision),
    )
    tags = intake.catalog.documents.tags([document.id]).get(document.id, ())
    original = intake.blobs.put(msgspec.json.encode(copy.content))
    received = submit(
        intake,
        Submission(
            document_id=sharing.copy_id,
            revision=revision,
            source=shared_source(document.id),
            original=original,
            filename=COPY_FILENAME,
            size_bytes=intake.blobs.size(original),
            kind=document.kind,
            title=copy.title,
            visibility=Visibility.STUDENTS,
            tags=tuple(tag.tag_id for tag in tags),
            uploaded_by=by.person_id,
        ),
    )
    _log.info("sharing.confirmed", document_id=document.id, n_hidden=len(seen.hidden))
    return received.job


def withdraw(intake: Intake, document: Document) -> None:
    """Share a document no longer: its copy is gone at once, from searches within two seconds.

    Raises:
        NotFoundError: If it was not shared.
    """
    if not intake.catalog.sharings.withdraw(document.id):
        raise NotFoundError("Nobody has asked to share this document.")
    _log.info("sharing.withdrawn", document_id=document.id)


def _check_sharable(document: Document) -> None:
    if is_shared_copy(document.source):
        raise ConflictError("This is the copy of an exchange: it is shared already.")
    if document.visibility is Visibility.STUDENTS:
        raise ConflictError("Students see this document already: there is nothing to be shared.")


def sharing_of(intake: Intake, document: Document) -> Sharing:
    """Return the sharing of a document.

    Raises:
        NotFoundError: If nobody asked to share it.
    """
    sharing = intake.catalog.sharings.get(document.id)
    if sharing is None:
        raise NotFoundError("Nobody has asked to share this document.")
    return sharing
