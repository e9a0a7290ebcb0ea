"""The shared copy of an exchange: its text is settled, of its recording the sound is made."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipelines.extraction.ffmpeg_run import open_input, run
from pipelines.extraction.muting import BIT_RATE, muted
from pipelines.ports import ExtractionDeps
from schemas.content import Extraction
from schemas.document import MediaFiles
from schemas.sharing import SharedCopy
from schemas.span import TimeSpan

SOUND_TYPE: Final = "audio/mp4"
_NAME: Final = "the recording"


def extract_copy(copy: SharedCopy, deps: ExtractionDeps) -> Extraction:
    """Return a copy as publishing needs it, with the sound that may be heard.

    Raises:
        NotFoundError: If the original's recording is gone.
        DamagedFileError: If it cannot be decoded.
    """
    return Extraction(
        media_kind=copy.media_kind,
        content=copy.content,
        kind=copy.kind,
        title=copy.title,
        participants=copy.participants,
        created_at=copy.created_at,
        anonymised=True,
        media=_sound(copy, deps),
        duration_ms=copy.duration_ms,
    )


def silence(source: Path, target: Path, spans: Sequence[TimeSpan]) -> None:
    """Write the sound of a recording without what is said in some stretches of it.

    Nothing else is taken over: no picture, no cover, no title that a file may carry.

    Args:
        source: What ffmpeg reads.
        target: Becomes MP4 with AAC.
        spans: To be silent, in order.

    Raises:
        DamagedFileError: If the source cannot be decoded.
    """
    sound = muted(open_input(source)["a:0"], spans)
    options = {"c:a": "aac", "b:a": BIT_RATE, "map_metadata": -1, "map_chapters": -1}
    run(sound.output(str(target), movflags="+faststart", f="mp4", **options), _NAME)


def _sound(copy: SharedCopy, deps: ExtractionDeps) -> MediaFiles:
    if copy.sound is None:
        return MediaFiles()
    with (
        tempfile.TemporaryDirectory(prefix="cordee-shared-") as folder,
        deps.blobs.local_path(copy.sound) as recorded,
    ):
        target = Path(folder) / "shared.m4a"
        silence(recorded, target, copy.silences)
        return MediaFiles(playable=deps.blobs.put(target), playable_type=SOUND_TYPE)
