"""Documents on disk: which files are meant, and which recording belongs to which exchange."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError, NotFoundError

MAX_JSON_BYTES: Final = 64 * 1024**2
"""A larger JSON is no exchange and is not read to look for one."""


class FoundDocument(msgspec.Struct, frozen=True):
    """One document to ingest, and what a manifest says about it."""

    path: Path
    media: Path | None = None
    """Recording that an exchange JSON points to."""
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()


class _ManifestLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()


class _PointsToMedia(msgspec.Struct):
    kind: str
    media: str


def discover(patterns: Sequence[str]) -> list[FoundDocument]:
    """Return the documents that files, folders and patterns name, each once, in order.

    Folders are searched to the bottom; hidden files and folders are passed over there. A
    recording that an exchange JSON points to comes with the exchange, not by itself.

    Raises:
        NotFoundError: If a path or pattern names nothing.
    """
    paths = list(dict.fromkeys(p.resolve() for pattern in patterns for p in _expand(pattern)))
    return _paired(FoundDocument(path) for path in paths)


def read_manifest(manifest: Path) -> list[FoundDocument]:
    """Return the documents that a JSON-lines file lists, with what it says about them.

    Each line has ``path`` (relative to the manifest) and may have ``kind``, ``title``,
    ``visibility`` and ``tags``.

    Raises:
        NotFoundError: If the manifest or a file that it lists is not there.
        InvalidInputError: If a line cannot be understood; the message names it.
    """
    if not manifest.is_file():
        raise NotFoundError(f"There is no manifest {manifest}.")
    found: list[FoundDocument] = []
    for number, line in enumerate(manifest.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            listed = msgspec.json.decode(line, type=_ManifestLine)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise InvalidInputError(f"{manifest}, line {number}: {exc}") from exc
        path = (manifest.parent / listed.path).resolve()
        if not path.is_file():
            raise NotFoundError(f"{manifest}, line {number}: there is no file {listed.path}.")
        facts = (listed.kind, listed.title, listed.visibility, listed.tags)
        found.append(FoundDocument(path, None, *facts))
    return _paired(found)


def media_of(path: Path) -> Path | None:
    """Return the recording that an exchange JSON points to, when it lies in the same folder."""
    if path.suffix.lower() != ".json" or path.stat().st_size > MAX_JSON_BYTES:
        return None
    try:
        pointer = msgspec.json.decode(path.read_bytes(), type=_PointsToMedia)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    media = (path.parent / pointer.media).resolve()
    # An exchange from elsewhere must not pull in any file of this machine by its path.
    is_beside = media.is_relative_to(path.parent.resolve())
    return media if pointer.media and is_beside and media.is_file() else None


def _paired(documents: Iterable[FoundDocument]) -> list[FoundDocument]:
    with_media = [
        msgspec.structs.replace(document, media=media_of(document.path)) for document in documents
    ]
    taken = {document.media for document in with_media if document.media}
    return [document for document in with_media if document.path not in taken]


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
