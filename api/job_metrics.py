"""Where jobs stand and how late the indexes are, for Prometheus, read from the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from indexer.catalog.catalog import Catalog
from schemas.job import JobState
from schemas.outlook import Outlook, Standing

_COUNTED: Final = 1_000


class JobFigures(Collector):
    """Read at each scrape: true whichever process changed them."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        lag: Callable[[], int],
        outlook: Callable[[], Outlook],
        clock: Callable[[], datetime],
    ) -> None:
        """Read from here; ``lag`` counts published changes that searches do not see yet."""
        self._catalog = catalog
        self._lag = lag
        self._outlook = outlook
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering reads no database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield unfinished jobs by standing, failed ones by reason, and the age of the lag."""
        standings = Counter(each.standing for each in self._outlook().jobs)
        open_jobs = GaugeMetricFamily(
            "cordee_jobs_open", "Unfinished jobs, by what they do.", labels=("standing",)
        )
        for standing in Standing:
            open_jobs.add_metric((standing.value,), standings[standing])
        yield open_jobs
        failed = self._catalog.jobs.list_recent(states=(JobState.FAILED,), limit=_COUNTED)
        reasons = Counter(job.problem.code if job.problem else "unknown" for job in failed)
        by_reason = GaugeMetricFamily(
            "cordee_jobs_failed", "Failed jobs of the newest 1 000, by reason.", labels=("code",)
        )
        for code, n in sorted(reasons.items()):
            by_reason.add_metric((code,), n)
        yield by_reason
        yield GaugeMetricFamily(
            "cordee_index_lag_seconds",
            "For how long the first change waits that searches do not see yet.",
            value=self._waiting_s(),
        )

    def _waiting_s(self) -> float:
        changes = self._catalog.changes
        since = changes.waiting_since(changes.last_position() - self._lag())
        return max(0.0, (self._clock() - since).total_seconds()) if since else 0.0
