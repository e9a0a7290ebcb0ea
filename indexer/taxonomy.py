"""The school's taxonomy: reading its file, checking it, looking tags up by any of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec

from indexer.analysis.normalize import as_words, fold
from schemas.errors import InvalidInputError, SettingsError
from schemas.ids import TagId
from schemas.tag import Tag, TagFacet

SHIPPED_TAXONOMY: Final = Path(__file__).with_name("taxonomy.toml")
_ID: Final = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_SHORT_ALIAS: Final = 3  # letters: below, an alias is an acronym or too common a word to fold


class Taxonomy(msgspec.Struct, frozen=True, dict=True):
    """Every tag of the school, in the order of the file."""

    tags: tuple[Tag, ...]
    encoder_threshold: float
    """Least z-score at which the encoder assigns a tag; it depends on the tags beside it."""

    @cached_property
    def by_id(self) -> Mapping[TagId, Tag]:
        """The tags by id."""
        return {tag.id: tag for tag in self.tags}

    @cached_property
    def _by_name(self) -> Mapping[str, TagId | None]:
        """Tags by folded id, last part of the id, label and alias; ``None`` when two share it."""
        names: dict[str, TagId | None] = {}
        for tag in self.tags:
            for name in {fold(name) for name in _names(tag)}:
                names[name] = tag.id if name not in names else None
        return names | {fold(tag.id): tag.id for tag in self.tags}

    @cached_property
    def spoken(self) -> tuple[tuple[Tag, tuple[str, ...]], ...]:
        """Every tag with what people call it, folded: label, English label and aliases."""
        names = [(tag, (tag.label, tag.label_en, *tag.aliases)) for tag in self.tags]
        return tuple((tag, tuple(dict.fromkeys(map(as_words, those)))) for tag, those in names)

    def facet_of(self, tag_id: TagId) -> TagFacet | None:
        """Return the facet of a tag, ``None`` for one that is not (or no longer) in the file."""
        tag = self.by_id.get(tag_id)
        return tag.facet if tag else None

    def label(self, tag_id: TagId, *, english: bool = False) -> str:
        """Return a tag's label; a tag that left the file keeps its id as label."""
        tag = self.by_id.get(tag_id)
        if tag is None:
            return tag_id
        return tag.label_en if english else tag.label

    def resolve(self, name: str) -> Tag | None:
        """Return the tag that a person means by an id, a label or an alias.

        ``topic.pricing``, ``pricing``, ``Fixer ses prix`` and ``fixer mes tarifs`` are the same
        tag. ``None`` when nothing or more than one tag goes by that name.
        """
        tag_id = self._by_name.get(fold(name.strip()))
        return self.by_id[tag_id] if tag_id else None

    def require(self, names: Iterable[str], *, said_in: str) -> None:
        """Refuse names that ``resolve`` does not know, before anything is done with them.

        Raises:
            InvalidInputError: Naming the tags, and where they were said.
        """
        unknown = [name for name in names if self.resolve(name) is None]
        if unknown:
            raise InvalidInputError(f"{said_in}: there is no tag {', '.join(map(repr, unknown))}.")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tags: tuple[dict[str, Any], ...]
    encoder_threshold: float


def load_taxonomy(path: Path | None) -> Taxonomy:
    """Read a taxonomy file, or the one shipped with Cordée when there is no path.

    Raises:
        SettingsError: If the file cannot be read, or a tag is wrong: its id twice, an unknown
            facet or field, an alias that another tag of the same facet has. The message names
            the file and the tag.
    """
    source = path or SHIPPED_TAXONOMY
    try:
        file = msgspec.toml.decode(source.read_bytes(), type=_File)
        tags = tuple(_read_tag(entry, position) for position, entry in enumerate(file.tags, 1))
        _check(tags)
    except OSError as exc:
        raise SettingsError(f"Taxonomy {source} cannot be read: {exc.strerror}.") from exc
    except (msgspec.DecodeError, ValueError) as exc:
        raise SettingsError(f"Taxonomy {source}: {exc}") from exc
    return Taxonomy(tags, file.encoder_threshold)


def is_exact(alias: str) -> bool:
    """Tell whether an alias only matches letter for letter: ``CA`` is not ``ca``."""
    return sum(map(str.isalnum, alias)) <= _SHORT_ALIAS


def _read_tag(entry: dict[str, Any], position: int) -> Tag:
    name = entry.get("id", f"number {position}")
    unknown = sorted(entry.keys() - set(Tag.__struct_fields__))
    if unknown:
        raise ValueError(f"tag {name}: unknown field {unknown[0]!r}")
    try:
        tag = msgspec.convert(entry, Tag)
    except msgspec.ValidationError as exc:
        raise ValueError(f"tag {name}: {exc}") from exc
    if not _ID.fullmatch(tag.id):
        raise ValueError(f"tag {tag.id}: an id has small letters, digits, dots and hyphens only")
    return tag


def _check(tags: Iterable[Tag]) -> None:
    """Refuse what would make an assignment ambiguous."""
    ids: set[str] = set()
    aliases: dict[tuple[TagFacet, str], TagId] = {}
    for tag in tags:
        if tag.id in ids:
            raise ValueError(f"tag {tag.id}: the id is there twice")
        ids.add(tag.id)
        for key in {(tag.facet, _key(alias)) for alias in tag.aliases}:
            if key in aliases:
                raise ValueError(f"tag {tag.id}: alias {key[1]!r} also belongs to {aliases[key]}")
            aliases[key] = tag.id


def _key(alias: str) -> str:
    return alias if is_exact(alias) else fold(alias)


def _names(tag: Tag) -> tuple[str, ...]:
    return (tag.id.rpartition(".")[2], tag.label, tag.label_en, *tag.aliases)
