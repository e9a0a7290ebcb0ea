"""A Document: one ingested recording, PDF, exchange, thread or text, and who may see it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from schemas.ids import BlobKey, DocumentId, PersonId, Revision
from schemas.job import Stage
from schemas.span import HiddenPlace


class DocumentKind(StrEnum):
    """What a document is to the school."""

    EXCHANGE = "exchange"
    COURSE = "course"
    REPLAY = "replay"
    WORKSHOP = "workshop"
    SHEET = "sheet"
    THREAD = "thread"


class MediaKind(StrEnum):
    """What a document is made of: decides the extractor and the viewer."""

    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    MESSAGES = "messages"
    TEXT = "text"
    TRANSCRIPT = "transcript"  # a recording known by its transcript only (WebVTT, SRT)


class Visibility(StrEnum):
    """Who may see a document.

    ``PARTICIPANTS`` is the private default of exchanges: its participants, every mentor and
    administrators. ``MENTORS``: mentors and administrators. ``STUDENTS``: everybody signed in.
    """

    PARTICIPANTS = "participants"
    MENTORS = "mentors"
    STUDENTS = "students"


class ParticipantRole(StrEnum):
    """The part a person plays in a document."""

    STUDENT = "student"
    MENTOR = "mentor"
    SPEAKER = "speaker"  # named in a transcript, not known as student or mentor


class Participant(msgspec.Struct, frozen=True):
    """A person who takes part in a document."""

    id: PersonId
    name: str
    role: ParticipantRole


class Submission(msgspec.Struct, frozen=True):
    """Bytes received for ingestion, and what the sender said about them.

    ``None`` means "not said": the extractor may then find a better value in the bytes, and a
    default applies last.
    """

    document_id: DocumentId
    revision: Revision
    source: str
    """Where the document lives: ``file:///...``, ``exchange:ex-2031``, ``sha256:...`` or the
    sender's own id."""
    original: BlobKey
    filename: str
    """Base name only, cleaned of path separators and control characters."""
    size_bytes: int
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    uploaded_by: PersonId | None = None
    media: BlobKey | None = None
    """Recording that an exchange JSON points to, when it came along; several are one blob, see
    ``indexer.recordings``."""
    created_at: datetime | None = None
    """When it took place, where the sender says so."""
    anonymised: bool = False
    """Whether the sender, never a student, says that nobody in it is to be recognised: an exchange
    is then seen as it is, without a copy made for students."""
    url: str | None = None
    """Where the bytes are still to be fetched from; until then ``original`` and ``revision`` stand
    for the order."""
    start: Stage = Stage.EXTRACT
    """First stage that works anew; of those before, the published document has the results."""


class ThumbnailGrid(msgspec.Struct, frozen=True):
    """How the thumbnails of a video lie on their sheet: row by row, all of one size."""

    step_ms: int
    """The first shows the video at 0, the next one step later."""
    count: int
    n_columns: int
    width_px: int
    height_px: int


class MediaFiles(msgspec.Struct, frozen=True):
    """Derived files shown to a reader; each is a blob, ``None`` where it makes no sense."""

    playable: BlobKey | None = None
    """Faststart MP4 (H.264/AAC), or audio that browsers play: served with HTTP ranges."""
    playable_type: str | None = None
    """MIME type of ``playable``."""
    poster: BlobKey | None = None
    """JPEG of a frame of the video."""
    pages: tuple[BlobKey, ...] = ()
    """WebP pictures of a PDF's pages, first page first."""
    thumbnails: BlobKey | None = None
    """JPEG sheet of small pictures of the video, for its timeline."""
    thumbnail_grid: ThumbnailGrid | None = None
    """``None`` where there is no sheet."""
    masked: BlobKey | None = None
    """The recording with its hidden minutes silent and black: for who may not have them."""
    masked_type: str | None = None
    """MIME type of ``masked``."""
    masked_as: str | None = None
    """What ``masked`` was made of and for: see ``schemas.hiding.mask_of``. Said without a
    ``masked`` where that could not be made."""


class Document(msgspec.Struct, frozen=True):
    """A published document as the catalog knows it, without its passages."""

    id: DocumentId
    source: str
    revision: Revision
    kind: DocumentKind
    media_kind: MediaKind
    title: str
    language: str
    """ISO 639-1 code of most of the text."""
    visibility: Visibility
    filename: str
    original: BlobKey
    media: MediaFiles
    content: BlobKey
    """Blob of the ``Content`` (transcript or body) as msgspec JSON."""
    participants: tuple[Participant, ...]
    created_at: datetime
    """When the exchange took place or the file was received: what date filters read."""
    published_at: datetime
    duration_ms: int | None = None
    n_pages: int | None = None
    n_passages: int = 0
    hidden: tuple[HiddenPlace, ...] = ()
    """What only some of those who may see the document may see."""
