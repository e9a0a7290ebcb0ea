"""The recordings of an exchange, one of both or one of each participant, after its messages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from indexer.recordings import Recording, unpack
from pipelines.extraction.exchange import Exchange, Thread, VoiceFile
from pipelines.extraction.recording import N_MIXED, transcribe_recording, unknown_voices
from pipelines.extraction.sound import voice_warnings
from pipelines.extraction.voices import Voice, transcribe_voices
from pipelines.ports import ExtractionDeps
from schemas.content import Extraction, Speaker, Transcript
from schemas.document import Submission
from schemas.errors import NoTextError
from schemas.ids import PersonId


def transcribe_call(
    exchange: Exchange | Thread, written: Extraction, submission: Submission, deps: ExtractionDeps
) -> Extraction:
    """Return the exchange with the transcript of its recordings after its messages.

    Of one recording with one speaker per channel, the student is on the left and the mentor on
    the right: the order in which the exchange names them. Of one recording of each participant,
    the exchange says whose is whose.

    Raises:
        NoTextError: If there are no messages and the recordings that are named did not come along.
        DamagedFileError: See ``extract_recording``, as for ``UnsupportedFormatError``,
            ``NoSoundError`` and ``LimitExceededError``.
    """
    names = _names(exchange)
    if submission.media is None:
        return _without_recordings(written, _missing(names, submission.filename))
    with (
        deps.blobs.local_path(submission.media) as path,
        tempfile.TemporaryDirectory(prefix="cordee-call-") as folder,
    ):
        sent = unpack(path, Path(folder))
        if not sent:
            return _of_one(exchange, written, submission, path=path, deps=deps)
        return _of_several(exchange, written, submission, sent=sent, deps=deps)


def _of_one(
    exchange: Exchange | Thread,
    written: Extraction,
    submission: Submission,
    *,
    path: Path,
    deps: ExtractionDeps,
) -> Extraction:
    """Take the one recording that came along, whatever it is called."""
    names = _names(exchange)
    if isinstance(exchange.media, tuple) and len(names) == 1:
        sent = (Recording(path, names[0]),)
        return _of_several(exchange, written, submission, sent=sent, deps=deps)
    filename = Path(names[0] if names else submission.filename).name
    is_some_voice = len(names) > 1
    speakers = () if is_some_voice else _speakers(exchange)
    mixed = () if is_some_voice else unknown_voices(submission.document_id, N_MIXED)
    call, channels = transcribe_recording(path, filename, speakers, deps, mixed=mixed)
    nameless = (
        f"One recording of the {len(names)} that “{submission.filename}” names came along: "
        "speakers could not be told apart by file."
    )
    warnings = (nameless,) if is_some_voice else voice_warnings(channels, call.content)
    return _joined(written, call, _speakers(exchange), warnings)


def _of_several(
    exchange: Exchange | Thread,
    written: Extraction,
    submission: Submission,
    *,
    sent: Sequence[Recording],
    deps: ExtractionDeps,
) -> Extraction:
    """Take those of the recordings that the exchange names."""
    found = {name: each for name in _names(exchange) if (each := _called(name, sent))}
    warnings = (
        *_missing([name for name in _names(exchange) if name not in found], submission.filename),
        *_unnamed([each.name for each in sent if each not in found.values()], submission.filename),
    )
    if not found:
        return _without_recordings(written, warnings)
    if isinstance(exchange.media, tuple):
        unknown = unknown_voices(submission.document_id, len(exchange.media))
        voices = _voices(exchange.media, found, {s.id: s for s in _speakers(exchange)})
        call = transcribe_voices(voices, unknown, deps)
        return _joined(written, call, _speakers(exchange), warnings)
    (one,) = found.values()
    mixed = unknown_voices(submission.document_id, N_MIXED)
    call, channels = transcribe_recording(
        one.path, one.name, _speakers(exchange), deps, mixed=mixed
    )
    warnings = (*warnings, *voice_warnings(channels, call.content))
    return _joined(written, call, _speakers(exchange), warnings)


def _voices(
    files: Iterable[VoiceFile],
    found: dict[str, Recording],
    people: dict[PersonId, Speaker],
) -> list[Voice]:
    return [
        Voice(
            recording=found[each.file],
            speaker=people[PersonId(each.participant)] if each.participant else None,
            offset_ms=each.offset_ms,
        )
        for each in files
        if each.file in found
    ]


def _names(exchange: Exchange | Thread) -> tuple[str, ...]:
    match exchange.media:
        case None | "":
            return ()
        case str(name):
            return (name,)
        case files:
            return tuple(each.file for each in files)


def _called(name: str, sent: Sequence[Recording]) -> Recording | None:
    """Return the recording of that path, else the only one of that base name: uploads have it."""
    exact = [each for each in sent if each.name == name]
    base = [each for each in sent if _base_name(each.name) == _base_name(name)]
    return exact[0] if exact else base[0] if len(base) == 1 else None


def _base_name(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _speakers(exchange: Exchange | Thread) -> tuple[Speaker, ...]:
    return tuple(Speaker(id=p.id, name=p.name) for p in exchange.participants)


def _missing(names: Iterable[str], filename: str) -> tuple[str, ...]:
    return tuple(
        f"The recording {name!r} that “{filename}” names did not come along." for name in names
    )


def _unnamed(names: Iterable[str], filename: str) -> tuple[str, ...]:
    return tuple(
        f"The recording {name!r} came along and “{filename}” does not name it: it was left out."
        for name in names
    )


def _without_recordings(written: Extraction, warnings: Sequence[str]) -> Extraction:
    messages = _transcript(written).utterances
    if not any(u.text.strip() for u in messages):
        raise NoTextError(f"{' '.join(warnings)} Without it the exchange holds no text.")
    return msgspec.structs.replace(written, warnings=(*written.warnings, *warnings))


def _joined(
    written: Extraction, call: Extraction, speakers: Sequence[Speaker], warnings: Sequence[str]
) -> Extraction:
    spoken = _transcript(call)
    messages = _transcript(written).utterances
    turns = (
        msgspec.structs.replace(u, ordinal=u.ordinal + len(messages)) for u in spoken.utterances
    )
    content = Transcript(
        utterances=(*messages, *turns),
        speakers=tuple(dict.fromkeys((*speakers, *spoken.speakers))),
        holes=spoken.holes,
        chapters=spoken.chapters,
        slides=spoken.slides,
    )
    return msgspec.structs.replace(
        written,
        media_kind=call.media_kind,
        content=content,
        media=call.media,
        duration_ms=call.duration_ms,
        warnings=(*written.warnings, *warnings, *call.warnings),
    )


def _transcript(extraction: Extraction) -> Transcript:
    if not isinstance(extraction.content, Transcript):
        raise TypeError("exchanges and calls are transcripts")
    return extraction.content
