"""A recording without some of its minutes: silent and black there, of the same length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import ffmpeg

from pipelines.extraction.convert import Playable
from pipelines.extraction.ffmpeg_run import open_input, run
from pipelines.extraction.media import probe
from schemas.errors import DamagedFileError
from schemas.span import TimeSpan

_EDGE_S: Final = 0.06
"""ffmpeg silences whole frames of sound, of 21 to 64 ms: an edge must not let half of one out."""


def mute(source: Path, folder: Path, filename: str, *, spans: Sequence[TimeSpan]) -> Playable:
    """Write a copy that browsers play, with no sound and no picture in these stretches.

    Times hold: nothing is cut out. Titles, chapters, subtitles and pictures that the file carries
    beside its recording are left out, since they may tell what is hidden.

    Raises:
        DamagedFileError: If the recording cannot be decoded.
        TransientError: If the disk is full.
    """
    known = probe(source)
    if isinstance(known, str):
        raise DamagedFileError(f"“{filename}” cannot be decoded: {known}.")
    file, during = open_input(source), _during(spans)
    streams = []
    options: dict[str, object] = {"movflags": "+faststart", "f": "mp4", "map_metadata": -1}
    options |= {"map_chapters": -1, "sn": None, "dn": None}
    if known.has_video:
        black = {"color": "black", "t": "fill", "enable": during}
        streams.append(file["v:0"].filter("drawbox", 0, 0, "iw", "ih", **black))
        options |= {"c:v": "libx264", "preset": "veryfast", "crf": 26, "pix_fmt": "yuv420p"}
    if known.audio_codec:
        streams.append(file["a:0"].filter("volume", 0, enable=during))
        options |= {"c:a": "aac", "b:a": "96k"}
    target = folder / "masked.mp4"
    run(ffmpeg.output(*streams, str(target), **options), filename)
    return Playable(target, "video/mp4" if known.has_video else "audio/mp4")


def _during(spans: Sequence[TimeSpan]) -> str:
    return "+".join(
        f"between(t,{max(0.0, s.start_ms / 1000 - _EDGE_S):.3f},{s.end_ms / 1000 + _EDGE_S:.3f})"
        for s in spans
    )
