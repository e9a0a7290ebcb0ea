"""The synonyms in force: the school's file, and over it what people have written since."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from indexer.following import Followed
from indexer.synonym_file import check_group, load_synonyms
from indexer.synonyms import Synonyms
from schemas.errors import NotFoundError
from schemas.ids import PersonId
from schemas.settings import SearchSettings
from schemas.synonym import SynonymEdit, SynonymGroup, SynonymOrigin

log = structlog.get_logger(__name__)


Check = Callable[[Sequence[SynonymEdit]], None]
"""Raises where what is to be written does not fit what is there."""


class SynonymStore(Protocol):
    """Keeps what people write about groups."""

    def version(self) -> int:
        """Return a number that rises with every change."""

    def current(self) -> tuple[int, list[SynonymEdit]]:
        """Return the version and every edit, as of one moment."""

    def put(self, group: SynonymGroup, person_id: PersonId, now: datetime, *, check: Check) -> None:
        """Keep a group, in place of whatever its id stood for.

        ``check`` is told every edit that there is, and nobody writes another one until the group
        is kept; what it raises keeps the group out.
        """

    def delete(self, group_id: str, person_id: PersonId, now: datetime) -> None:
        """Remember that a group is deleted, also one of the file."""


class GroupInForce(msgspec.Struct, frozen=True):
    """A group that searches use, and where it comes from."""

    group: SynonymGroup
    origin: SynonymOrigin
    edited_at: datetime | None = None
    """``None`` for one that only the file has written."""


class _State(msgspec.Struct, frozen=True):
    """What is known of the store at one version."""

    version: int
    groups: tuple[GroupInForce, ...]
    deleted: tuple[str, ...]
    synonyms: Synonyms


class LiveSynonyms:
    """Hands out the synonyms in force. Safe in several threads.

    A change made here counts at once; one that another process made, within a second of the next
    use. While the store does not answer, what was in force stays so.
    """

    def __init__(
        self,
        shipped: Iterable[SynonymGroup],
        store: SynonymStore,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the store once; it stays open for as long as this is used."""
        self._shipped = tuple(shipped)
        self._store = store
        self._followed = Followed(
            self._read,
            version=store.version,
            version_of=lambda state: state.version,
            name="synonyms",
            clock_s=clock_s,
        )

    def current(self) -> Synonyms:
        """Return the synonyms in force; what a search asks for, once per query."""
        return self._followed.current().synonyms

    def groups(self) -> tuple[GroupInForce, ...]:
        """Return every group in force: the file's in its order, then the school's by id."""
        return self._followed.current().groups

    def deleted(self) -> tuple[str, ...]:
        """Return the ids of groups of the file that somebody has deleted, sorted."""
        return self._followed.current().deleted

    def put(self, group: SynonymGroup, person_id: PersonId, now: datetime) -> GroupInForce:
        """Write a group, in place of the one with its id; it counts at once.

        Of two that contradict each other, written at the same moment and wherever, the second is
        refused.

        Raises:
            InvalidInputError: If the group says nothing, or contradicts itself or another one.
        """

        def check(edits: Sequence[SynonymEdit]) -> None:
            check_group(group, [each.group for each in _merged(self._shipped, edits)])

        with self._followed.changing():
            self._store.put(group, person_id, now, check=check)
        return next(each for each in self.groups() if each.group.id == group.id)

    def delete(self, group_id: str, person_id: PersonId, now: datetime) -> None:
        """Take a group out of force, the file's with that id too; it counts at once.

        Raises:
            NotFoundError: If no group in force has this id.
        """
        with self._followed.changing() as state:
            if all(each.group.id != group_id for each in state.groups):
                raise NotFoundError("There is no such group of synonyms.")
            self._store.delete(group_id, person_id, now)

    def _read(self) -> _State:
        version, edits = self._store.current()
        groups = tuple(_merged(self._shipped, edits))
        shipped = {group.id for group in self._shipped}
        deleted = tuple(edit.id for edit in edits if edit.group is None and edit.id in shipped)
        return _State(version, groups, deleted, Synonyms(each.group for each in groups))


def open_live_synonyms(settings: SearchSettings, store: SynonymStore) -> LiveSynonyms:
    """Read the school's file of synonyms, or the one shipped, and what was written since.

    Raises:
        SettingsError: If the file cannot be read, or a group in it is wrong.
        TransientError: If the store does not answer.
    """
    return LiveSynonyms(
        load_synonyms(Path(settings.synonyms) if settings.synonyms else None), store
    )


def _merged(
    shipped: Sequence[SynonymGroup], edits: Sequence[SynonymEdit]
) -> Iterable[GroupInForce]:
    edited = {edit.id: edit for edit in edits}
    for group in shipped:
        edit = edited.pop(group.id, None)
        if edit is None:
            yield GroupInForce(group, SynonymOrigin.FILE)
        elif edit.group is not None:
            yield GroupInForce(edit.group, SynonymOrigin.REPLACED, edit.edited_at)
    for edit in edited.values():
        if edit.group is not None:
            yield GroupInForce(edit.group, SynonymOrigin.SCHOOL, edit.edited_at)
