"""Derived media: speech audio, a file that browsers play from any second, a poster."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import ffmpeg

from pipelines.extraction.ffmpeg_run import open_input, run
from pipelines.extraction.media import Probe
from schemas.errors import DamagedFileError

SAMPLE_RATE: Final = 16_000
"""What Whisper and the voice detector expect, in samples per second."""
_MAX_HEIGHT: Final = 720
_POSTER_WIDTH: Final = 640
_POSTER_SHARE: Final = 0.1  # titles fade in at the start; a tenth in, the picture stands
_POSTER_LATEST_S: Final = 10.0
_AAC_CHANNELS: Final = 2  # what our bit rates are meant for, and what browsers mix six down to
_MIX_PEAK: Final = 0.95  # of full scale: what AAC adds stays below it
_WEB_AUDIO_TYPES: Final = {
    ("mp3", "mp3"): "audio/mpeg",
    ("ogg", "opus"): "audio/ogg",
    ("ogg", "vorbis"): "audio/ogg",
}

OnTime = Callable[[int], None]


class Playable(NamedTuple):
    """A file that browsers play."""

    path: Path
    mime_type: str


def to_speech_wav(
    source: Path, target: Path, filename: str, *, n_channels: int, limit_s: float
) -> None:
    """Write 16 kHz 16-bit PCM with one or two channels, at most ``limit_s`` seconds of it."""
    sound = _sound_from_start(source)
    options = {"ac": n_channels, "ar": SAMPLE_RATE, "acodec": "pcm_s16le", "f": "wav"}
    run(sound.output(str(target), t=limit_s, rf64="auto", **options), filename)


def to_playable(
    source: Path, folder: Path, filename: str, *, probe: Probe, on_time: OnTime
) -> Playable:
    """Return the source itself where browsers play it from any second, else a converted copy."""
    if probe.has_video:
        return _playable_video(source, folder, filename, probe=probe, on_time=on_time)
    as_is = _WEB_AUDIO_TYPES.get((probe.container, probe.audio_codec or ""))
    if as_is:
        return Playable(source, as_is)
    is_mp4_aac = _is_mp4(probe) and probe.audio_codec == "aac"
    if is_mp4_aac and is_faststart(source):
        return Playable(source, "audio/mp4")
    target = folder / "playable.m4a"
    codec = {"c:a": "copy"} if is_mp4_aac else _aac(probe, "96k")
    sound = open_input(source)["a:0"]
    run(sound.output(str(target), movflags="+faststart", f="mp4", **codec), filename, on_time)
    return Playable(target, "audio/mp4")


def to_mix(sources: Sequence[tuple[Path, int]], folder: Path, *, on_time: OnTime) -> Playable:
    """Mix the sound of several recordings, each from its offset in milliseconds on."""
    target = folder / "mix.m4a"
    sounds = []
    for path, offset_ms in sources:
        sound = _sound_from_start(path).filter("aformat", channel_layouts="mono")
        sounds.append(sound.filter("adelay", delays=offset_ms) if offset_ms else sound)
    # Each stays as loud as it is, since people take turns; where they do not, nothing clips.
    mix = ffmpeg.filter(sounds, "amix", inputs=len(sounds), duration="longest", normalize=0)
    mix = mix.filter("alimiter", limit=_MIX_PEAK, level="disabled")
    options = {"movflags": "+faststart", "f": "mp4", "c:a": "aac", "b:a": "96k"}
    run(mix.output(str(target), **options), "the mix of the recordings", on_time)
    return Playable(target, "audio/mp4")


def to_poster(source: Path, folder: Path, filename: str, *, duration_ms: int) -> Path:
    """Write a JPEG of a telling frame from the first part of the video."""
    target = folder / "poster.jpg"
    start_s = min(_POSTER_LATEST_S, duration_ms / 1000 * _POSTER_SHARE)
    try:
        _picture_after(source, target, filename, start_s=start_s)
    except DamagedFileError:  # its only picture stands at the start, and is shown to the end
        _picture_after(source, target, filename, start_s=0)
    return target


def _picture_after(source: Path, target: Path, filename: str, *, start_s: float) -> None:
    picture = open_input(source, ss=start_s)["v:0"].filter("thumbnail", 50)
    picture = picture.filter("scale", f"min({_POSTER_WIDTH},iw)", -2)
    run(picture.output(str(target), vframes=1, **{"q:v": 4}), filename)


def _sound_from_start(source: Path) -> Any:
    """Return the sound of a recording from its very start on.

    Sound that begins after the picture, or pauses, is silence meanwhile: a second of it is the same
    second of the recording as it is played.
    """
    return open_input(source)["a:0"].filter("aresample", **{"async": 1, "first_pts": 0})


def _aac(probe: Probe, bit_rate: str) -> dict[str, object]:
    return {"c:a": "aac", "b:a": bit_rate, "ac": min(_AAC_CHANNELS, probe.n_channels) or 1}


def is_faststart(path: Path) -> bool:
    """Tell whether the index of an MP4 stands before its media, so that play starts at once."""
    with path.open("rb") as file:
        while (box := _next_box(file)) is not None:
            if box in {b"moov", b"mdat"}:
                return box == b"moov"
    return False


def _next_box(file: BinaryIO) -> bytes | None:
    """Read one top-level box header (ISO 14496-12, 4.2) and move to the next one."""
    start = file.tell()
    header = file.read(8)
    if len(header) < 8:  # noqa: PLR2004 - size and type, 4 bytes each
        return None
    size, kind = struct.unpack(">I4s", header)
    if size == 1:
        size = int.from_bytes(file.read(8), "big")
    if size < 8 and kind != b"mdat":  # noqa: PLR2004 - cannot be: the header alone has 8
        return None
    file.seek(start + size)
    return bytes(kind)


def _is_mp4(probe: Probe) -> bool:
    return "mp4" in probe.container.split(",")


def _playable_video(
    source: Path, folder: Path, filename: str, *, probe: Probe, on_time: OnTime
) -> Playable:
    good_picture = probe.video_codec == "h264" and probe.pixel_format in {"yuv420p", "yuvj420p"}
    good_sound = probe.audio_codec in {"aac", "mp3", None}
    if good_picture and good_sound and _is_mp4(probe) and is_faststart(source):
        return Playable(source, "video/mp4")
    target = folder / "playable.mp4"
    file = open_input(source)
    streams = [file["v:0"], *([file["a:0"]] if probe.audio_codec else [])]
    options: dict[str, object] = {"movflags": "+faststart", "f": "mp4"}
    if good_picture:
        options["c:v"] = "copy"
    else:
        streams[0] = streams[0].filter("scale", -2, f"min({_MAX_HEIGHT},trunc(ih/2)*2)")
        options |= {"c:v": "libx264", "preset": "veryfast", "crf": 26, "pix_fmt": "yuv420p"}
    options |= {"c:a": "copy"} if good_sound else _aac(probe, "128k")
    run(ffmpeg.output(*streams, str(target), **options), filename, on_time)
    return Playable(target, "video/mp4")
