"""Ranking profiles that were made here, and which one is in service."""

from __future__ import annotations

from datetime import datetime

import msgspec


class MadeProfile(msgspec.Struct, frozen=True):
    """Weights learned from judgments, with what spoke for them; never changed once written."""

    name: str
    version: int
    """From 1 within the name; 0 before the catalog has given it one."""
    weights: dict[str, float]
    """Fields of a ranking profile; one that is not here has its usual value."""
    made_at: datetime
    dataset: str
    """The judgments that it was learned from."""
    measure: str
    """Name of what ``before`` and ``after`` are means of, over judgments kept apart."""
    before: float
    """Of the profile that was in service then."""
    after: float
    p_value: float
    """How often chance alone makes such a difference."""
    against: str
    """The profile that was in service then, as ``name@version``."""

    @property
    def key(self) -> str:
        """How it is named everywhere: ``name@version``."""
        return f"{self.name}@{self.version}"


class ServiceChange(msgspec.Struct, frozen=True):
    """Another ranking profile came into service: a line of a history that nothing rewrites."""

    profile: str
    """As ``name@version``; empty for the one that the settings name."""
    at: datetime
    by: str
    """Who or what did it: a person's id, or the name of a command."""
    reason: str
    is_rollback: bool = False
    line: int = 0
    """Number in the history, from 1, rising."""
