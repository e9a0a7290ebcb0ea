"""What the stages of ingestion cost, for Prometheus: all workers together, from the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from indexer.catalog.stage_times import BOUNDS_S, StageTimes

_LABELS: Final = ("stage", "outcome")


class StageFigures(Collector):
    """Read at each scrape: workers serve no page of their own, and come and go."""

    def __init__(self, times: StageTimes) -> None:
        """Read the sums from here."""
        self._times = times

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering reads no database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield time on the clock, CPU time and amounts, by stage and outcome."""
        seconds = HistogramMetricFamily(
            "cordee_stage_seconds", "Time of one run of a stage of ingestion.", labels=_LABELS
        )
        cpu = CounterMetricFamily(
            "cordee_stage_cpu_seconds",
            "CPU time of workers, and of what they start, during a stage.",
            labels=_LABELS,
        )
        amount = CounterMetricFamily(
            "cordee_stage_amount",
            "Bytes (receive, extract) or passages (later stages) that were worked on.",
            labels=_LABELS,
        )
        for (stage, outcome), rows in groupby(self._times.all(), lambda r: (r.stage, r.outcome)):
            runs = list(rows)
            labels = (stage.value, outcome.value)
            buckets = [
                (_named(bound), sum(r.n_runs for r in runs if r.within_s <= bound))
                for bound in BOUNDS_S
            ]
            seconds.add_metric(labels, buckets, sum_value=sum(r.seconds for r in runs))
            cpu.add_metric(labels, sum(r.cpu_seconds for r in runs))
            amount.add_metric(labels, sum(r.amount for r in runs))
        yield from (seconds, cpu, amount)


def _named(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(bound)
