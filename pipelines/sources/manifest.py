"""Lists of documents, with what is said about each: a table (CSV) or JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from pipelines.sources.filesystem import FoundDocument, is_address, paired
from schemas.document import DocumentKind, Visibility
from schemas.errors import InvalidInputError, NotFoundError

MAX_SHOWN: Final = 20
"""Wrong lines that one message names: more are of one cause, most times."""
_TABLE_SUFFIXES: Final = frozenset({".csv", ".tsv"})
_DELIMITERS: Final = ",;\t"
_YES_NO: Final = frozenset({"true", "false"})
_SEVERAL: Final = ("tags", "media")  # columns that hold one thing or more


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a list; ``path`` or ``url`` stands in each."""

    path: str | None = None
    url: str | None = None
    kind: DocumentKind | None = None
    title: str | None = None
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    media: str | tuple[str, ...] = ()
    source: str | None = None
    date: str | None = None
    anonymised: bool = False


class Manifest(msgspec.Struct, frozen=True):
    """What a list names, and the lines that were not understood."""

    documents: tuple[FoundDocument, ...]
    wrong: tuple[str, ...] = ()
    """One sentence per wrong line, with its number."""

    def require_whole(self) -> None:
        """Let no list pass that has a wrong line.

        Raises:
            InvalidInputError: Naming each of them, up to ``MAX_SHOWN``.
        """
        if not self.wrong:
            return
        shown = list(self.wrong[:MAX_SHOWN])
        if len(self.wrong) > MAX_SHOWN:
            shown.append(f"and {len(self.wrong) - MAX_SHOWN} more")
        raise InvalidInputError(
            "\n".join((*shown, "Nothing was sent. --keep-going sends the other lines."))
        )


def read_manifest(manifest: Path) -> Manifest:
    """Read a list of documents to its end, wrong lines or not.

    JSON lines, or a table with a first line of names (CSV with commas, semicolons or tabs).
    Each line has ``path`` (relative to the list) or ``url``, and may have ``kind``, ``title``,
    ``visibility``, ``tags`` and ``media`` (both, in a table, parted by ``;``, or by ``|`` where
    ``;`` parts columns), ``source``, ``date`` (ISO 8601) and ``anonymised`` (``true``).

    Raises:
        NotFoundError: If the list is not there.
        InvalidInputError: If it is a table without names, or not UTF-8.
    """
    if not manifest.is_file():
        raise NotFoundError(f"There is no manifest {manifest}.")
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidInputError(f"{manifest} is not UTF-8: save it as UTF-8.") from exc
    is_table = manifest.suffix.lower() in _TABLE_SUFFIXES
    found: list[FoundDocument] = []
    wrong: list[str] = []
    for number, line in _rows(text, manifest) if is_table else _lines(text):
        try:
            found.append(_document(line, manifest.parent, number))
        except (msgspec.DecodeError, ValueError, InvalidInputError) as error:
            wrong.append(f"{manifest}, line {number}: {error}")
    return Manifest(tuple(paired(found)), tuple(wrong))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _rows(text: str, manifest: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = {name.strip() for name in rows.fieldnames or ()}
    if not names & {"path", "url"}:
        raise InvalidInputError(
            f"{manifest}, line 1: name the columns here; one is called path or url."
        )
    for row in rows:
        given: dict[str, Any] = {
            (name or "").strip(): value.strip()
            for name, value in row.items()
            if isinstance(value, str) and value.strip()
        }
        extra = row.get(None)  # what the csv module calls the rest
        if extra:
            given["a column too many"] = str(extra)
        if given.get("anonymised") in _YES_NO:
            given["anonymised"] = given["anonymised"] == "true"
        given |= {name: _parts(given[name]) for name in _SEVERAL if name in given}
        if given:
            yield rows.line_num, given


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]


def _document(line: str | dict[str, Any], folder: Path, number: int) -> FoundDocument:
    listed = (
        msgspec.json.decode(line, type=Listed)
        if isinstance(line, str)
        else msgspec.convert(line, Listed)
    )
    if (listed.path is None) == (listed.url is None):
        raise InvalidInputError("give path or url, one of them.")
    if listed.url is not None and not is_address(listed.url):
        raise InvalidInputError(f"{listed.url} is no http or https address.")
    return FoundDocument(
        path=_file(folder, listed.path) if listed.path is not None else None,
        url=listed.url,
        media=tuple(_file(folder, name) for name in _names(listed.media)),
        kind=listed.kind,
        title=listed.title,
        visibility=listed.visibility,
        tags=listed.tags,
        source=listed.source,
        created_at=_moment(listed.date),
        anonymised=listed.anonymised,
        line=number,
    )


def _names(media: str | tuple[str, ...]) -> tuple[str, ...]:
    return (media,) if isinstance(media, str) else media


def _file(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_file():
        raise InvalidInputError(f"there is no file {name}.")
    return path


def _moment(date: str | None) -> datetime | None:
    if date is None:
        return None
    try:
        moment = datetime.fromisoformat(date)
    except ValueError as exc:
        raise InvalidInputError(f"{date} is no date: write 2026-03-02.") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
