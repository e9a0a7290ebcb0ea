"""What people do with answers: searches with what they showed, and what was done with a hit.

Shaped after User Behavior Insights 1.3, so that its tools read an export. Persons stand here under
a pseudonym; votes are ``schemas.judgment.Judgment``, which belong to a search by its ``query_id``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from schemas.identity import Role
from schemas.ids import DocumentId, QueryId
from schemas.span import TimeSpan

Pseudonym = NewType("Pseudonym", str)
"""Stands for a person: the same one each time, and nobody's without the installation's key."""
PhrasingId = NewType("PhrasingId", str)
"""Hexadecimal SHA-256 of the form under which queries count as the same one."""


class Action(StrEnum):
    """What was done with a hit."""

    CLICK = "click"
    """It was opened."""
    PLAY = "play"
    """Parts of its recording were played."""
    DWELL = "dwell"
    """It was on the screen, in front, for a while."""
    COPY = "copy"
    """Words of it were copied."""


class Surface(StrEnum):
    """Where something was searched."""

    PORTAL = "portal"
    COMPONENT = "component"
    API = "api"


class Ignored(StrEnum):
    """Why something said or done teaches nothing."""

    ROLE = "role"
    """By somebody who neither learns nor teaches here: an operator, a program."""
    NO_SEARCH = "no-search"
    """A vote that says no query id: no search led to the document."""
    UNKNOWN_QUERY = "unknown-query"
    """The log has no such search: forged, or one that did not count itself."""
    OTHER_PERSON = "other-person"
    """The search is somebody else's."""
    NOT_SHOWN = "not-shown"
    """The answer did not show the document, or the person may not see it any more."""
    REPEATED = "repeated"
    """It was said before."""
    EMPTY = "empty"
    """It says nothing: no time, nothing played."""
    FLOOD = "flood"
    """More in a minute than one person does."""
    QUEUE_FULL = "queue-full"
    """The log did not keep up."""
    UNWRITTEN = "unwritten"
    """The log could not keep it; told in the figures alone, long after the answer."""


class ShownHit(msgspec.Struct, frozen=True):
    """One impression: a document at its place in an answer."""

    document_id: DocumentId
    position: int
    """From 1, counted on over pages."""
    kind: str
    """The document's kind: a video is opened less easily than a sheet."""
    team: str = ""
    """In an experiment, the ranking profile that put it here, as ``name@version``."""


class LoggedSearch(msgspec.Struct, frozen=True):
    """One answer to a full search, and what it showed: a line of a log that nothing rewrites."""

    query_id: QueryId
    person: Pseudonym
    role: Role
    at: datetime
    text: str
    """As typed."""
    phrasing: PhrasingId
    profile: str
    """Ranking profile, as ``name@version``."""
    hits: tuple[ShownHit, ...]
    page: int
    total: int
    surface: Surface = Surface.API
    confidence: float | None = None
    is_doubtful: bool = False
    is_filtered: bool = False
    """Whether conditions narrowed it, in the box or beside it."""
    experiment: str = ""
    """Name of the experiment that it took part in."""
    line: int = 0
    """Number in the log, from 1, rising; 0 for one that is not in the log yet."""


class Phrasing(msgspec.Struct, frozen=True):
    """One way to ask, kept with its vector when it is first typed: what intents are made of."""

    id: PhrasingId
    text: str
    """As it was first typed."""
    meaning: str
    """What the encoder was told: the text, with its typing mistakes corrected."""
    encoder: str
    """Name of the encoder."""
    vector: bytes
    """Little-endian float16, of unit length."""


class LoggedEvent(msgspec.Struct, frozen=True):
    """Something done with a hit of an answer: a line of a log that nothing rewrites."""

    query_id: QueryId
    person: Pseudonym
    role: Role
    at: datetime
    """When the server heard of it: no clock but its own counts."""
    action: Action
    document_id: DocumentId
    position: int
    """Where the answer had shown it."""
    passage: int | None = None
    """Ordinal of the passage it was done with, in the text as it was then."""
    dwell_ms: int = 0
    """Of ``DWELL``: how long it was in front."""
    spans: tuple[TimeSpan, ...] = ()
    """Of ``PLAY``: what was played, in order, without overlap."""
    line: int = 0
    """Number in the log, from 1, rising; 0 for one that is not in the log yet."""


class ReportedEvent(msgspec.Struct, frozen=True):
    """What a client says was done with a hit: nothing of it is believed before the log agrees."""

    query_id: QueryId
    document_id: DocumentId
    action: Action
    passage: int | None = None
    dwell_ms: int = 0
    spans: tuple[TimeSpan, ...] = ()


class LogPosition(msgspec.Struct, frozen=True, order=True):
    """How far a reader of the log got: the last line of each part, 0 for none."""

    search: int = 0
    event: int = 0
    judgment: int = 0
