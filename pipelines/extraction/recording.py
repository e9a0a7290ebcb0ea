"""A recording to its Extraction: speech, and what a browser plays."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from pipelines.extraction.blocks import title_from_filename
from pipelines.extraction.channels import Channels
from pipelines.extraction.chapters import find_chapters
from pipelines.extraction.convert import to_playable, to_poster
from pipelines.extraction.diarising import tell_apart
from pipelines.extraction.media import Probe
from pipelines.extraction.slides import read_slides
from pipelines.extraction.sound import (
    decode_voices,
    hole_warnings,
    require_sound,
    require_speech,
    voice_warnings,
)
from pipelines.extraction.thumbnails import to_thumbnails
from pipelines.ports import ExtractionDeps, Progress
from schemas.content import Extraction, Slide, Speaker, Transcript
from schemas.document import DocumentKind, MediaFiles, MediaKind, Submission
from schemas.errors import DamagedFileError, OcrMissingError
from schemas.ids import DocumentId, PersonId

SOUND_DONE: Final = 0.05
SPEECH_DONE: Final = 0.8
"""Share of the stage after which only the picture and the playable copy are left."""
N_MIXED: Final = 2
"""Voices that are looked for in one mix: a student's and a mentor's."""
_SLIDES_DONE: Final = 0.9
_NO_PICTURE: Final = (
    "The picture of this video is in a form (codec) that cannot be read: only its sound was kept "
    "for playing."
)


class _Recording(NamedTuple):
    """A recording that is at work on."""

    path: Path
    folder: Path
    """For temporary files."""
    filename: str
    """The name to use in messages."""
    found: Probe
    duration_ms: int


def extract_recording(submission: Submission, path: Path, deps: ExtractionDeps) -> Extraction:
    """Return the transcript of an audio or video file, with its playable copy and poster.

    An exchange whose voices cannot be told apart says so in a warning; a course need not.

    Raises:
        DamagedFileError: If it cannot be read to its end.
        UnsupportedFormatError: If ffmpeg does not know the codec of its sound.
        NoSoundError: If there is no sound track, or nobody speaks.
        LimitExceededError: If it is longer than the settings allow.
    """
    own = submission.document_id
    is_call = submission.kind is DocumentKind.EXCHANGE
    mixed = unknown_voices(own, N_MIXED) if is_call else ()
    found, channels = transcribe_recording(
        path, submission.filename, _sides(own), deps, mixed=mixed
    )
    if not is_call:
        return found
    warnings = (*voice_warnings(channels, found.content), *found.warnings)
    return msgspec.structs.replace(found, warnings=warnings)


def transcribe_recording(
    path: Path,
    filename: str,
    voices: Sequence[Speaker],
    deps: ExtractionDeps,
    *,
    mixed: Sequence[Speaker] = (),
) -> tuple[Extraction, Channels]:
    """Return what a recording holds, and how its voices lie in its channels.

    Args:
        path: The recording.
        filename: The name to use in messages.
        voices: Who speaks on the left and on the right, where they are apart.
        deps: Limits, blob store, transcriber and progress.
        mixed: Two who speak where all are in one channel, told by their sound as far as that
            goes; empty where nobody asks.

    Raises:
        PermanentError: See ``extract_recording``.
    """
    found = require_sound(path, filename, deps)
    with tempfile.TemporaryDirectory(prefix="cordee-media-") as folder_name:
        folder = Path(folder_name)
        sound = decode_voices(path, folder, filename, probe=found, deps=deps)
        deps.progress(SOUND_DONE)
        transcript = deps.transcriber.transcribe(
            sound.wav,
            speakers=voices if sound.channels is Channels.APART else (),
            progress=part_of(deps.progress, SOUND_DONE, SPEECH_DONE),
        )
        require_speech(transcript, filename, sound.length_ms)
        if mixed and sound.channels is not Channels.APART:
            transcript = _told_apart(transcript, sound.wav, mixed, deps)
        sound.wav.unlink()
        duration_ms = found.duration_ms or sound.length_ms
        recording = _Recording(path, folder, filename, found, duration_ms)
        slides, unread_slides = _slides(recording, deps)
        media, warnings = _media_files(recording, deps)
    extraction = Extraction(
        media_kind=MediaKind.VIDEO if found.has_video else MediaKind.AUDIO,
        content=msgspec.structs.replace(
            _with_chapters(deps.mend(transcript), found, duration_ms), slides=slides
        ),
        title=found.title or title_from_filename(filename),
        media=media,
        duration_ms=duration_ms,
        warnings=(*hole_warnings(transcript), *unread_slides, *warnings),
    )
    return extraction, sound.channels


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return what reports a part of the work as that part of the whole."""
    return lambda share: progress(start + (end - start) * min(1.0, max(0.0, share)))


