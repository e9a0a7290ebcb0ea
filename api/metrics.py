"""Figures for Prometheus, in a registry of their own so that several apps can share a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.job_metrics import JobFigures
from api.stage_metrics import StageFigures
from indexer.catalog.catalog import Catalog
from indexer.dense.query_vectors import VectorCounts
from indexer.feedback.recorder import FeedbackRecorder
from indexer.retrieval.reranking import Outcome
from schemas.job import JobState
from schemas.notice import DeliveryState
from schemas.question import QuestionState

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SEARCH_BUCKETS_S: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 5.0)
"""Dense around the promise: 95 of 100 searches within 50 ms."""
_HTTP_BUCKETS_S: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)


class Metrics:
    """Counters that handlers feed, and gauges that are read from the catalog when scraped."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        lag: Callable[[], int],
        jobs: JobFigures,
        query_vectors: Callable[[], VectorCounts],
        reranks: Callable[[], Mapping[Outcome, int]],
        feedback: FeedbackRecorder,
    ) -> None:
        """Register every metric.

        Args:
            catalog: Counts documents and jobs.
            lag: Counts published changes not in the indexes yet.
            jobs: Tells where jobs stand.
            query_vectors: Counts queries whose vector was remembered.
            reranks: Counts searches by what became of reranking.
            feedback: Counts what was noted of what people do with answers, and what was not.
        """
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "cordee_http_requests",
            "Requests answered, by route template.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._request_s = Histogram(
            "cordee_http_request_seconds",
            "Time from request to the end of the answer.",
            ("method", "route"),
            buckets=_HTTP_BUCKETS_S,
            registry=self._registry,
        )
        self._search_s = Histogram(
            "cordee_search_seconds",
            "Time of one search inside the engine.",
            buckets=_SEARCH_BUCKETS_S,
            registry=self._registry,
        )
        self._part_s = Histogram(
            "cordee_search_part_seconds",
            "Time of one part of a search: encode, lexical, dense and so on.",
            ("part",),
            buckets=_SEARCH_BUCKETS_S,
            registry=self._registry,
        )
        self._registry.register(_CatalogGauges(catalog, lag))
        self._registry.register(jobs)
        self._registry.register(StageFigures(catalog.stage_times))
        self._registry.register(_QueryVectors(query_vectors))
        self._registry.register(_Reranks(reranks))
        self._registry.register(_Feedback(feedback))
        ProcessCollector(registry=self._registry)

    def observe_request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_s.labels(method, route).observe(seconds)

    def observe_search(self, *, took_ms: float, timings_ms: Mapping[str, float]) -> None:
        """Count one search and where its time went."""
        self._search_s.observe(took_ms / 1000)
        for part, part_ms in timings_ms.items():
            self._part_s.labels(part).observe(part_ms / 1000)

    def render(self) -> bytes:
        """Return everything in the Prometheus text format."""
        return generate_latest(self._registry)


class _QueryVectors(Collector):
    """Read at each scrape; counts start again with every generation of the indexes."""

    def __init__(self, counts: Callable[[], VectorCounts]) -> None:
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield how many queries had a vector already, how many had not, and how many are kept."""
        counts = self._counts()
        asked = CounterMetricFamily(
            "cordee_query_vectors",
            "Queries to be encoded, by whether their vector was remembered.",
            labels=("outcome",),
        )
        asked.add_metric(("hit",), counts.hits)
        asked.add_metric(("miss",), counts.misses)
        yield asked
        yield GaugeMetricFamily(
            "cordee_query_vectors_kept", "Query vectors in memory.", value=counts.kept
        )


class _Reranks(Collector):
    """Read at each scrape."""

    def __init__(self, counts: Callable[[], Mapping[Outcome, int]]) -> None:
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield how many searches were read in time, were not, or could not be."""
        reranks = CounterMetricFamily(
            "cordee_reranks", "Searches by what became of reranking.", labels=("outcome",)
        )
        for outcome, count in self._counts().items():
            reranks.add_metric((outcome,), count)
        yield reranks


class _Feedback(Collector):
    """Read at each scrape."""

    def __init__(self, feedback: FeedbackRecorder) -> None:
        self._feedback = feedback

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield what counts, what does not and why, and how much waits to be written."""
        counted = CounterMetricFamily(
            "cordee_feedback_counted",
            "Searches, events and votes that the usefulness loop counts.",
            labels=("part",),
        )
        for part, count in self._feedback.counted().items():
            counted.add_metric((part.value,), count)
        yield counted
        ignored = CounterMetricFamily(
            "cordee_feedback_ignored",
            "Searches, events and votes that it does not count, by reason.",
            labels=("part", "reason"),
        )
        for (part, reason), count in self._feedback.ignored().items():
            ignored.add_metric((part.value, reason.value), count)
        yield ignored
        yield GaugeMetricFamily(
            "cordee_feedback_queued",
            "Lines that wait to be written to the log.",
            value=self._feedback.n_queued,
        )


class _CatalogGauges(Collector):
    """Read at each scrape: they are true whichever process changed them."""

    def __init__(self, catalog: Catalog, lag: Callable[[], int]) -> None:
        self._catalog = catalog
        self._lag = lag

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering reads no database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield index lag, published documents, jobs, questions and notices by state."""
        yield GaugeMetricFamily(
            "cordee_index_lag_changes",
            "Published changes that searches do not see yet.",
            value=self._lag(),
        )
        yield GaugeMetricFamily(
            "cordee_documents", "Published documents.", value=self._catalog.documents.n_published()
        )
        jobs = GaugeMetricFamily("cordee_jobs", "Ingestion jobs, by state.", labels=("state",))
        counts = self._catalog.jobs.counts()
        for state in JobState:
            jobs.add_metric((state.value,), counts.get(state, 0))
        yield jobs
        questions = GaugeMetricFamily(
            "cordee_questions", "Questions to mentors, by state.", labels=("state",)
        )
        asked = self._catalog.questions.counts()
        for stands in QuestionState:
            questions.add_metric((stands.value,), asked[stands])
        yield questions
        notices = GaugeMetricFamily(
            "cordee_notices", "Notices to the school's software, by state.", labels=("state",)
        )
        sent = self._catalog.notices.counts()
        for became in DeliveryState:
            notices.add_metric((became.value,), sent[became])
        yield notices
