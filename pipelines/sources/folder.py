"""A folder that is followed: which files in it are whole, and not taken yet as they are now.

A file is whole when it has not grown or changed for some seconds; an exchange JSON, when its
recording is whole too, which is never a document by itself: everybody would see it. What was taken
is remembered on disk by path, size and time, so that a restart takes what came meanwhile, once.
"""

from __future__ import annotations

import mimetypes
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final

import msgspec

from pipelines.sources.filesystem import FoundDocument, media_of, named_media
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError

UNFINISHED: Final = frozenset({".part", ".tmp", ".crdownload", ".partial", ".download", ".swp"})
"""What programs call a file that they have not written to its end."""
SIDECARS: Final = (".meta.json", ".meta.toml")
"""Put after a file's whole name: what is said of it."""


class Stamp(msgspec.Struct, frozen=True):
    """What tells one state of a file from the next."""

    size_bytes: int
    mtime_ns: int
    sidecar_ns: int = 0
    """When what is said of it was last changed; 0 where nothing is."""


class Sidecar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file's companion says about it."""

    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    anonymised: bool = False


class Round(msgspec.Struct, frozen=True):
    """What one look at the folder found."""

    ready: tuple[Path, ...]
    """Whole, and new or changed since they were taken."""
    growing: tuple[Path, ...]
    """Not quiet for long enough."""
    gone: tuple[Path, ...]
    """Taken once, and not here any more; their documents stay."""


class FollowedFolder:
    """The files of a folder over time. One process follows one folder."""

    def __init__(
        self, folder: Path, memory: Path, *, quiet_s: float, clock: Callable[[], float]
    ) -> None:
        """Remember what was taken before.

        Args:
            folder: Searched to the bottom, without hidden files.
            memory: File that holds what was taken; made when it is first needed.
            quiet_s: Seconds without a change after which a file is whole.
            clock: Seconds that only go up, by this process's own clock: those of a network
                folder may be wrong.
        """
        self._folder = folder
        self._memory = memory
        self._quiet_s = quiet_s
        self._clock = clock
        self._seen: dict[Path, tuple[Stamp, float]] = {}
        self._recordings: dict[Path, tuple[Stamp, tuple[Path, ...]]] = {}
        self._taken: dict[str, Stamp] = _read_memory(memory)

    def look(self) -> Round:
        """Look at every file once."""
        now = self._clock()
        found = dict(self._stamps())
        self._seen = {path: (stamp, self._since(path, stamp, now)) for path, stamp in found.items()}
        self._recordings = dict(self._points(found))
        fresh = {path for path, stamp in found.items() if self._taken.get(str(path)) != stamp}
        growing = {path for path in fresh if now - self._seen[path][1] < self._quiet_s}
        alone = set(found) - {media for _, named in self._recordings.values() for media in named}
        return Round(
            ready=tuple(
                path for path in found if path in alone and self._is_due(path, fresh, growing)
            ),
            growing=tuple(path for path in found if path in growing),
            gone=tuple(Path(name) for name in self._taken if Path(name) not in found),
        )

    def took(self, path: Path) -> None:
        """Remember that a file was taken as the last look found it, and its recordings with it."""
        for each in (path, *self._recordings_of(path)):
            if each in self._seen:
                self._taken[str(each)] = self._seen[each][0]
        self._write_memory()

    def forget(self, path: Path) -> None:
        """Say no more of a file that is gone."""
        self._taken.pop(str(path), None)
        self._write_memory()

    def _is_due(self, path: Path, fresh: AbstractSet[Path], growing: AbstractSet[Path]) -> bool:
        """Tell whether a document, or the recording that goes with it, is to be taken anew."""
        together = {path, *self._recordings_of(path)}
        if fresh.isdisjoint(together) or not growing.isdisjoint(together):
            return False
        # A JSON that is still written may name this recording once it is whole.
        return not _is_recording(path) or not any(
            _is_json(each) and each.parent == path.parent for each in growing
        )

    def _recordings_of(self, path: Path) -> tuple[Path, ...]:
        return self._recordings[path][1] if path in self._recordings else ()

    def _points(
        self, found: Mapping[Path, Stamp]
    ) -> Iterator[tuple[Path, tuple[Stamp, tuple[Path, ...]]]]:
        """Yield every JSON with the recordings it names; one that has not changed is not read."""
        for path, stamp in found.items():
            if not _is_json(path):
                continue
            known = self._recordings.get(path)
            if known is not None and known[0] == stamp:
                yield path, known
                continue
            try:
                yield path, (stamp, named_media(path))
            except OSError:
                continue  # moved since it was found

    def _since(self, path: Path, stamp: Stamp, now: float) -> float:
        before = self._seen.get(path)
        return before[1] if before is not None and before[0] == stamp else now

    def _stamps(self) -> Iterator[tuple[Path, Stamp]]:
        for directory, folders, names in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(directory, name)
                if not is_taken(path):
                    continue
                try:
                    yield path, stamp_of(path)
                except OSError:
                    continue  # moved between two looks: the next one finds it where it is

    def _write_memory(self) -> None:
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        beside = self._memory.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(self._taken))
        beside.replace(self._memory)


def is_taken(path: Path) -> bool:
    """Tell a document from what lies beside it: hidden, unfinished, or said of another file."""
    name = path.name.lower()
    is_aside = name.startswith((".", "~$")) or name.endswith((*SIDECARS, "~"))
    return not is_aside and path.suffix.lower() not in UNFINISHED


def stamp_of(path: Path) -> Stamp:
    """Return the state of a file and of what is said of it."""
    found = path.stat()
    sidecar = _sidecar_path(path)
    said_ns = sidecar.stat().st_mtime_ns if sidecar is not None else 0
    return Stamp(found.st_size, found.st_mtime_ns, said_ns)


def described(path: Path) -> FoundDocument:
    """Return a file as a document, with what its companion says of it.

    Raises:
        InvalidInputError: If the companion cannot be understood; the message names it.
    """
    sidecar = _sidecar_path(path)
    said = Sidecar() if sidecar is None else _read_sidecar(sidecar)
    return FoundDocument(
        path=path,
        media=media_of(path),
        kind=said.kind,
        title=said.title,
        visibility=said.visibility,
        tags=said.tags,
        source=said.source,
        anonymised=said.anonymised,
    )


def _is_json(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def _is_recording(path: Path) -> bool:
    return (mimetypes.guess_type(path.name)[0] or "").startswith(("audio/", "video/"))


def _sidecar_path(path: Path) -> Path | None:
    beside = (path.with_name(path.name + suffix) for suffix in SIDECARS)
    return next((each for each in beside if each.is_file()), None)


def _read_sidecar(path: Path) -> Sidecar:
    try:
        content = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".json":
            return msgspec.json.decode(content, type=Sidecar)
        said: dict[str, Any] = tomllib.loads(content)
        return msgspec.convert(said, Sidecar)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidInputError(f"{path}: {exc}") from exc


def _read_memory(path: Path) -> dict[str, Stamp]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Stamp])
    except FileNotFoundError:
        return {}
