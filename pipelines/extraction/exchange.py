"""Exchange JSON: written conversations of a student with a mentor, calls, and forum threads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from indexer.recordings import MAX_RECORDINGS
from schemas.content import Speaker, Transcript, Utterance
from schemas.document import DocumentKind, Participant, ParticipantRole, Visibility
from schemas.errors import DamagedFileError, InvalidExchangeError, NoTextError
from schemas.ids import PersonId

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment that says in which time zone: others cannot be put in order."""
_DAY_MS: Final = 86_400_000
_SPACES: Final = re.compile(r"[^\S\n\u00a0\u202f]+")


class Channel(StrEnum):
    """How the two talked."""

    MESSAGE = "message"
    CALL = "call"


class Person(msgspec.Struct, frozen=True):
    """One end of an exchange."""

    id: _Id
    name: Annotated[str, msgspec.Meta(min_length=1)]


class Author(msgspec.Struct, frozen=True):
    """Somebody who wrote in a thread."""

    id: _Id
    name: Annotated[str, msgspec.Meta(min_length=1)]
    role: ParticipantRole = ParticipantRole.STUDENT


class Message(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """One written message."""

    sender: _Id
    at: Instant
    text: str
    id: _Id | None = None


class VoiceFile(msgspec.Struct, frozen=True):
    """The recording of one participant of a call, made where they were."""

    file: Annotated[str, msgspec.Meta(min_length=1)]
    """Path of the recording, relative to the JSON file."""
    participant: _Id | None = None
    """Id of the student or the mentor; ``None`` for a voice that nobody introduces."""
    offset_ms: Annotated[int, msgspec.Meta(ge=0, le=_DAY_MS)] = 0
    """How long after the first one it begins."""


_VoiceFiles = Annotated[tuple[VoiceFile, ...], msgspec.Meta(max_length=MAX_RECORDINGS)]


class Exchange(msgspec.Struct, frozen=True, tag_field="kind", tag="exchange"):
    """A student and a mentor. With a two-channel recording the student is on the left."""

    id: _Id
    title: str
    student: Person
    mentor: Person
    messages: tuple[Message, ...] = ()
    channel: Channel = Channel.MESSAGE
    started_at: Instant | None = None
    media: (
        str | Annotated[tuple[VoiceFile, ...], msgspec.Meta(max_length=MAX_RECORDINGS)] | None
    ) = None
    """One recording of both, or one of each participant."""
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None
    anonymised: bool = False
    """The school says that students may read it as it is: it has no names, or invented ones."""

    @property
    def participants(self) -> tuple[Participant, ...]:
        """The student, then the mentor: the order of the channels of a call."""
        return (
            Participant(PersonId(self.student.id), self.student.name, ParticipantRole.STUDENT),
            Participant(PersonId(self.mentor.id), self.mentor.name, ParticipantRole.MENTOR),
        )


class Thread(msgspec.Struct, frozen=True, tag_field="kind", tag="thread"):
    """A forum thread: any number of authors, in any roles."""

    id: _Id
    title: str
    authors: Annotated[tuple[Author, ...], msgspec.Meta(min_length=1)]
    messages: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    started_at: Instant | None = None
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None
    anonymised: bool = False
    media: None = None

    @property
    def participants(self) -> tuple[Participant, ...]:
        """The authors in the order given."""
        return tuple(Participant(PersonId(a.id), a.name, a.role) for a in self.authors)


_DECODER: Final = msgspec.json.Decoder(Exchange | Thread)


def read_exchange(text: str, filename: str) -> Exchange | Thread:
    """Decode and check an exchange or a thread.

    Unknown fields are ignored, so that a school may send its own beside ours.

    Raises:
        DamagedFileError: If this is not JSON; says where it breaks.
        InvalidExchangeError: If a field is missing or wrong (named with its path), two messages
            or people share an id, or a message or a recording is from somebody who takes no part.
        NoTextError: If there is neither text nor a recording.
    """
    exchange: Exchange | Thread
    try:
        exchange = _DECODER.decode(text)
    except msgspec.ValidationError as exc:
        raise InvalidExchangeError(f"“{filename}” is not a valid exchange: {exc}.") from exc
    except msgspec.DecodeError as exc:
        raise DamagedFileError(f"“{filename}” is not valid JSON: {exc}.") from exc
    _check_people(exchange, filename)
    _check_messages(exchange, filename)
    _check_voices(exchange, filename)
    if not exchange.media and not any(m.text.strip() for m in exchange.messages):
        raise NoTextError(f"“{filename}” holds no message with any text, and names no recording.")
    return exchange


def exchange_to_transcript(exchange: Exchange | Thread) -> Transcript:
    """Return one utterance per message, in order of time; blank messages keep their number."""
    ordered = sorted(exchange.messages, key=lambda m: m.at)
    return Transcript(
        utterances=tuple(
            Utterance(
                ordinal=n,
                text=_clean_message(m.text),
                speaker_id=PersonId(m.sender),
                sent_at=m.at,
            )
            for n, m in enumerate(ordered)
        ),
        speakers=tuple(Speaker(id=p.id, name=p.name) for p in exchange.participants),
    )


def started_at(exchange: Exchange | Thread) -> datetime | None:
    """Return when it began: as declared, else the first message."""
    return exchange.started_at or min((m.at for m in exchange.messages), default=None)


def kind_of(exchange: Exchange | Thread) -> DocumentKind:
    """Return what this is to the school."""
    return DocumentKind.EXCHANGE if isinstance(exchange, Exchange) else DocumentKind.THREAD


def _clean_message(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _check_people(exchange: Exchange | Thread, filename: str) -> None:
    if twice := _repeated([p.id for p in exchange.participants]):
        raise InvalidExchangeError(
            f"“{filename}” is not a valid exchange: two people have the id {twice[0]!r}."
        )


def _check_messages(exchange: Exchange | Thread, filename: str) -> None:
    known = {str(p.id) for p in exchange.participants}
    for n, message in enumerate(exchange.messages):
        if message.sender not in known:
            raise InvalidExchangeError(
                f"“{filename}” is not a valid exchange: unknown person {message.sender!r} - at "
                f"`$.messages[{n}].from`. Known: {', '.join(sorted(known))}."
            )
    if twice := _repeated([m.id for m in exchange.messages if m.id is not None]):
        places = [f"`$.messages[{n}]`" for n, m in enumerate(exchange.messages) if m.id == twice[0]]
        raise InvalidExchangeError(
            f"“{filename}” is not a valid exchange: the message id {twice[0]!r} is used by "
            f"{' and '.join(places)}."
        )


def _check_voices(exchange: Exchange | Thread, filename: str) -> None:
    voices = exchange.media if isinstance(exchange.media, tuple) else ()
    known = {str(p.id) for p in exchange.participants}
    for n, voice in enumerate(voices):
        if voice.participant is not None and voice.participant not in known:
            raise InvalidExchangeError(
                f"“{filename}” is not a valid exchange: unknown person {voice.participant!r} - at "
                f"`$.media[{n}].participant`. Known: {', '.join(sorted(known))}."
            )
    if twice := _repeated([voice.file for voice in voices]):
        raise InvalidExchangeError(
            f"“{filename}” is not a valid exchange: `$.media` names {twice[0]!r} twice."
        )


def _repeated(ids: Sequence[str]) -> list[str]:
    return [i for i, n in Counter(ids).items() if n > 1]
