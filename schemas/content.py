"""What extraction makes of a document's bytes: a Transcript of turns or a Body of blocks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from schemas.document import DocumentKind, MediaFiles, MediaKind, Participant, Visibility
from schemas.ids import PersonId
from schemas.span import TimeSpan


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """One spoken word with its place in the recording."""

    text: str
    start_ms: int
    end_ms: int
    probability: float
    """The recogniser's own belief, 0 to 1."""
    heard: str | None = None
    """What was recognised, one word or several, where the glossary replaced it."""


class Speaker(msgspec.Struct, frozen=True):
    """Who speaks in a transcript; a ``Participant`` when the person is known."""

    id: PersonId
    name: str


class UtteranceFlag(StrEnum):
    """Why an utterance is doubtful. Flagged text is kept and shown, and not made into passages."""

    LOW_CONFIDENCE = "low-confidence"
    COMPRESSION = "compression"
    NO_WORDS = "no-words"
    REPETITION = "repetition"


class Utterance(msgspec.Struct, frozen=True):
    """One uninterrupted turn of speech, or one message."""

    ordinal: int
    """Position in the transcript, from 0."""
    text: str
    speaker_id: PersonId | None = None
    span: TimeSpan | None = None
    """Place in the recording; ``None`` for written messages."""
    sent_at: datetime | None = None
    """When a written message was sent; ``None`` for speech."""
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    """Mean word probability, 0 to 1; ``None`` for text that no machine recognised."""
    flags: tuple[UtteranceFlag, ...] = ()
    heard_speaker_id: PersonId | UnsetType | None = UNSET
    """Who was recognised, where people said who speaks; unset while ``speaker_id`` is that."""

    @property
    def heard_speaker(self) -> PersonId | None:
        """Who was recognised, whatever people said since; ``None`` for nobody known."""
        return self.speaker_id if self.heard_speaker_id is UNSET else self.heard_speaker_id

    @property
    def heard(self) -> str | None:
        """The whole text as it was recognised; ``None`` where the glossary replaced nothing."""
        if all(word.heard is None for word in self.words):
            return None
        return " ".join(word.text if word.heard is None else word.heard for word in self.words)


class Chapter(msgspec.Struct, frozen=True):
    """A named part of a recording."""

    title: str
    span: TimeSpan


class Slide(msgspec.Struct, frozen=True):
    """What can be read on the screen of a video while its picture stands still."""

    text: str
    """One line per line of the picture."""
    span: TimeSpan


class Transcript(msgspec.Struct, frozen=True, tag="transcript"):
    """Turns in order of time, with their speakers."""

    utterances: tuple[Utterance, ...]
    speakers: tuple[Speaker, ...] = ()
    holes: tuple[TimeSpan, ...] = ()
    """Stretches where speech was detected and next to no words came out: to be looked at."""
    chapters: tuple[Chapter, ...] = ()
    """In order of time: those that the recording names, else those found in what is said."""
    slides: tuple[Slide, ...] = ()
    """In order of time, each text once."""
    heard_speakers: tuple[Speaker, ...] | UnsetType = UNSET
    """Those recognised, where people said who speaks; unset while ``speakers`` are these."""

    @property
    def recognised(self) -> tuple[Speaker, ...]:
        """The speakers as they were recognised, whatever people said since."""
        return self.speakers if self.heard_speakers is UNSET else self.heard_speakers


class BlockRole(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE = "table"


class PageBox(msgspec.Struct, frozen=True):
    """A rectangle on a page, in thousandths of the page's width and height, from its top left."""

    x: int
    y: int
    width: int
    height: int


class Block(msgspec.Struct, frozen=True):
    """One heading, paragraph, list item or table, in reading order."""

    ordinal: int
    """Position in the body, from 0."""
    text: str
    role: BlockRole = BlockRole.PARAGRAPH
    level: int = 0
    """Depth of a heading, from 1; 0 for everything else."""
    page: int | None = None
    """Page of a PDF, from 1; ``None`` for texts without pages."""
    box: PageBox | None = None
    """Where it stands on that page."""


class Body(msgspec.Struct, frozen=True, tag="body"):
    """Blocks in reading order."""

    blocks: tuple[Block, ...]


Content = Transcript | Body


class Extraction(msgspec.Struct, frozen=True):
    """Everything extraction learned from the bytes. ``None`` means "the bytes do not say"."""

    media_kind: MediaKind
    content: Content
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    participants: tuple[Participant, ...] = ()
    created_at: datetime | None = None
    tags: tuple[str, ...] = ()
    anonymised: bool = False
    """Whether the sender says that nothing in it is to be hidden from students."""
    media: MediaFiles = MediaFiles()
    duration_ms: int | None = None
    n_pages: int | None = None
    warnings: tuple[str, ...] = ()
    """What a person should know that stopped nothing: a hole, a time that runs backwards."""
