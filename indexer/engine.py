"""Engine: everything a search needs, in one frozen bundle."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime

import msgspec

from indexer.generations import LiveIndexes
from indexer.live_speller import SpellerSource
from indexer.ports import PassageReader, UsefulnessSource
from indexer.retrieval.contest import RankingSource
from indexer.retrieval.reranking import Reranker
from indexer.retrieval.understanding import SynonymSource
from indexer.taxonomy import Taxonomy
from schemas.ids import QueryId
from schemas.settings import SearchSettings


class Engine(msgspec.Struct, frozen=True):
    """What ``search`` and ``suggest`` receive. Safe to share between threads."""

    reader: PassageReader
    indexes: LiveIndexes
    taxonomy: Taxonomy
    ranking: RankingSource
    settings: SearchSettings
    clock: Callable[[], datetime]
    mint_query_id: Callable[[], QueryId]
    executor: Executor
    """Runs the dense half of a search beside the lexical one; its opener shuts it down."""
    spellers: SpellerSource | None = None
    """``None``: queries are taken as typed."""
    synonyms: SynonymSource | None = None
    """``None``: words mean themselves."""
    reranker: Reranker | None = None
    """``None``: the fused order stands."""
    usefulness: UsefulnessSource | None = None
    """``None``: nothing was learned from what people did."""
