"""What a point of the dense index carries beside its vector: the fields that filters read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from schemas.ids import DocumentId, PassageId
from schemas.passage import Held, IndexEntry
from schemas.query import Filter

DOCUMENT: Final = "document_id"
AUDIENCES: Final = "audiences"
KIND: Final = "kind"
TAGS: Final = "tags"
SPEAKERS: Final = "speakers"
MENTORS: Final = "mentors"
CREATED_AT: Final = "created_at"
KEYWORDS: Final = (DOCUMENT, AUDIENCES, KIND, TAGS, SPEAKERS, MENTORS)

Payload = dict[str, str | int | list[str]]


def payload_of(entry: IndexEntry) -> Payload:
    """Return the payload of one passage: identifiers and times only, never text."""
    return {
        DOCUMENT: entry.passage.document_id,
        AUDIENCES: list(entry.passage.audiences),
        KIND: entry.kind,
        TAGS: list(entry.tags),
        SPEAKERS: list(entry.passage.speaker_ids),
        MENTORS: list(entry.mentor_ids),
        CREATED_AT: entry.created_at_s,
    }


def held(point_id: int | str | UUID, found: Mapping[str, object] | None) -> Held:
    """Return which passage a point stands for; a stray one may belong to no document."""
    return Held(PassageId(int(point_id)), DocumentId(str((found or {}).get(DOCUMENT, ""))))


def keyword_conditions(where: Filter) -> Iterator[tuple[str, list[str]]]:
    """Yield the field and the accepted values of every keyword condition; all must hold.

    The audiences always make a condition, also when they are empty: then nothing may match.
    """
    yield AUDIENCES, sorted(where.audiences)
    groups = where.tag_groups or tuple(frozenset({tag}) for tag in sorted(where.tags))
    optional = [
        (KIND, where.kinds),
        (SPEAKERS, where.speakers),
        (MENTORS, where.mentors),
        (DOCUMENT, where.documents),
        *((TAGS, group) for group in groups),
    ]
    for field, values in optional:
        if values:
            yield field, sorted(str(value) for value in values)


def created_bounds(where: Filter) -> tuple[int | None, int | None]:
    """Return the first second included and the first one not; ``None`` for an open end."""
    since = math.ceil(where.since.timestamp()) if where.since else None
    until = math.ceil(where.until.timestamp()) if where.until else None
    return since, until
