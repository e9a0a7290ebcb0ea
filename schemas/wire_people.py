"""HTTP bodies of what a person says, keeps and is: a second page of ``schemas.wire``.

The same conventions hold: a field is always present, and ``null`` where it does not apply.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.identity import Role
from schemas.judgment import MAX_COMMENT_CHARS, Reason, Verdict
from schemas.profile import (
    Description,
    FilledLine,
    Goals,
    Line,
    Milestone,
    Milestones,
    Sectors,
)
from schemas.query import MAX_QUERY_CHARS
from schemas.wire import DocumentView, TagView
from schemas.wire_events import PlainId

Identifier = Annotated[str, Meta(min_length=1, max_length=64)]


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that a client sends; a field that does not exist is an error, not a surprise."""


# --- judgments -------------------------------------------------------------------------------


class JudgmentRequest(_Request, frozen=True):
    """What the caller says of a document for a query."""

    document_id: Identifier
    value: Verdict
    """``withdrawn`` takes back what was said before."""
    q: Annotated[str, Meta(max_length=MAX_QUERY_CHARS)] = ""
    """What was searched; empty when no search led to the document."""
    query_id: PlainId | None = None
    """Of the search answer that showed the document; others learn from what is said with it."""
    passage_id: Annotated[str, Meta(pattern="^[0-9]{1,19}$")] | None = None
    """The passage that was judged; left out for the document as a whole."""
    reason: Reason | None = None
    """Only with ``not_useful``."""
    comment: Annotated[str, Meta(max_length=MAX_COMMENT_CHARS)] = ""


class JudgmentView(msgspec.Struct, frozen=True):
    """What the caller says of a document, as it stands."""

    document_id: str
    q: str
    value: Verdict
    passage_id: str | None
    """``null`` for the document as a whole, and for a passage of a text replaced since."""
    reason: Reason | None
    comment: str
    judged_at: datetime


class JudgmentList(msgspec.Struct, frozen=True):
    """One page of what the caller says now, newest first; what was withdrawn is left out."""

    judgments: tuple[JudgmentView, ...]
    total: int
    page: int
    per_page: int


# --- saved documents -------------------------------------------------------------------------


class SavedDocument(msgspec.Struct, frozen=True):
    """A document that the caller keeps at hand."""

    document: DocumentView
    saved_at: datetime


class SavedList(msgspec.Struct, frozen=True):
    """One page of the documents that the caller keeps, the last one kept first."""

    saved: tuple[SavedDocument, ...]
    total: int
    page: int
    per_page: int


# --- profiles --------------------------------------------------------------------------------


class ProfileRequest(_Request, frozen=True):
    """The whole project as it is from now on: what is left out is emptied."""

    project: FilledLine
    """Its name."""
    description: Description = ""
    sectors: Sectors = ()
    """Tags of the facet ``sector``, the most fitting first."""
    stage: Identifier | None = None
    """Tag of the facet ``stage``."""
    goals: Goals = ()
    milestones: Milestones = ()
    city: Line = ""


class ProfileView(msgspec.Struct, frozen=True):
    """A person and the project that they build."""

    person_id: str
    name: str
    """Of the person; empty when nobody said it."""
    project: str
    description: str
    sectors: tuple[TagView, ...]
    stage: TagView | None
    goals: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    city: str
    joined: date | None
    """When the person came to the school."""
    updated_at: datetime
    may_edit: bool
    """Whether this caller may change it."""


# --- identity --------------------------------------------------------------------------------


class CallerView(msgspec.Struct, frozen=True):
    """Who is signed in, and what that allows."""

    person_id: str
    name: str
    role: Role
    may_ingest: bool
    may_operate: bool


class SessionView(msgspec.Struct, frozen=True):
    """A session: the caller and when it ends."""

    caller: CallerView
    expires_at: datetime


class DemoSessionRequest(_Request, frozen=True):
    """Which persona to become."""

    persona: str


class DemoSession(msgspec.Struct, frozen=True):
    """A demo session, with the bearer token that state-changing requests need."""

    token: str
    caller: CallerView
    expires_at: datetime


class PersonaView(msgspec.Struct, frozen=True):
    """Somebody to be in demo mode."""

    id: str
    name: str
    role: Role
    description: str


class PersonaList(msgspec.Struct, frozen=True):
    """The personas of demo mode."""

    personas: tuple[PersonaView, ...]
