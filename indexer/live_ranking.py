"""The ranking profile in service and the experiment that is running, as the catalog says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
import structlog

from indexer.following import Followed
from indexer.retrieval.contest import Contest
from indexer.retrieval.profiles import PROFILES, RankingProfile, made_profile
from schemas.errors import NotFoundError, SettingsError
from schemas.experiment import Experiment
from schemas.ranking import MadeProfile, ServiceChange

log = structlog.get_logger(__name__)


class RankingStore(Protocol):
    """Keeps profiles made here, the history of service, and experiments."""

    def version(self) -> tuple[int, int]:
        """Return two numbers of which one rises with every change."""

    def profiles(self) -> list[MadeProfile]:
        """Return every profile made here."""

    def history(self) -> list[ServiceChange]:
        """Return every change of the profile in service, the first one first."""

    def experiments(self) -> list[Experiment]:
        """Return every experiment."""


class LiveRanking:
    """Hands out what ranks. Safe in several threads.

    A change counts within a second of the next search. While the store does not answer, what was
    in force stays so; a profile that this release cannot read is not served.
    """

    def __init__(
        self,
        base: RankingProfile,
        store: RankingStore,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the store once; it stays open for as long as this is used."""
        self._base = base
        self._store = store
        self._followed = Followed(
            self._read,
            version=store.version,
            version_of=lambda state: state.version,
            name="ranking",
            clock_s=clock_s,
        )

    def current(self) -> RankingProfile:
        """Return the profile in service; what a search asks for, once per query."""
        return self._followed.current().profile

    def contest(self, asker: str) -> Contest | None:
        """Return whose rankings a page of this person mixes; ``None`` for one that is not mixed."""
        contest = self._followed.current().contest
        return contest if contest and contest.takes_part(asker) else None

    def _read(self) -> _State:
        version = self._store.version()
        made = self._store.profiles()
        served = self._store.history()
        name = served[-1].profile if served else ""
        profile = _or_none(name, made) if name else self._base
        running = next((each for each in self._store.experiments() if each.is_running), None)
        return _State(version, profile or self._base, _contest(running, made))


class _State(msgspec.Struct, frozen=True):
    version: tuple[int, int]
    profile: RankingProfile
    contest: Contest | None


def find_profile(key: str, made: Sequence[MadeProfile]) -> RankingProfile:
    """Return a profile by ``name@version``, or the last version of a name: shipped or made here.

    Raises:
        NotFoundError: If there is none.
    """
    name, _, version = key.partition("@")
    shipped = [p for p in PROFILES.values() if p.name == name]
    found = [*shipped, *(made_profile(each) for each in made if each.name == name)]
    chosen = [p for p in found if not version or str(p.version) == version]
    if not chosen:
        known = sorted({p.version_name for p in PROFILES.values()} | {each.key for each in made})
        raise NotFoundError(f"There is no ranking profile {key}; there are {', '.join(known)}.")
    return max(chosen, key=lambda p: p.version)


def _or_none(key: str, made: Sequence[MadeProfile]) -> RankingProfile | None:
    try:
        return find_profile(key, made)
    except (NotFoundError, SettingsError) as exc:
        log.warning("ranking.unknown", profile=key, error=str(exc))
        return None


def _contest(running: Experiment | None, made: Sequence[MadeProfile]) -> Contest | None:
    if running is None:
        return None
    champion, challenger = _or_none(running.champion, made), _or_none(running.challenger, made)
    if champion is None or challenger is None:
        return None
    return Contest(running.name, champion, challenger, running.share)


def served_profile(base: RankingProfile, store: RankingStore) -> RankingProfile:
    """Return the profile in service at this moment, as searches have it."""
    return LiveRanking(base, store).current()
