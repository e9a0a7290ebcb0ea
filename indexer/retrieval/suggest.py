"""Completions of what is being typed: titles and tags that the caller may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from indexer.analysis.normalize import fold, well_formed
from indexer.engine import Engine
from indexer.ports import PassageDirectory
from schemas.errors import InvalidInputError
from schemas.hit import Suggestion, SuggestionType
from schemas.ids import TagId
from schemas.query import MAX_QUERY_CHARS, Filter
from schemas.tag import Tag

SUGGESTIONS: Final = 8
MAX_SUGGESTIONS: Final = 20
_SHORTEST: Final = 2  # typed characters below which everything would match


def suggest(
    text: str, audiences: frozenset[str], engine: Engine, *, limit: int = SUGGESTIONS
) -> list[Suggestion]:
    """Complete a prefix, ignoring accents and capitals; any word of a title or tag may start it.

    Documents come first, in order of title, each title once; then tags, in order of label. A
    document that the audiences may not see is never offered, nor a tag that only such documents
    carry.

    Raises:
        InvalidInputError: If the text or the limit is out of bounds.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise InvalidInputError(f"The text is longer than {MAX_QUERY_CHARS} characters.")
    if not 1 <= limit <= MAX_SUGGESTIONS:
        raise InvalidInputError(f"The limit must be between 1 and {MAX_SUGGESTIONS}.")
    typed = " ".join(fold(well_formed(text)).replace("'", " ").split())
    if len(typed) < _SHORTEST:
        return []
    where = Filter(audiences=audiences)
    with engine.indexes.lease() as pair:
        tags = list(_tags(typed, where, pair.lexical, engine.taxonomy.tags))[: max(1, limit // 3)]
        titles = list(_titles(typed, where, pair.lexical, limit=limit))
    return [*titles[: limit - len(tags)], *tags]


def _titles(
    typed: str, where: Filter, directory: PassageDirectory, *, limit: int
) -> Iterator[Suggestion]:
    seen: set[str] = set()
    for document_id, title in directory.titles(typed, where, limit=limit * 3):
        if title not in seen:
            seen.add(title)
            yield Suggestion(title, SuggestionType.DOCUMENT, document_id)


def _tags(
    typed: str, where: Filter, directory: PassageDirectory, tags: tuple[Tag, ...]
) -> Iterator[Suggestion]:
    for tag in sorted(tags, key=lambda tag: (tag.label, tag.id)):
        if _matches(typed, tag) and _is_carried(tag.id, where, directory):
            yield Suggestion(tag.label, SuggestionType.TAG, tag.id)


def _matches(typed: str, tag: Tag) -> bool:
    names = (tag.label, tag.label_en, *tag.aliases)
    return any(f" {fold(name)}".replace("'", " ").find(f" {typed}") >= 0 for name in names)


def _is_carried(tag_id: TagId, where: Filter, directory: PassageDirectory) -> bool:
    carrying = Filter(audiences=where.audiences, tag_groups=(frozenset({tag_id}),))
    return bool(directory.recent(carrying, limit=1))
