"""A recording to its Extraction: limits, sound, speech, and what a browser plays."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from pipelines.extraction.blocks import title_from_filename
from pipelines.extraction.channels import Channels, channels_of
from pipelines.extraction.chapters import find_chapters
from pipelines.extraction.convert import SAMPLE_RATE, to_playable, to_poster, to_speech_wav
from pipelines.extraction.exchange import Exchange, Thread
from pipelines.extraction.media import Probe, probe
from pipelines.ports import ExtractionDeps, Progress
from schemas.content import Extraction, Speaker, Transcript
from schemas.document import DocumentKind, MediaFiles, MediaKind, Submission
from schemas.errors import (
    DamagedFileError,
    LimitExceededError,
    NoSoundError,
    NoTextError,
    UnsupportedFormatError,
)
from schemas.ids import PersonId

_SPEECH_DONE: Final = 0.8  # share of the stage after which only the playable copy is left to make
_SOUND_DONE: Final = 0.05
_STEREO: Final = 2
_MISSING_SHARE: Final = 0.05
_MISSING_MS: Final = 2_000
_MAX_HOLE_WARNINGS: Final = 5
_NO_PICTURE: Final = (
    "The picture of this video is in a form (codec) that cannot be read: only its sound was kept "
    "for playing."
)
_NOT_TOLD_APART: Final = {
    Channels.SINGLE: "The recording has one channel",
    Channels.SAME: "Both channels carry the same sound",
    Channels.SILENT: "One of the two channels is silent",
    Channels.MIXED: "The channels of the recording are one mix of all voices",
}


class _Sound(NamedTuple):
    """The sound of a recording as the recogniser takes it."""

    wav: Path
    length_ms: int
    channels: Channels


def extract_recording(submission: Submission, path: Path, deps: ExtractionDeps) -> Extraction:
    """Return the transcript of an audio or video file, with its playable copy and poster.

    An exchange whose voices cannot be told apart says so in a warning; a course need not.

    Raises:
        DamagedFileError: If it cannot be read to its end.
        UnsupportedFormatError: If ffmpeg does not know the codec of its sound.
        NoSoundError: If there is no sound track, or nobody speaks.
        LimitExceededError: If it is longer than the settings allow.
    """
    voices = _unknown_voices(submission)
    found, channels = _extract(path, submission.filename, voices, deps)
    if submission.kind is not DocumentKind.EXCHANGE:
        return found
    return msgspec.structs.replace(found, warnings=(*voice_warnings(channels), *found.warnings))


def transcribe_call(
    exchange: Exchange | Thread, written: Extraction, submission: Submission, deps: ExtractionDeps
) -> Extraction:
    """Return the exchange with the transcript of its recording after its messages.

    With one speaker per channel, the student is on the left and the mentor on the right: the
    order in which the exchange names them.

    Raises:
        NoTextError: If there are no messages and the recording that is named did not come along.
        DamagedFileError: See ``extract_recording``, as for ``NoSoundError`` and
            ``LimitExceededError``.
    """
    if submission.media is None:
        return _without_recording(exchange, written, submission.filename)
    speakers = [Speaker(id=p.id, name=p.name) for p in exchange.participants]
    name = exchange.media or submission.filename
    with deps.blobs.local_path(submission.media) as path:
        call, channels = _extract(path, Path(name).name, speakers, deps)
    return msgspec.structs.replace(
        written,
        media_kind=call.media_kind,
        content=_after_messages(written, call, speakers),
        media=call.media,
        duration_ms=call.duration_ms,
        warnings=(*written.warnings, *voice_warnings(channels), *call.warnings),
    )


def voice_warnings(channels: Channels) -> tuple[str, ...]:
    """Return why the voices of a call are one, as a warning; nothing where they are apart."""
    why = _NOT_TOLD_APART.get(channels)
    return (f"{why}: speakers could not be told apart by channel.",) if why else ()


def _without_recording(
    exchange: Exchange | Thread, written: Extraction, filename: str
) -> Extraction:
    if not exchange.media:
        return written
    missing = f"The recording {exchange.media!r} that “{filename}” names did not come along."
    if not any(m.text.strip() for m in exchange.messages):
        raise NoTextError(f"{missing} Without it the exchange holds no text.")
    return msgspec.structs.replace(written, warnings=(*written.warnings, missing))


def _after_messages(
    written: Extraction, call: Extraction, speakers: Sequence[Speaker]
) -> Transcript:
    if not isinstance(written.content, Transcript) or not isinstance(call.content, Transcript):
        raise TypeError("exchanges and calls are transcripts")
    messages = written.content.utterances
    spoken = (
        msgspec.structs.replace(u, ordinal=u.ordinal + len(messages))
        for u in call.content.utterances
    )
    return Transcript(
        utterances=(*messages, *spoken),
        speakers=tuple(speakers),
        holes=call.content.holes,
        chapters=call.content.chapters,
    )


def _unknown_voices(submission: Submission) -> list[Speaker]:
    """Name the two sides of a call that nobody introduced; ids do not meet between documents."""
    own = submission.document_id
    return [
        Speaker(id=PersonId(f"voice:{own}:left"), name="Voix gauche"),
        Speaker(id=PersonId(f"voice:{own}:right"), name="Voix droite"),
    ]


def _extract(
    path: Path, filename: str, voices: Sequence[Speaker], deps: ExtractionDeps
) -> tuple[Extraction, Channels]:
    found = probe(path)
    if isinstance(found, str):
        raise DamagedFileError(f"“{filename}” cannot be read as video or sound: {found}.")
    if "audio" in found.unread:
        raise UnsupportedFormatError(
            f"The sound of “{filename}” is in a form (codec) that cannot be read: send it as MP4, "
            "MP3 or WAV."
        )
    if found.audio_codec is None:
        raise NoSoundError(f"“{filename}” has no sound track: there is nothing to transcribe.")
    _check_duration(found.duration_ms or 0, filename, deps)
    with tempfile.TemporaryDirectory(prefix="cordee-media-") as folder_name:
        folder = Path(folder_name)
        sound = _speech_wav(path, folder, filename, probe=found, deps=deps)
        deps.progress(_SOUND_DONE)
        transcript = deps.transcriber.transcribe(
            sound.wav, speakers=voices, progress=_part(deps.progress, _SOUND_DONE, _SPEECH_DONE)
        )
        sound.wav.unlink()
        if not transcript.utterances:
            length = timedelta(seconds=sound.length_ms // 1000)
            raise NoSoundError(f"No speech was found in “{filename}” ({length} long).")
        duration_ms = found.duration_ms or sound.length_ms
        media, warnings = _media_files(
            path, folder, filename, probe=found, duration_ms=duration_ms, deps=deps
        )
    extraction = Extraction(
        media_kind=MediaKind.VIDEO if found.has_video else MediaKind.AUDIO,
        content=_with_chapters(deps.mend(transcript), found, duration_ms),
        title=found.title or title_from_filename(filename),
        media=media,
        duration_ms=duration_ms,
        warnings=(*_hole_warnings(transcript), *warnings),
    )
    return extraction, sound.channels


def _with_chapters(transcript: Transcript, probe: Probe, duration_ms: int) -> Transcript:
    """Add the chapters that the file names, else those that are found in what is said."""
    chapters = probe.chapters or find_chapters(transcript, duration_ms)
    return msgspec.structs.replace(transcript, chapters=chapters)


def _check_duration(duration_ms: int, filename: str, deps: ExtractionDeps) -> None:
    if duration_ms > deps.settings.max_duration_s * 1000:
        raise LimitExceededError(
            f"“{filename}” lasts {duration_ms / 3_600_000:.1f} hours; the limit is "
            f"{deps.settings.max_duration_s / 3600:.1f} hours."
        )


def _speech_wav(
    path: Path, folder: Path, filename: str, *, probe: Probe, deps: ExtractionDeps
) -> _Sound:
    """Decode the sound to its end; two channels only where each has a voice of its own."""
    wav = folder / "speech.wav"
    limit_s = deps.settings.max_duration_s + 1  # what is longer than it says is caught below
    n_channels = min(_STEREO, probe.n_channels) or 1
    to_speech_wav(path, wav, filename, n_channels=n_channels, limit_s=limit_s)
    heard_ms = _wav_ms(wav)
    _check_duration(heard_ms, filename, deps)
    _check_complete(probe, heard_ms, filename)
    channels = channels_of(wav) if n_channels == _STEREO else Channels.SINGLE
    if channels in {Channels.APART, Channels.SINGLE}:
        return _Sound(wav, heard_ms, channels)
    mono = folder / "mono.wav"
    to_speech_wav(wav, mono, filename, n_channels=1, limit_s=limit_s)
    wav.unlink()
    return _Sound(mono, heard_ms, channels)


def _check_complete(probe: Probe, heard_ms: int, filename: str) -> None:
    """Refuse a file cut short: its index promises more sound than there is."""
    promised = probe.sound_ms or 0
    missing = promised - heard_ms
    if heard_ms == 0 or (missing > _MISSING_MS and missing > promised * _MISSING_SHARE):
        raise DamagedFileError(
            f"“{filename}” is cut short: its sound breaks off after {heard_ms / 1000:.0f} s "
            f"of {promised / 1000:.0f} s."
        )


def _wav_ms(wav: Path) -> int:
    with wave.open(str(wav), "rb") as sound:
        return sound.getnframes() * 1000 // SAMPLE_RATE


def _media_files(
    path: Path,
    folder: Path,
    filename: str,
    *,
    probe: Probe,
    duration_ms: int,
    deps: ExtractionDeps,
) -> tuple[MediaFiles, tuple[str, ...]]:
    report = _part(deps.progress, _SPEECH_DONE, 1.0)
    playable = to_playable(
        path, folder, filename, probe=probe, on_time=lambda ms: report(ms / max(1, duration_ms))
    )
    media = MediaFiles(playable=deps.blobs.put(playable.path), playable_type=playable.mime_type)
    deps.progress(1.0)
    if "video" in probe.unread:
        return media, (_NO_PICTURE,)
    if not probe.has_video:
        return media, ()
    try:
        poster = to_poster(path, folder, filename, duration_ms=duration_ms)
    except DamagedFileError as exc:
        return media, (f"No poster could be made: {exc}",)
    return msgspec.structs.replace(media, poster=deps.blobs.put(poster)), ()


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + (end - start) * min(1.0, max(0.0, share)))


def _hole_warnings(transcript: Transcript) -> tuple[str, ...]:
    return tuple(
        f"Speech was heard from {h.start_ms / 1000:.0f} s to {h.end_ms / 1000:.0f} s and next to "
        "no words were recognised: have a look at the transcript."
        for h in transcript.holes[:_MAX_HOLE_WARNINGS]
    )
