"""Documents on disk: which files are meant, and which recording belongs to which exchange."""

from __future__ import annotations

import glob
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from schemas.document import DocumentKind, Visibility
from schemas.errors import NotFoundError

MAX_JSON_BYTES: Final = 64 * 1024**2
"""A larger JSON is no exchange and is not read to look for one."""


class FoundDocument(msgspec.Struct, frozen=True):
    """One document to ingest, by file or by address, and what a manifest says about it."""

    path: Path | None = None
    url: str | None = None
    """``None`` where there is a path."""
    media: tuple[Path, ...] = ()
    """Recordings that an exchange JSON points to."""
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    created_at: datetime | None = None
    anonymised: bool = False
    line: int | None = None
    """Of the manifest that names it."""

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.path.name if self.path is not None else self.url or ""


def discover(patterns: Sequence[str]) -> list[FoundDocument]:
    """Return the documents that files, folders and patterns name, each once, in order.

    Addresses (``https://...``) are taken as they are. Folders are searched to the bottom; hidden
    files and folders are passed over there. A recording that an exchange JSON
    points to comes with the exchange, not by itself.

    Raises:
        NotFoundError: If a path or pattern names nothing.
    """
    addresses = dict.fromkeys(pattern for pattern in patterns if is_address(pattern))
    names = [pattern for pattern in patterns if not is_address(pattern)]
    paths = list(dict.fromkeys(p.resolve() for pattern in names for p in _expand(pattern)))
    documents = paired(FoundDocument(path) for path in paths)
    return [*documents, *(FoundDocument(url=address) for address in addresses)]


class _PointsToFile(msgspec.Struct):
    file: str


class _PointsToMedia(msgspec.Struct, tag_field="kind", tag="exchange"):
    media: str | tuple[_PointsToFile, ...]

    @property
    def files(self) -> tuple[str, ...]:
        if isinstance(self.media, str):
            return (self.media,)
        return tuple(each.file for each in self.media)


def is_address(text: str) -> bool:
    """Tell an address on the network from a path."""
    return text.lower().startswith(("http://", "https://"))


def media_of(path: Path) -> tuple[Path, ...]:
    """Return the recordings that an exchange JSON points to, as far as they lie in its folder."""
    return tuple(media for media in named_media(path) if media.is_file())


def named_media(path: Path) -> tuple[Path, ...]:
    """Return the recordings that an exchange JSON names in its own folder, there or not yet.

    Raises:
        OSError: If the JSON cannot be read.
    """
    if path.suffix.lower() != ".json" or path.stat().st_size > MAX_JSON_BYTES:
        return ()
    try:
        content = path.read_bytes().removeprefix(BOM_UTF8)
        pointer = msgspec.json.decode(content, type=_PointsToMedia)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    found = (_beside(path, name) for name in pointer.files)
    return tuple(dict.fromkeys(media for media in found if media is not None))


def name_beside(path: Path, media: Path) -> str:
    """Return what an exchange JSON calls a recording: its path from there, else its name."""
    folder = path.parent.resolve()
    return media.relative_to(folder).as_posix() if media.is_relative_to(folder) else media.name


def paired(documents: Iterable[FoundDocument]) -> list[FoundDocument]:
    """Give each exchange the recordings that it points to, which then are no documents."""
    with_media = [
        msgspec.structs.replace(document, media=media_of(document.path))
        if document.path is not None and not document.media
        else document
        for document in documents
    ]
    taken = {media for document in with_media for media in document.media}
    return [document for document in with_media if document.path not in taken]


def _beside(path: Path, name: str) -> Path | None:
    media = (path.parent / name).resolve()
    # An exchange from elsewhere must not pull in any file of this machine by its path.
    is_beside = media.is_relative_to(path.parent.resolve())
    return media if name and is_beside else None


def _expand(pattern: str) -> Iterator[Path]:
    path = Path(pattern).expanduser()
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _files_below(path)
    else:
        matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207 - takes absolute patterns too
        if not matches:
            raise NotFoundError(f"There is no file or folder {pattern}.")
        for match in matches:
            yield from _files_below(match) if match.is_dir() else (match,)


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not is_hidden:
            yield path
