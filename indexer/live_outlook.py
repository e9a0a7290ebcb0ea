"""Where jobs stand, read about once a second however many people look on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from indexer.catalog.catalog import Catalog
from indexer.outlook import Conditions, job_outlook, read_conditions
from schemas.ids import JobId
from schemas.job import OPEN, Job
from schemas.outlook import JobOutlook, OpenJob
from schemas.settings import Settings

KEPT_S: Final = 1.0
"""A person sees no difference, and every open page asks several times a second."""
READING_SHARE: Final = 20.0
"""With thousands of unfinished jobs a reading takes longer: it is kept this many times as long."""


class _Seen(msgspec.Struct, frozen=True):
    conditions: Conditions
    is_between: Mapping[JobId, bool]
    until: float


class LiveOutlook:
    """Tells where one job stands; for threads."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read nothing yet; ``clock`` tells the time in UTC, ``monotonic`` returns seconds."""
        self._settings = settings
        self._catalog = catalog
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen: _Seen | None = None

    def of(self, job: Job) -> JobOutlook | None:
        """Return where a job stands, by its row as given here; ``None`` when it is over."""
        if job.state not in OPEN:
            return None
        seen = self._read()
        one = OpenJob(job, size_bytes=0, is_between=seen.is_between.get(job.id, False))
        return job_outlook(one, seen.conditions, now=self._clock())

    def _read(self) -> _Seen:
        with self._lock:
            began = self._monotonic()
            if self._seen is None or self._seen.until < began:
                conditions = read_conditions(self._settings, self._catalog, self._clock())
                between = {o.job.id: o.is_between for o in self._catalog.jobs.open_jobs()}
                took = self._monotonic() - began
                self._seen = _Seen(conditions, between, began + max(KEPT_S, READING_SHARE * took))
            return self._seen