def unknown_voices(document_id: DocumentId, n_voices: int) -> list[Speaker]:
    """Number the voices that nobody introduces; ids do not meet between documents."""
    return [
        Speaker(id=PersonId(f"voice:{document_id}:{n}"), name=f"Voix {n}")
        for n in range(1, n_voices + 1)
    ]


def _sides(document_id: DocumentId) -> list[Speaker]:
    """Name the two sides of a call that nobody introduced."""
    return [
        Speaker(id=PersonId(f"voice:{document_id}:left"), name="Voix gauche"),
        Speaker(id=PersonId(f"voice:{document_id}:right"), name="Voix droite"),
    ]


def _told_apart(
    transcript: Transcript, mono: Path, speakers: Sequence[Speaker], deps: ExtractionDeps
) -> Transcript:
    if deps.voice_encoder is None:
        return transcript
    return tell_apart(transcript, mono, deps.voice_encoder, speakers) or transcript


def _with_chapters(transcript: Transcript, probe: Probe, duration_ms: int) -> Transcript:
    """Add the chapters that the file names, else those that are found in what is said."""
    chapters = probe.chapters or find_chapters(transcript, duration_ms)
    return msgspec.structs.replace(transcript, chapters=chapters)


def _slides(
    recording: _Recording, deps: ExtractionDeps
) -> tuple[tuple[Slide, ...], tuple[str, ...]]:
    """Read what stands on the screen; speech is worth publishing without it."""
    path, folder, filename, found, duration_ms = recording
    if "video" in found.unread or not found.has_video:
        return (), ()
    progress = part_of(deps.progress, SPEECH_DONE, _SLIDES_DONE)
    try:
        return read_slides(path, folder, filename, duration_ms=duration_ms, progress=progress), ()
    except (DamagedFileError, OcrMissingError) as exc:
        return (), (f"What stands on the screen was not read: {exc}",)


def _media_files(recording: _Recording, deps: ExtractionDeps) -> tuple[MediaFiles, tuple[str, ...]]:
    path, folder, filename, found, duration_ms = recording
    report = part_of(deps.progress, _SLIDES_DONE, 1.0)
    playable = to_playable(
        path, folder, filename, probe=found, on_time=lambda ms: report(ms / max(1, duration_ms))
    )
    media = MediaFiles(playable=deps.blobs.put(playable.path), playable_type=playable.mime_type)
    deps.progress(1.0)
    if "video" in found.unread:
        return media, (_NO_PICTURE,)
    if not found.has_video:
        return media, ()
    return _with_pictures(media, recording, deps)


def _with_pictures(
    media: MediaFiles, recording: _Recording, deps: ExtractionDeps
) -> tuple[MediaFiles, tuple[str, ...]]:
    """Add the poster and the thumbnails; a recording is worth publishing without them."""
    path, folder, filename, _, duration_ms = recording
    warnings: list[str] = []
    try:
        poster = to_poster(path, folder, filename, duration_ms=duration_ms)
        media = msgspec.structs.replace(media, poster=deps.blobs.put(poster))
    except DamagedFileError as exc:
        warnings.append(f"No poster could be made: {exc}")
    try:
        sheet, grid = to_thumbnails(path, folder, filename, duration_ms=duration_ms)
        media = msgspec.structs.replace(
            media, thumbnails=deps.blobs.put(sheet), thumbnail_grid=grid
        )
    except DamagedFileError as exc:
        warnings.append(f"No thumbnails could be made: {exc}")
    return media, tuple(warnings)
