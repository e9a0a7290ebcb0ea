"""What every index can say of itself: which passages it holds."""

from __future__ import annotations

from typing import Protocol

from schemas.passage import Held


class Holder(Protocol):
    """Holds passages, and lists them in order of id."""

    def held(self, after: int, limit: int) -> list[Held]:
        """Return the next passages that are held beyond this id, in order of id."""
