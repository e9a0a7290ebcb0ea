"""The sound of a recording, decoded to its end as the recogniser takes it."""

from __future__ import annotations

import wave
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from pipelines.extraction.channels import Channels, channels_of
from pipelines.extraction.convert import SAMPLE_RATE, to_speech_wav
from pipelines.extraction.media import Probe, probe
from pipelines.ports import ExtractionDeps
from schemas.content import Body, Transcript
from schemas.errors import (
    DamagedFileError,
    LimitExceededError,
    NoSoundError,
    UnsupportedFormatError,
)

_STEREO: Final = 2
_MISSING_SHARE: Final = 0.05
_MISSING_MS: Final = 2_000
_MAX_HOLE_WARNINGS: Final = 5
_NOT_TOLD_APART: Final = {
    Channels.SINGLE: "The recording has one channel",
    Channels.SAME: "Both channels carry the same sound",
    Channels.SILENT: "One of the two channels is silent",
    Channels.MIXED: "The channels of the recording are one mix of all voices",
}


class Sound(NamedTuple):
    """The sound of a recording: two channels only where each has a voice of its own."""

    wav: Path
    length_ms: int
    channels: Channels


def require_sound(path: Path, filename: str, deps: ExtractionDeps) -> Probe:
    """Return what a recording holds.

    Raises:
        DamagedFileError: If it cannot be read.
        UnsupportedFormatError: If ffmpeg does not know the codec of its sound.
        NoSoundError: If there is no sound track.
        LimitExceededError: If it says that it is longer than the settings allow.
    """
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
    check_duration(found.duration_ms or 0, filename, deps)
    return found


def decode(
    path: Path, wav: Path, filename: str, *, probe: Probe, n_channels: int, deps: ExtractionDeps
) -> int:
    """Write the sound as 16 kHz PCM and return its length in milliseconds.

    Raises:
        DamagedFileError: If it breaks off before its end.
        NoSoundError: If its sound track is empty.
        LimitExceededError: If it is longer than the settings allow, whatever it says.
    """
    limit_s = deps.settings.max_duration_s + 1  # what is longer than it says is caught below
    to_speech_wav(path, wav, filename, n_channels=n_channels, limit_s=limit_s)
    length_ms = _wav_ms(wav)
    check_duration(length_ms, filename, deps)
    _check_complete(probe, length_ms, filename)
    return length_ms


def decode_voices(
    path: Path, folder: Path, filename: str, *, probe: Probe, deps: ExtractionDeps
) -> Sound:
    """Decode a recording of everybody: see ``decode``."""
    wav, mono = folder / "speech.wav", folder / "mono.wav"
    n_channels = min(_STEREO, probe.n_channels) or 1
    length_ms = decode(path, wav, filename, probe=probe, n_channels=n_channels, deps=deps)
    channels = channels_of(wav) if n_channels == _STEREO else Channels.SINGLE
    if channels in {Channels.APART, Channels.SINGLE}:
        return Sound(wav, length_ms, channels)
    to_speech_wav(wav, mono, filename, n_channels=1, limit_s=deps.settings.max_duration_s + 1)
    wav.unlink()
    return Sound(mono, length_ms, channels)


def check_duration(duration_ms: int, filename: str, deps: ExtractionDeps) -> None:
    """Refuse what is longer than the settings allow.

    Raises:
        LimitExceededError: If it is.
    """
    if duration_ms > deps.settings.max_duration_s * 1000:
        raise LimitExceededError(
            f"“{filename}” lasts {duration_ms / 3_600_000:.1f} hours; the limit is "
            f"{deps.settings.max_duration_s / 3600:.1f} hours."
        )


def require_speech(transcript: Transcript, filename: str, length_ms: int) -> None:
    """Refuse a recording in which nobody speaks.

    Raises:
        NoSoundError: If there is no turn.
    """
    if not transcript.utterances:
        length = timedelta(seconds=length_ms // 1000)
        raise NoSoundError(f"No speech was found in “{filename}” ({length} long).")


def voice_warnings(channels: Channels, content: Transcript | Body) -> tuple[str, ...]:
    """Return why channels do not say who speaks, as a warning; nothing where they do."""
    why = _NOT_TOLD_APART.get(channels)
    if why is None:
        return ()
    if isinstance(content, Transcript) and content.speakers:
        return (f"{why}: two voices were told apart by their sound, which may err; name them.",)
    return (f"{why}: speakers could not be told apart by channel.",)


def hole_warnings(transcript: Transcript) -> tuple[str, ...]:
    """Return where somebody speaks and next to no words came out; the first few places."""
    return tuple(
        f"Speech was heard from {h.start_ms / 1000:.0f} s to {h.end_ms / 1000:.0f} s and next to "
        "no words were recognised: have a look at the transcript."
        for h in transcript.holes[:_MAX_HOLE_WARNINGS]
    )


def _check_complete(probe: Probe, heard_ms: int, filename: str) -> None:
    """Refuse a file cut short: its index promises more sound than there is."""
    promised = probe.sound_ms or 0
    if not heard_ms and not promised:
        raise NoSoundError(f"The sound track of “{filename}” is empty: nothing was recorded.")
    missing = promised - heard_ms
    if heard_ms == 0 or (missing > _MISSING_MS and missing > promised * _MISSING_SHARE):
        raise DamagedFileError(
            f"“{filename}” is cut short: its sound breaks off after {heard_ms / 1000:.0f} s "
            f"of {promised / 1000:.0f} s."
        )


def _wav_ms(wav: Path) -> int:
    with wave.open(str(wav), "rb") as sound:
        return sound.getnframes() * 1000 // SAMPLE_RATE
