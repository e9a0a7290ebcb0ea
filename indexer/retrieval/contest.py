"""By what a search ranks: the profile in service, or two of which an experiment mixes both."""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

import msgspec

from indexer.analysis.normalize import query_key
from indexer.retrieval.profiles import RankingProfile

_ALL: Final = 2**64


class Contest(msgspec.Struct, frozen=True):
    """Two ranking profiles of which one search shows both."""

    experiment: str
    champion: RankingProfile
    challenger: RankingProfile
    share: float
    """Of the people who take part, 0 to 1."""

    def takes_part(self, asker: str) -> bool:
        """Tell whether somebody's pages are mixed: the same answer for all of an experiment."""
        return bool(asker) and _number(self.experiment, asker) < self.share * _ALL


class RankingSource(Protocol):
    """Tells by what a search ranks."""

    def current(self) -> RankingProfile:
        """Return the profile in service."""

    def contest(self, asker: str) -> Contest | None:
        """Return the two profiles that this person's pages mix; ``None`` where they mix none."""


class FixedRanking(msgspec.Struct, frozen=True):
    """One profile for ever, and no experiment: for measuring."""

    profile: RankingProfile

    def current(self) -> RankingProfile:
        """Return the profile."""
        return self.profile

    def contest(self, asker: str) -> Contest | None:  # noqa: ARG002
        """Return ``None``."""
        return None


class Coins:
    """Tosses that depend on who asks what in which experiment, and on nothing else."""

    def __init__(self, *seed: str) -> None:
        """Start from the beginning."""
        self._seed = "\0".join(seed)
        self._n = 0
        self._bits = 0

    def toss(self) -> int:
        """Return 0 or 1."""
        if self._n % 64 == 0:
            self._bits = _number(self._seed, str(self._n))
        side = self._bits >> (self._n % 64) & 1
        self._n += 1
        return side


def coins_for(contest: Contest, asker: str, text: str) -> Coins:
    """Return the coins of a search: the same on each of its pages, however the text is typed."""
    return Coins(contest.experiment, asker, query_key(text))


def _number(*parts: str) -> int:
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest)
