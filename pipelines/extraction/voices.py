"""One recording of each participant of a call: merged by time, mixed for playing."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from indexer.recordings import Recording
from pipelines.extraction.channels import is_same_sound, wav_levels
from pipelines.extraction.chapters import find_chapters
from pipelines.extraction.convert import SAMPLE_RATE, to_mix
from pipelines.extraction.recording import SOUND_DONE, SPEECH_DONE, part_of
from pipelines.extraction.sound import (
    check_duration,
    decode,
    hole_warnings,
    require_sound,
    require_speech,
)
from pipelines.ports import ExtractionDeps
from schemas.content import Extraction, Speaker
from schemas.document import MediaFiles, MediaKind
from schemas.errors import LimitExceededError

_PER_MS: Final = SAMPLE_RATE // 1000
_SAMPLE_BYTES: Final = 2
_WAV_LIMIT_BYTES: Final = 2**32 - 1024  # its sizes are 32-bit numbers
_READ_FRAMES: Final = 60 * SAMPLE_RATE  # memory does not grow with the recordings


class Voice(NamedTuple):
    """The recording of one participant."""

    recording: Recording
    speaker: Speaker | None
    """``None`` for somebody whom nobody introduces."""
    offset_ms: int
    """How long after the start of the call it begins."""


class _Track(NamedTuple):
    voice: Voice
    wav: Path
    """One channel, decoded."""
    length_ms: int


def transcribe_voices(
    voices: Sequence[Voice], unknown: Sequence[Speaker], deps: ExtractionDeps
) -> Extraction:
    """Return what the participants say, in order of time, with a mix of all for playing.

    What one microphone takes up of the others is left to the others. Recordings of the same
    sound are heard once, as somebody unknown, and a warning says so.

    Args:
        voices: At least one.
        unknown: Stands in for each voice that nobody introduces; as many as there are voices.
        deps: Limits, blob store, transcriber and progress.

    Raises:
        DamagedFileError: If one of them cannot be read to its end.
        UnsupportedFormatError: If ffmpeg does not know the codec of its sound.
        NoSoundError: If one has no sound track, or nobody speaks in any.
        LimitExceededError: If all of them together are longer than the settings, or one file of
            sound, allow.
    """
    with tempfile.TemporaryDirectory(prefix="cordee-voices-") as folder_name:
        folder = Path(folder_name)
        decoded = [_decoded(v, folder / f"{n}.wav", deps) for n, v in enumerate(voices)]
        tracks, warnings = _without_copies(decoded)
        length_ms = max(track.voice.offset_ms + track.length_ms for track in tracks)
        filename = ", ".join(track.voice.recording.name for track in tracks)
        check_duration(length_ms, filename, deps)
        wav = folder / "speech.wav"
        interleave([(track.wav, track.voice.offset_ms) for track in tracks], wav, filename)
        deps.progress(SOUND_DONE)
        transcript = deps.transcriber.transcribe(
            wav,
            speakers=_speakers(tracks, unknown),
            progress=part_of(deps.progress, SOUND_DONE, SPEECH_DONE),
        )
        require_speech(transcript, filename, length_ms)
        media = _mix(tracks, folder, length_ms=length_ms, deps=deps)
    mended = deps.mend(transcript)
    return Extraction(
        media_kind=MediaKind.AUDIO,
        content=msgspec.structs.replace(mended, chapters=find_chapters(mended, length_ms)),
        media=media,
        duration_ms=length_ms,
        warnings=(*warnings, *hole_warnings(transcript)),
    )


def interleave(tracks: Sequence[tuple[Path, int]], target: Path, filename: str) -> None:
    """Write WAVs of one channel, each from its offset in milliseconds on, as channels of one WAV.

    Raises:
        LimitExceededError: If they do not fit into one WAV.
    """
    with ExitStack() as open_files:
        sounds = [open_files.enter_context(wave.open(str(wav), "rb")) for wav, _ in tracks]
        starts = [offset_ms * _PER_MS for _, offset_ms in tracks]
        n_frames = max(s.getnframes() + at for s, at in zip(sounds, starts, strict=True))
        if n_frames * len(sounds) * _SAMPLE_BYTES > _WAV_LIMIT_BYTES:
            raise LimitExceededError(f"{filename}: too many recordings of this length together.")
        joined = open_files.enter_context(wave.open(str(target), "wb"))
        joined.setparams((len(sounds), _SAMPLE_BYTES, SAMPLE_RATE, n_frames, "NONE", ""))
        for at in range(0, n_frames, _READ_FRAMES):
            block = np.zeros((min(_READ_FRAMES, n_frames - at), len(sounds)), "<i2")
            for n, (sound, start) in enumerate(zip(sounds, starts, strict=True)):
                _fill(block[max(0, start - at) :, n], sound)
            joined.writeframesraw(block.tobytes())


def _fill(place: np.ndarray, sound: wave.Wave_read) -> None:
    """Put the next samples there, as many as there are."""
    samples = np.frombuffer(sound.readframes(len(place)), "<i2")
    place[: len(samples)] = samples


def _decoded(voice: Voice, wav: Path, deps: ExtractionDeps) -> _Track:
    path, name = voice.recording.path, voice.recording.name
    found = require_sound(path, name, deps)
    return _Track(voice, wav, decode(path, wav, name, probe=found, n_channels=1, deps=deps))


def _without_copies(tracks: Sequence[_Track]) -> tuple[list[_Track], tuple[str, ...]]:
    """Keep one of the recordings that carry the same sound, of nobody in particular."""
    levels = [wav_levels(track.wav) for track in tracks]
    kept: dict[int, _Track] = {}
    warnings = []
    for n, track in enumerate(tracks):
        twin = next((k for k in kept if is_same_sound(levels[k], levels[n])), None)
        if twin is None:
            kept[n] = track
            continue
        first, second = kept[twin].voice.recording.name, track.voice.recording.name
        if kept[twin].voice.speaker == track.voice.speaker:
            continue  # sent twice: nothing is unclear
        kept[twin] = kept[twin]._replace(voice=kept[twin].voice._replace(speaker=None))
        warnings.append(
            f"The recordings {first!r} and {second!r} carry the same sound: speakers could not be "
            "told apart by file."
        )
    return list(kept.values()), tuple(warnings)


def _speakers(tracks: Sequence[_Track], unknown: Sequence[Speaker]) -> list[Speaker]:
    if len(tracks) == 1:
        return [track.voice.speaker for track in tracks if track.voice.speaker]
    return [track.voice.speaker or unknown[n] for n, track in enumerate(tracks)]


def _mix(
    tracks: Sequence[_Track], folder: Path, *, length_ms: int, deps: ExtractionDeps
) -> MediaFiles:
    report = part_of(deps.progress, SPEECH_DONE, 1.0)
    sources = [(track.voice.recording.path, track.voice.offset_ms) for track in tracks]
    playable = to_mix(sources, folder, on_time=lambda ms: report(ms / max(1, length_ms)))
    deps.progress(1.0)
    return MediaFiles(playable=deps.blobs.put(playable.path), playable_type=playable.mime_type)
