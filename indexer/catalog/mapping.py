"""Rows to schemas and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from sqlalchemy import Row

from indexer.catalog.tables import documents, passages
from schemas.document import Document, DocumentKind, MediaKind, Participant, Visibility
from schemas.hiding import narrowed
from schemas.ids import PassageId, TagId
from schemas.passage import Passage
from schemas.tag import TagAssigner, TagAssignment

if TYPE_CHECKING:
    from schemas.passage import Vectors

_FLOAT32 = np.dtype("<f4")  # one byte order on every machine that reads the database


def to_document(row: Row[Any], participants: Sequence[Participant]) -> Document:
    """Return the document of a full row of ``documents``."""
    return Document(
        id=row.id,
        source=row.source,
        revision=row.revision,
        kind=DocumentKind(row.kind),
        media_kind=MediaKind(row.media_kind),
        title=row.title,
        language=row.language,
        visibility=Visibility(row.visibility),
        filename=row.filename,
        original=row.original,
        media=row.media,
        content=row.content,
        participants=tuple(participants),
        created_at=row.created_at,
        published_at=row.published_at,
        duration_ms=row.duration_ms,
        n_pages=row.n_pages,
        n_passages=row.n_passages,
        hidden=row.hidden,
    )


def from_document(document: Document, *, n_passages: int) -> dict[str, Any]:
    """Return the columns of ``documents`` that publishing writes, visibility left out."""
    return {
        "source": document.source,
        "revision": document.revision,
        "kind": document.kind,
        "media_kind": document.media_kind,
        "title": document.title,
        "language": document.language,
        "filename": document.filename,
        "original": document.original,
        "media": document.media,
        "content": document.content,
        "created_at": document.created_at,
        "published_at": document.published_at,
        "duration_ms": document.duration_ms,
        "n_pages": document.n_pages,
        "n_passages": n_passages,
    }


PASSAGE_COLUMNS: Final = (
    passages.c.id,
    passages.c.document_id,
    passages.c.ordinal,
    passages.c.text,
    passages.c.locator,
    passages.c.language,
    passages.c.heading,
    passages.c.speaker_ids,
    documents.c.audiences,
    passages.c.anchors,
    passages.c.on_screen,
    documents.c.hidden,
)
"""What a passage is made of, in the order of its fields, and what its document hides."""


def to_passage(row: Sequence[Any]) -> Passage:
    """Return the passage of a row of ``PASSAGE_COLUMNS``."""
    # By position, not by name, which takes twice as long: a search reads a hundred.
    *fields, hidden = row
    passage = Passage(*fields)
    if not hidden:
        return passage
    audiences = narrowed(passage.audiences, passage.locator, hidden)
    return msgspec.structs.replace(passage, audiences=audiences)


def from_passage(passage: Passage, document: Document) -> dict[str, Any]:
    """Return a full row of ``passages``."""
    return {
        "id": passage.id,
        "document_id": document.id,
        "revision": document.revision,
        "superseded_at": None,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "heading": passage.heading,
        "language": passage.language,
        "locator": passage.locator,
        "speaker_ids": passage.speaker_ids,
        "anchors": passage.anchors,
        "on_screen": passage.on_screen,
    }


def from_vectors(encoder: str, ids: Sequence[PassageId], rows: Vectors) -> list[dict[str, Any]]:
    """Return rows of ``vectors``, one per passage, in order."""
    packed = np.ascontiguousarray(rows, dtype=_FLOAT32)
    return [
        {"passage_id": passage_id, "encoder": encoder, "vector": row.tobytes()}
        for passage_id, row in zip(ids, packed, strict=True)
    ]


def to_vectors(packed: Sequence[bytes]) -> Vectors:
    """Return an array of shape (n, d); (0, 0) when there is no row."""
    if not packed:
        return np.empty((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(packed), dtype=_FLOAT32).reshape(len(packed), -1)


def to_assignment(
    tag_id: TagId, assigner: str, confidence: float, person_id: str | None
) -> TagAssignment:
    """Return the tag of four columns of ``tag_assignments``."""
    return TagAssignment(tag_id, TagAssigner(assigner), confidence, person_id)


def seconds(moment: datetime) -> int:
    """Return whole seconds since 1970 (UTC), rounded down."""
    return int(moment.timestamp() // 1)
