"""Identifiers, minted from content so that doing the same thing twice yields the same id."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final, NewType

DocumentId = NewType("DocumentId", str)
PassageId = NewType("PassageId", int)
PersonId = NewType("PersonId", str)
TagId = NewType("TagId", str)
JobId = NewType("JobId", str)
QueryId = NewType("QueryId", str)
QuestionId = NewType("QuestionId", str)
BlobKey = NewType("BlobKey", str)
"""Lower-case hexadecimal SHA-256 of the blob's bytes, 64 characters."""
Revision = NewType("Revision", str)
"""Opaque change token of a document's bytes: compared, never parsed."""

_DOCUMENT_ID_HEX: Final = 20  # 80 bits: no collision to fear below a billion documents
_PASSAGE_ID_BITS: Final = 63  # fits a signed BIGINT, a tantivy u64 and a Qdrant point id


def document_id_for(source: str) -> DocumentId:
    """Mint the id of the document that lives at ``source``; stable over revisions."""
    return DocumentId("d-" + hashlib.sha256(source.encode()).hexdigest()[:_DOCUMENT_ID_HEX])


def passage_id_for(document_id: DocumentId, revision: Revision, ordinal: int) -> PassageId:
    """Mint the id of passage ``ordinal`` (from 0) of one revision: a 63-bit unsigned integer."""
    digest = hashlib.sha256(f"{document_id}\n{revision}\n{ordinal}".encode()).digest()
    return PassageId(int.from_bytes(digest[:8], "big") >> (64 - _PASSAGE_ID_BITS))


def job_id_for(document_id: DocumentId, revision: Revision, attempt: int = 1) -> JobId:
    """Mint the id of the job, and of its workflow, that ingests one revision of a document.

    A repeated upload of the same bytes is the same job; ``attempt`` grows when a person asks
    for a second try of a job that failed.
    """
    suffix = "" if attempt == 1 else f"-{attempt}"
    return JobId(f"j-{document_id[2:]}-{revision[:12]}{suffix}")


def question_id_for(asker_id: PersonId, text_key: str, asked_at: datetime) -> QuestionId:
    """Mint the id of a question, from who asked what and when."""
    digest = hashlib.sha256(f"{asker_id}\n{text_key}\n{asked_at.isoformat()}".encode())
    return QuestionId("a-" + digest.hexdigest()[:_DOCUMENT_ID_HEX])
