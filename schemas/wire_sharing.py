"""HTTP bodies of sharing an exchange with students.

The conventions of ``schemas.wire`` hold: a field is always present, and ``null`` where it does not
apply.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.document import Visibility
from schemas.sharing import FindingKind, FindingReason, Marks, SharingState
from schemas.wire import Person
from schemas.wire_jobs import JobView


class VisibilityRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may see a document from now on."""

    visibility: Visibility


class DecisionsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a mentor decides; what was decided before is replaced."""

    kept: Marks = ()
    """Found, and left as it is."""
    added: Marks = ()
    """Not found, and to be hidden."""
    names_mentor: bool = False
    """Whether the mentors of the exchange stay named, which they agreed to."""


class ConfirmRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Says which preview was looked at."""

    version: Annotated[str, Meta(min_length=1, max_length=64)]


class PieceView(msgspec.Struct, frozen=True):
    """A stretch of a turn: plain text, or something that was found in it."""

    text: str
    start: int
    end: int
    """Code points of the turn's text."""
    kind: FindingKind | None
    """``null`` for plain text, as for the four fields after it."""
    reason: FindingReason | None
    confidence: float | None
    """0 to 1."""
    placeholder: str | None
    is_hidden: bool | None
    """Whether the copy shows the placeholder; ``false`` for what a mentor left as it is."""


class TurnView(msgspec.Struct, frozen=True):
    """A turn, a message or a block with what was found in it; the title is turn -1."""

    turn: int
    speaker: str | None
    """Who speaks, as the original says."""
    start_ms: int | None
    pieces: tuple[PieceView, ...]
    """In order; their texts make up the turn."""


class KindCount(msgspec.Struct, frozen=True):
    """How much of a kind there is."""

    kind: FindingKind
    found: int
    hidden: int


class SharingView(msgspec.Struct, frozen=True):
    """A sharing with its preview, for mentors."""

    document_id: str
    title: str
    """Of the original."""
    state: SharingState
    copy_id: str | None
    """Of the copy, once it is published."""
    copy_url: str | None
    requested_by: Person | None
    """``null`` where the sender of the document asked for it."""
    requested_at: datetime
    confirmed_by: Person | None
    confirmed_at: datetime | None
    version: str
    """To be sent back with the confirmation; another one as soon as the exchange, its title, what
    is hidden in it or whether its mentors stay named is."""
    names_mentor: bool
    has_sound: bool
    """Whether the copy has the recording's sound, with what is hidden silent."""
    drops_picture: bool
    """Whether the original has a moving picture or pages, which the copy has not."""
    counts: tuple[KindCount, ...]
    turns: tuple[TurnView, ...]


class SharingSummary(msgspec.Struct, frozen=True):
    """A sharing that waits for a mentor."""

    document_id: str
    title: str
    state: SharingState
    requested_at: datetime
    url: str
    """Portal address of its preview."""


class SharingList(msgspec.Struct, frozen=True):
    """What waits for a mentor, the oldest wish first."""

    sharings: tuple[SharingSummary, ...]


class SharingReceipt(msgspec.Struct, frozen=True):
    """What confirming came to."""

    sharing: SharingView
    job: JobView
    """Makes the copy."""
