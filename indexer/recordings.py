"""Recordings that come along with an exchange: one, or one of each participant.

Several are kept as one blob, so that whatever keeps, counts, copies or removes an exchange's
recording does so with all of them: a tar without compression, which no small file can blow up.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec

from indexer.ports import BlobStore
from schemas.document import Submission
from schemas.errors import ChangedFileError, InvalidInputError
from schemas.ids import BlobKey

MAX_RECORDINGS: Final = 8
"""Of one exchange: each takes a channel, which is recognised by itself."""
HEAD_BYTES: Final = 16
"""Enough of a file's start to tell a recording from everything else."""
_EBML: Final = b"\x1a\x45\xdf\xa3"  # Matroska and WebM
_MEDIA_STARTS: Final = (
    b"OggS",
    b"fLaC",
    b"ID3",
    b"FLV",
    b"\xff\xfb",
    b"\xff\xf3",
    b"\xff\xf1",
    _EBML,
)
_MEDIA_ENDINGS: Final = (
    *(".mp4", ".m4a", ".m4v", ".mov", ".mkv", ".webm"),
    *(".mp3", ".ogg", ".wav", ".flac"),
)


class Recording(msgspec.Struct, frozen=True):
    """A recording on disk, and what the exchange calls it."""

    path: Path
    name: str


def is_recording(head: bytes) -> bool:
    """Tell from the first bytes whether this is sound or video, which waits in its own queue."""
    return (
        head.startswith(_MEDIA_STARTS)
        or head[4:8] == b"ftyp"
        or (head[:4] == b"RIFF" and head[8:12] in {b"WAVE", b"AVI "})
    )


def names_recording(submission: Submission) -> bool:
    """Tell by its name whether what is still to be fetched is sound or video."""
    return submission.url is not None and submission.filename.lower().endswith(_MEDIA_ENDINGS)


def check_names(recordings: Sequence[Recording]) -> None:
    """Refuse what could not be told apart later.

    Raises:
        InvalidInputError: If there are too many, or two of one name.
    """
    if len(recordings) > MAX_RECORDINGS:
        raise InvalidInputError(
            f"media: at most {MAX_RECORDINGS} recordings come with an exchange, "
            f"here are {len(recordings)}."
        )
    (name, n), *_ = Counter(each.name for each in recordings).most_common(1) or [("", 0)]
    if n > 1:
        raise InvalidInputError(f"media: {n} recordings are called {name!r}.")


def put_recordings(
    blobs: BlobStore, recordings: Sequence[Recording], scratch: Path
) -> BlobKey | None:
    """Store the recordings of an exchange as one blob.

    Args:
        blobs: Where to.
        recordings: Each by a name of its own; the same ones in any order are the same blob. One
            alone is stored as it is.
        scratch: Directory with room for all of them, for a while.

    Returns:
        The key, ``None`` for none.

    Raises:
        ChangedFileError: If one is written to meanwhile.
    """
    if not recordings:
        return None
    if len(recordings) == 1:
        return blobs.put(recordings[0].path)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="recordings-") as folder:
        archive = Path(folder, "archive")
        _pack(recordings, archive)
        return blobs.put(archive)


def unpack(path: Path, folder: Path) -> tuple[Recording, ...]:
    """Return the recordings of an archive, written to a folder; nothing of any other file.

    Names are only names: the files get numbers. What is no plain file is passed over.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            members = [m for m in archive if m.type == tarfile.REGTYPE and not m.issparse()]
            return tuple(
                _unpacked(archive, member, folder / str(n))
                for n, member in enumerate(members[:MAX_RECORDINGS])
            )
    except tarfile.TarError:
        return ()


def _unpacked(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> Recording:
    with target.open("wb") as file:
        shutil.copyfileobj(cast("BinaryIO", archive.extractfile(member)), file)
    return Recording(target, member.name)


def _pack(recordings: Sequence[Recording], target: Path) -> None:
    with tarfile.open(target, "w:", format=tarfile.PAX_FORMAT) as archive:
        for each in sorted(recordings, key=lambda recording: recording.name):
            before = each.path.stat()
            member = tarfile.TarInfo(each.name)  # no time, owner or mode: bytes and names alone
            member.size = before.st_size
            with each.path.open("rb") as file:
                archive.addfile(member, file)
            after = each.path.stat()
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                raise ChangedFileError(
                    f"{each.name} changed while it was read; send it once it is written."
                )
