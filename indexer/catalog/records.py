"""What the catalog says about itself: changes, generations, followers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from schemas.ids import DocumentId


class ChangeKind(StrEnum):
    """What happened to a document. ``PUBLISHED`` also stands for new tags or a new visibility."""

    PUBLISHED = "published"
    DELETED = "deleted"


class Change(msgspec.Struct, frozen=True):
    """One line of the change log. Read it as "look at this document again"."""

    position: int
    """Rising and never used twice; gaps mean nothing."""
    kind: ChangeKind
    document_id: DocumentId
    at: datetime


class Generation(msgspec.Struct, frozen=True):
    """One build of both indexes; the one with the highest number is to be served."""

    number: int
    """From 1."""
    encoder: str
    """Manifest name of the encoder whose vectors the dense index holds."""


class FollowerReport(msgspec.Struct, frozen=True):
    """How far one process has applied the change log to the indexes it serves."""

    name: str
    generation: int
    position: int
    """Last change applied."""
    reported_at: datetime
