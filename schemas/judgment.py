"""A person's verdict on a document: one line of a log that nothing rewrites."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from schemas.identity import Role
from schemas.ids import DocumentId, PersonId, QueryId, Revision

MAX_COMMENT_CHARS: Final = 500
"""A remark, not a letter: whoever has more to say asks a mentor."""


class Verdict(StrEnum):
    """What a person says of a document; ``WITHDRAWN`` takes the former word back."""

    USEFUL = "useful"
    NOT_USEFUL = "not_useful"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why a document was not useful."""

    OFF_TOPIC = "off_topic"  # it answers another question
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    TOO_GENERAL = "too_general"
    TOO_ADVANCED = "too_advanced"
    WRONG = "wrong"


class Judgment(msgspec.Struct, frozen=True):
    """What one person said of one document for one query.

    The latest one of a person, a query and a document is in force. Persons are known by the id
    that the school gave them, never by name.
    """

    person_id: PersonId
    role: Role
    """What the person was to the school then."""
    document_id: DocumentId
    revision: Revision
    """The text that was judged."""
    query_text: str
    """As it was typed; empty when no search led to the document."""
    value: Verdict
    judged_at: datetime
    query_id: QueryId | None = None
    """The answer that showed the document."""
    passage: int | None = None
    """Ordinal, in this revision, of the passage that was judged; ``None`` for the whole."""
    reason: Reason | None = None
    comment: str = ""


class SharedQuery(msgspec.Struct, frozen=True):
    """A query for which several people found documents useful; who they are never leaves it."""

    key: str
    """The form under which it is the same query, however it is typed."""
    text: str
    """As most of them typed it; of equals the first in order of letters."""
    useful: dict[DocumentId, frozenset[PersonId]]
    """By document, who says that it was useful for this query."""
