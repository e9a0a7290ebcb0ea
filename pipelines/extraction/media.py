"""What a recording holds, told by PyAV: duration, streams, codecs. Nothing is decoded here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import av.error
import msgspec

from schemas.content import Chapter
from schemas.span import TimeSpan

FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,w64,flac,ogg,aac,aiff,avi,asf,flv,mpeg,mpegts,"
    "caf,amr,ac3"
)
"""Demuxers that may open a file. Playlists (hls, dash, concat) are not among them: a crafted one
would make ffmpeg fetch addresses or read other files."""
PROTOCOLS: Final = "file,pipe"
_AV_TIME_BASE: Final = 1_000_000
_MAX_TITLE_CHARS: Final = 200
_MAX_CHAPTERS: Final = 500


class Probe(msgspec.Struct, frozen=True):
    """What a recording says about itself."""

    container: str
    """Names of the demuxer, comma-separated, as ffmpeg gives them."""
    duration_ms: int | None
    """``None`` when the container does not say (a browser's WebM, say)."""
    title: str | None
    video_codec: str | None
    """``None`` when there is no moving picture; cover art does not count."""
    pixel_format: str | None
    audio_codec: str | None
    """Codec of the first sound track, ``None`` when there is none."""
    n_channels: int
    chapters: tuple[Chapter, ...] = ()
    """Those that have a title."""
    unread: tuple[str, ...] = ()
    """Which streams are of a codec that ffmpeg does not know: ``video``, ``audio``. They count as
    absent."""
    sound_ms: int | None = None
    """How much sound an MP4's index promises; other containers only guess, so ``None``."""

    @property
    def has_video(self) -> bool:
        """Whether there is a moving picture."""
        return self.video_codec is not None


def probe(path: Path) -> Probe | str:
    """Return what the recording holds, or ffmpeg's reason why it cannot be read."""
    options = {"format_whitelist": FORMATS, "protocol_whitelist": PROTOCOLS}
    try:
        with av.open(str(path), options=options, metadata_errors="replace") as container:
            return _describe(container)
    except (av.error.FFmpegError, ValueError, OSError) as exc:
        # str() of ffmpeg's and the system's errors names our own temporary path
        return getattr(exc, "strerror", None) or str(exc)


def _describe(container: av.container.InputContainer) -> Probe:
    covers = av.stream.Disposition.attached_pic
    videos = [s for s in container.streams.video if not s.disposition & covers]
    sounds = list(container.streams.audio)
    if not videos and not sounds:
        raise ValueError("no picture and no sound in it")
    video = videos[0] if videos and _is_known(videos[0]) else None
    sound = sounds[0] if sounds and _is_known(sounds[0]) else None
    unread = [
        name
        for name, there, known in (("video", videos, video), ("audio", sounds, sound))
        if there and known is None
    ]
    title = {k.lower(): v for k, v in container.metadata.items()}.get("title", "").strip()
    return Probe(
        container=container.format.name,
        duration_ms=container.duration * 1000 // _AV_TIME_BASE if container.duration else None,
        title=title or None,
        video_codec=video.codec_context.codec.canonical_name if video else None,
        pixel_format=video.codec_context.pix_fmt if video else None,
        audio_codec=sound.codec_context.codec.canonical_name if sound else None,
        n_channels=sound.codec_context.channels if sound else 0,
        chapters=tuple(_chapters(container)),
        sound_ms=_promised_ms(container, sound) if sound else None,
        unread=tuple(unread),
    )


def _is_known(stream: av.stream.Stream) -> bool:
    """Tell whether ffmpeg knows the codec: else there is no context, whatever the types say."""
    return getattr(stream, "codec_context", None) is not None


def _chapters(container: av.container.InputContainer) -> Iterator[Chapter]:
    for each in container.chapters()[:_MAX_CHAPTERS]:
        title = str(each["metadata"].get("title", "")).strip()[:_MAX_TITLE_CHARS]
        scale_ms = (each["time_base"] or 0) * 1000
        start, end = round(each["start"] * scale_ms), round(each["end"] * scale_ms)
        if title and 0 <= start < end:
            yield Chapter(title, TimeSpan(start, end))


def _promised_ms(container: av.container.InputContainer, sound: av.AudioStream) -> int | None:
    if "mp4" not in container.format.name.split(",") or not sound.duration or not sound.time_base:
        return None
    return round(sound.duration * sound.time_base * 1000)
