"""Numbers about a run, by ir-measures, under the names that reports print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import ir_measures
import numpy as np

from indexer.evaluation.dataset import Qrels, Run

MEASURES: Final = MappingProxyType({
    "ndcg@10": ir_measures.nDCG @ 10,
    "mrr@10": ir_measures.RR @ 10,
    "recall@10": ir_measures.R @ 10,
    "recall@100": ir_measures.R @ 100,
})

_PERCENTILES: Final = MappingProxyType({"p50": 50, "p95": 95, "p99": 99})


def measure(qrels: Qrels, run: Run) -> dict[str, float]:
    """Return the mean of each measure over the judged queries of the run, 0 to 1.

    Ranks count, not scores: equal scores keep the order they are given in.
    """
    judged = {query_id: dict(qrels[query_id]) for query_id in run}
    found = ir_measures.calc_aggregate(list(MEASURES.values()), judged, _by_rank(run))
    return {name: round(float(found[each]), 4) for name, each in MEASURES.items()}


def measure_each(qrels: Qrels, run: Run, name: str) -> dict[str, float]:
    """Return one measure of every query of the run, by query id."""
    judged = {query_id: dict(qrels[query_id]) for query_id in run}
    found = ir_measures.iter_calc([MEASURES[name]], judged, _by_rank(run))
    return {each.query_id: float(each.value) for each in found}


def percentiles_ms(samples_ms: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 by nearest rank: each is a time that was really taken."""
    if not samples_ms:
        return dict.fromkeys(_PERCENTILES, 0.0)
    found = np.percentile(samples_ms, list(_PERCENTILES.values()), method="inverted_cdf")
    return {name: round(float(ms), 2) for name, ms in zip(_PERCENTILES, found, strict=True)}


def _by_rank(run: Run) -> Mapping[str, Mapping[str, float]]:
    return {
        query_id: {document_id: -float(rank) for rank, (document_id, _) in enumerate(ranking)}
        for query_id, ranking in run.items()
    }
