"""Sharing an exchange: what tells who somebody is, what is put in its place, and who decides."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.content import Content
from schemas.document import DocumentKind, MediaKind, Participant, ParticipantRole
from schemas.ids import BlobKey, DocumentId, PersonId, Revision
from schemas.span import TimeSpan

TITLE: Final = -1
"""Stands for the title where a place names a turn by its ordinal."""
MAX_MARKS: Final = 2_000
"""Marks that a person may set or take away in one document."""
_PREFIX: Final = "shared:"
QUESTION_PREFIX: Final = "question:"
"""Where exchanges live that questions to mentors became; with several mentors they are threads."""

Ordinal = Annotated[int, Meta(ge=TITLE)]
Offset = Annotated[int, Meta(ge=0)]


class FindingKind(StrEnum):
    """What a stretch of text tells of somebody."""

    STUDENT = "student"
    MENTOR = "mentor"
    PERSON = "person"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    SIRET = "siret"  # SIREN, SIRET and the VAT number that holds a SIREN
    IBAN = "iban"
    NIR = "nir"  # number of social security
    BIRTH = "birth"
    HANDLE = "handle"
    URL = "url"
    PROJECT = "project"
    MARKED = "marked"  # a person marked it


class FindingReason(StrEnum):
    """Why a stretch was taken for what it is."""

    NAME = "name"  # written as the participant's name is
    NICKNAME = "nickname"
    MISSPELLED = "misspelled"
    MISHEARD = "misheard"
    INITIALS = "initials"
    TITLE = "title"  # stands after "Mme", "M.", "Dr"
    INTRODUCED = "introduced"  # stands after "mon associé", "avec", "s'appelle"
    FIRST_NAME = "first-name"  # a known first name
    SCHOOL = "school"  # somebody of this school is called so
    CAPITAL = "capital"  # no French word, and written with a capital
    PATTERN = "pattern"
    CHECKED = "checked"  # its check digits are right
    SPOKEN = "spoken"
    AGAIN = "again"  # found elsewhere in the same document
    BY_HAND = "by-hand"


class Place(msgspec.Struct, frozen=True, order=True):
    """Characters (Unicode code points) of one turn; the end is not covered."""

    turn: Ordinal
    start: Offset
    end: Offset


class Finding(msgspec.Struct, frozen=True):
    """A stretch of text that tells who somebody is."""

    place: Place
    text: str
    kind: FindingKind
    reason: FindingReason
    confidence: float
    """How sure it is that the stretch is what ``kind`` says, 0 to 1; estimated by kind of rule on
    labelled messages, not measured case by case."""
    placeholder: str
    """What readers of the copy see, the same for the same thing all through the document."""


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch that a person marked or unticked, with its words: a changed text voids it."""

    place: Place
    text: Annotated[str, Meta(min_length=1, max_length=2_000)]


Marks = Annotated[tuple[Mark, ...], Meta(max_length=MAX_MARKS)]


class Decisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a mentor decided on what was found."""

    kept: Marks = ()
    """Found, and left as it is."""
    added: Marks = ()
    """Not found, and to be hidden."""
    names_mentor: bool = False
    """Whether the mentors of the exchange stay named, which they agreed to."""


class SharingState(StrEnum):
    """How far the sharing of a document has come."""

    REQUESTED = "requested"  # waits for a mentor to look at the preview and confirm
    CONFIRMED = "confirmed"  # its copy is being made
    PUBLISHED = "published"
    STALE = "stale"  # the original changed: the copy was withdrawn, and a mentor looks again


class Sharing(msgspec.Struct, frozen=True):
    """The wish to share a document, and what became of it. At most one per document."""

    document_id: DocumentId
    """Of the original."""
    copy_id: DocumentId
    state: SharingState
    requested_by: PersonId | None
    """``None`` where the sender of the document asked for it."""
    requested_at: datetime
    decisions: Decisions = Decisions()
    confirmed_by: PersonId | None = None
    confirmed_at: datetime | None = None
    content: BlobKey | None = None
    """Content of the original that was confirmed."""
    plan: BlobKey | None = None
    """Blob of the ``SharedCopy`` that was confirmed."""
    copy_revision: Revision | None = None


ANONYMOUS: Final = {
    ParticipantRole.STUDENT: (PersonId("anonymous:student"), "Élève"),
    ParticipantRole.MENTOR: (PersonId("anonymous:mentor"), "Mentor"),
    ParticipantRole.SPEAKER: (PersonId("anonymous:speaker"), "Personne"),
}
"""Who speaks in a copy: an id that nobody has, and what readers see. Speakers by their role in the
catalog, since nobody signs in as one of them and no question goes to one."""


def is_anonymous_mentor(person_id: PersonId | None) -> bool:
    """Tell whether somebody in a copy is a mentor of the original."""
    return (person_id or "").startswith(ANONYMOUS[ParticipantRole.MENTOR][0])


def shared_source(document_id: DocumentId) -> str:
    """Return where the shared copy of a document lives."""
    return f"{_PREFIX}{document_id}"


def is_shared_copy(source: str) -> bool:
    """Tell whether a document that lives here is the shared copy of another one."""
    return source.startswith(_PREFIX)


class SharingTerms(msgspec.Struct, frozen=True):
    """How students may see a document."""

    by_copy: bool = False
    """Only as a copy without names that a mentor has confirmed."""
    is_wanted: bool = False
    """Whether the sender wants that copy to be made."""


class SharedCopy(msgspec.Struct, frozen=True):
    """Everything that the copy of a document is made of; nothing in it tells who somebody is."""

    title: str
    kind: DocumentKind
    media_kind: MediaKind
    content: Content
    participants: tuple[Participant, ...]
    created_at: datetime
    duration_ms: int | None = None
    sound: BlobKey | None = None
    """The original's recording, of which only the sound is copied."""
    silences: tuple[TimeSpan, ...] = ()
    """What of it is not to be heard, in order, apart from each other."""
