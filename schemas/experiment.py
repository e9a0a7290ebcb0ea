"""Experiments: two ranking profiles whose rankings are mixed for a share of the people."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from schemas.feedback import LogPosition

MAX_SHARE: Final = 1.0


class Experiment(msgspec.Struct, frozen=True):
    """A challenger against the profile in service, from a start to a stop."""

    name: str
    champion: str
    """As ``name@version``: the profile that was in service at the start."""
    challenger: str
    share: float
    """Of the people, above 0 and at most 1, who see mixed pages."""
    started_at: datetime
    started_by: str
    since: LogPosition
    """Where the log ended at the start: nothing before counts."""
    stopped_at: datetime | None = None
    reason: str = ""
    """Why it stopped."""

    @property
    def is_running(self) -> bool:
        """Tell whether pages are still mixed."""
        return self.stopped_at is None
