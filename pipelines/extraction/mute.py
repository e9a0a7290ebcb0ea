"""A recording without some of its minutes: silent and black there, of the same length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ffmpeg

from pipelines.extraction.convert import Playable
from pipelines.extraction.ffmpeg_run import open_input, run
from pipelines.extraction.media import probe
from pipelines.extraction.muting import BIT_RATE, during, muted
from schemas.errors import DamagedFileError
from schemas.span import TimeSpan


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
    file = open_input(source)
    streams = []
    options: dict[str, object] = {"movflags": "+faststart", "f": "mp4", "map_metadata": -1}
    options |= {"map_chapters": -1, "sn": None, "dn": None}
    if known.has_video:
        black = {"color": "black", "t": "fill", "enable": during(spans)}
        streams.append(file["v:0"].filter("drawbox", 0, 0, "iw", "ih", **black))
        options |= {"c:v": "libx264", "preset": "veryfast", "crf": 26, "pix_fmt": "yuv420p"}
    if known.audio_codec:
        streams.append(muted(file["a:0"], spans))
        options |= {"c:a": "aac", "b:a": BIT_RATE}
    target = folder / "masked.mp4"
    run(ffmpeg.output(*streams, str(target), **options), filename)
    return Playable(target, "video/mp4" if known.has_video else "audio/mp4")
