"""The school's file of synonyms, and what a group of them may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from indexer.synonyms import Key, bare, form_key, words_of
from schemas.errors import InvalidInputError, SettingsError
from schemas.synonym import MAX_FORMS, SynonymGroup

SHIPPED_SYNONYMS: Final = Path(__file__).with_name("synonyms.toml")
MAX_FORM_WORDS: Final = 12


def load_synonyms(path: Path | None) -> tuple[SynonymGroup, ...]:
    """Read a file of synonyms, or the one shipped with Cordée when there is no path.

    Raises:
        SettingsError: If the file cannot be read, or a group is wrong; the message names the
            file and the group.
    """
    source = path or SHIPPED_SYNONYMS
    try:
        file = msgspec.toml.decode(source.read_bytes(), type=_File)
        groups = tuple(
            _read_group(entry, position) for position, entry in enumerate(file.groups, 1)
        )
        for position, group in enumerate(groups):
            _check_new(group, groups[:position])
    except OSError as exc:
        raise SettingsError(f"Synonyms {source} cannot be read: {exc.strerror}.") from exc
    except (msgspec.DecodeError, ValueError, InvalidInputError) as exc:
        raise SettingsError(f"Synonyms {source}: {exc}") from exc
    return groups


def check_group(group: SynonymGroup, others: Iterable[SynonymGroup]) -> None:
    """Refuse a group that says nothing, or contradicts itself or another one.

    A word belongs to one group only: were it in two, their words would mean the same without
    anybody having said so. An abbreviation may stand for several things (``ERP``).

    Raises:
        InvalidInputError: Naming the group and the form.
    """
    n_forms = len(group.words) + len(group.abbreviations)
    if not group.words:
        raise _wrong(group, "words: there must be one at least")
    if n_forms < 2:  # noqa: PLR2004 - one form means nothing else
        raise _wrong(group, "words: a group has two forms at least")
    if n_forms > MAX_FORMS:
        raise _wrong(group, f"words: a group has {MAX_FORMS} forms at most")
    if group.beside and not group.abbreviations:
        raise _wrong(group, "beside: only abbreviations need it")
    _check_forms(group)
    taken = {form_key(form): other.id for other in others for form in other.words}
    for form in group.words:
        if taken.get(form_key(form), group.id) != group.id:
            raise _wrong(group, f"words: {form!r} is in group {taken[form_key(form)]} as well")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    groups: tuple[dict[str, Any], ...]


def _read_group(entry: dict[str, Any], position: int) -> SynonymGroup:
    try:
        return msgspec.convert(entry, SynonymGroup)
    except msgspec.ValidationError as exc:
        raise ValueError(f"group {entry.get('id', f'number {position}')}: {exc}") from exc


def _check_new(group: SynonymGroup, before: Sequence[SynonymGroup]) -> None:
    if any(other.id == group.id for other in before):
        raise _wrong(group, "the id is there twice")
    check_group(group, before)


def _check_forms(group: SynonymGroup) -> None:
    seen: dict[Key, str] = {}
    for form in group.words:
        key = form_key(form)
        if not key:
            raise _wrong(group, f"words: {form!r} holds no word that is searched")
        if len(words_of(form)) > MAX_FORM_WORDS:
            raise _wrong(group, f"words: {form!r} has more than {MAX_FORM_WORDS} words")
        if key in seen:
            raise _wrong(group, f"words: {form!r} and {seen[key]!r} are searched alike")
        seen[key] = form
    letters = {bare(form) for form in group.words}
    for form in group.abbreviations:
        if len(words_of(form)) != 1:
            raise _wrong(group, f"abbreviations: {form!r} is not one word")
        if bare(form) in letters:
            raise _wrong(group, f"abbreviations: {form!r} is there twice")
        letters.add(bare(form))


def _wrong(group: SynonymGroup, what: str) -> InvalidInputError:
    return InvalidInputError(f"group {group.id}: {what}.")
