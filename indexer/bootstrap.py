"""From settings and a catalog to a running engine: the only module here that names adapters."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import structlog

from indexer.catalog.catalog import Catalog
from indexer.catalog.database import utc_now
from indexer.catalog.records import Generation
from indexer.comparing import compare
from indexer.dense.cross_encoder import open_pair_scorer
from indexer.dense.query_encoder import open_query_encoder
from indexer.dense.query_vectors import QueryVectors, VectorCounts
from indexer.engine import Engine
from indexer.feedback.live import LiveFeedback
from indexer.feedback.pseudonyms import Pseudonyms, open_pseudonyms
from indexer.feedback.reader import FeedbackReader
from indexer.follower import Follower, follower_name
from indexer.generations import LiveIndexes
from indexer.live_ranking import LiveRanking
from indexer.live_speller import MISTYPED, LiveSpeller
from indexer.live_synonyms import LiveSynonyms, open_live_synonyms
from indexer.ownership import take
from indexer.pairs import PairOpener
from indexer.ports import PairScorer, QueryEncoder
from indexer.retrieval.profiles import profile_named
from indexer.retrieval.reranking import Outcome, Reranker
from indexer.retrieval.search import search
from indexer.taxonomy import load_taxonomy
from schemas.comparison import Comparison
from schemas.document import ParticipantRole
from schemas.errors import NotFoundError, PermanentError
from schemas.hit import ResultPage
from schemas.ids import DocumentId, PersonId, QueryId
from schemas.query import Filter, Query
from schemas.settings import SearchSettings, Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

_SEARCH_THREADS: Final = 8  # dense halves at once: they wait for encoder and engine, not for us
_ALIVE_WITHIN: Final = timedelta(seconds=60)  # of a follower's report: it reports every 5 s


class EngineHandle:
    """A running engine: its indexes, its follower and its threads, until ``close``."""

    def __init__(
        self,
        engine: Engine,
        follower: Follower,
        catalog: Catalog,
        *,
        synonyms: LiveSynonyms,
        feedback: LiveFeedback,
        shut: Callable[[], None],
    ) -> None:
        """Own these; ``shut`` releases what lies below them."""
        self._feedback = feedback
        self._synonyms = synonyms
        self._engine = engine
        self._follower = follower
        self._catalog = catalog
        self._shut = shut

    @property
    def engine(self) -> Engine:
        """What ``search`` and ``suggest`` receive."""
        return self._engine

    @property
    def synonyms(self) -> LiveSynonyms:
        """Those that searches use, for reading and changing."""
        return self._synonyms

    @property
    def feedback(self) -> LiveFeedback:
        """What searches learn from the log of searches; told to ``wake`` when it has grown."""
        return self._feedback

    @property
    def generation(self) -> int:
        """The generation in service."""
        return self._engine.indexes.number

    @property
    def position(self) -> int:
        """Last change that searches see; 0 while the first build is running."""
        return self._follower.position or 0

    def warm_up(self) -> None:
        """Prepare aside what the first search would wait for: word lists, the encoder's first run.

        Returns at once. Searches that come meanwhile wait for their own part only.
        """
        nobody = Query(text=f"bonjour {MISTYPED}", filter=Filter(audiences=frozenset()))
        self._engine.executor.submit(search, nobody, self._engine).add_done_callback(_tell_failure)

    def query_vectors(self) -> VectorCounts:
        """Count queries whose vector was remembered, since the generation came into service."""
        with self._engine.indexes.lease() as pair:
            encoder = pair.encoder
            return encoder.counts() if isinstance(encoder, QueryVectors) else VectorCounts(0, 0, 0)

    def reranks(self) -> Mapping[Outcome, int]:
        """Count searches by what became of reranking; nothing where it is off."""
        return self._engine.reranker.counts() if self._engine.reranker else {}

    def ready(self) -> bool:
        """Tell whether searches see a complete index that is kept up to date."""
        return self._follower.position is not None and self._follower.is_alive

    def lag(self) -> int:
        """Return how many positions of the change log searches do not see yet."""
        return max(0, self._catalog.changes.last_position() - self.position)

    def compare(self, *, deep: bool) -> Comparison:
        """Compare what searches see with the catalog, texts and vectors too when ``deep``."""
        position = self.position
        with self._engine.indexes.lease() as pair:
            return compare(pair, position, self._catalog, deep=deep)

    def wait_for(self, position: int, timeout_s: float) -> bool:
        """Wait until searches see this change; False when the time ran out first."""
        return self._follower.wait_for(position, timeout_s)

    def wait_for_generation(self, number: int, timeout_s: float) -> bool:
        """Wait until this generation is in service; False when the time ran out first."""
        return self._follower.wait_for_generation(number, timeout_s)

    def close(self) -> None:
        """Stop following and release everything; no search may be running. Twice is once."""
        shut, self._shut = self._shut, _nothing
        shut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_engine(
    settings: Settings,
    catalog: Catalog,
    *,
    open_encoder: Callable[[str], QueryEncoder] | None = None,
    open_scorer: Callable[[str], PairScorer] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> EngineHandle:
    """Take the index directory, open the generation to be served and start following.

    Returns at once also when the indexes have to be built: ``ready`` tells when they are. When
    the wanted generation is not built yet and an older one is, the older one is served meanwhile.

    Args:
        settings: The whole tree.
        catalog: Stays open until after the handle is closed.
        open_encoder: Loads a query encoder by name; the models of the settings by default.
        open_scorer: Loads a reranker by name; the models of the settings by default.
        clock: The time, UTC.

    Raises:
        ConflictError: If another process owns the directory; the message names it.
        NotFoundError: If the encoder's model was not pulled.
        SettingsError: If the ranking profile, the reranker, the taxonomy or the synonyms are wrong.
    """
    taxonomy = load_taxonomy(Path(settings.tags.taxonomy) if settings.tags.taxonomy else None)
    profile = profile_named(settings.search.profile)
    reranker = _open_reranker(
        settings.search, open_scorer or (lambda name: open_pair_scorer(settings, name))
    )
    synonyms = open_live_synonyms(settings.search, catalog.synonyms)
    pseudonyms = open_pseudonyms(settings)
    release = take(settings.index_dir)
    opener = PairOpener(
        settings,
        open_encoder or (lambda name: open_query_encoder(settings, name)),
        is_shared=lambda number: _is_served_elsewhere(catalog, number, clock()),
    )
    try:
        wanted = catalog.generations.ensure(settings.models.encoder)
        opened = opener.open(_to_serve(wanted, opener.built_generations()))
    except BaseException:
        opener.close()
        release()
        raise
    opener.sweep(keep=opened.pair.number)
    opened.dense.serve()
    live = LiveIndexes(opened.pair)
    follower = Follower(opened, live, opener, catalog=catalog, clock=clock)
    executor = ThreadPoolExecutor(_SEARCH_THREADS, thread_name_prefix="cordee-dense")
    feedback = _follow_feedback(catalog, live, pseudonyms, settings.data_dir, clock=clock)

    def shut() -> None:
        feedback.stop()
        follower.stop()
        executor.shutdown()
        live.close()
        opener.close()
        release()

    follower.start()
    engine = Engine(
        reader=catalog.reader,
        indexes=live,
        taxonomy=taxonomy,
        ranking=LiveRanking(profile, catalog.rankings),
        settings=settings.search,
        clock=clock,
        mint_query_id=lambda: QueryId(f"q-{uuid.uuid4().hex[:20]}"),
        executor=executor,
        spellers=LiveSpeller(),
        synonyms=synonyms,
        reranker=reranker,
        usefulness=feedback,
    )
    return EngineHandle(engine, follower, catalog, synonyms=synonyms, feedback=feedback, shut=shut)


def _open_reranker(settings: SearchSettings, load: Callable[[str], PairScorer]) -> Reranker | None:
    """Load the reranker if one is named; a search without it is better than none."""
    if not settings.reranker:
        return None
    try:
        scorer = load(settings.reranker)
    except (NotFoundError, PermanentError) as error:
        log.warning("reranker.missing", model=settings.reranker, reason=str(error))
        return None
    return Reranker(scorer, depth=settings.reranked, within_ms=settings.rerank_within_ms)


def _follow_feedback(
    catalog: Catalog,
    live: LiveIndexes,
    pseudonyms: Pseudonyms,
    directory: Path,
    *,
    clock: Callable[[], datetime],
) -> LiveFeedback:
    def encode(text: str) -> tuple[str, NDArray[np.float32]]:
        with live.lease() as pair:
            return pair.encoder.name, pair.encoder.encode_query(text)

    def encoder() -> str:
        with live.lease() as pair:
            return pair.encoder.name

    reader = FeedbackReader(
        catalog.feedback,
        catalog.judgments,
        pseudonym_of=pseudonyms.of,
        encode=encode,
    )

    def mentors_of(documents: Collection[DocumentId]) -> dict[DocumentId, list[PersonId]]:
        found = catalog.documents.get_many(documents)
        return {
            i: [who.id for who in each.participants if who.role is ParticipantRole.MENTOR]
            for i, each in found.items()
        }

    feedback = LiveFeedback(
        reader, encoder=encoder, clock=clock, directory=directory, mentors_of=mentors_of
    )
    feedback.start()
    return feedback


def _to_serve(wanted: Generation, built: list[int]) -> Generation:
    """Return the wanted generation, or the newest one that is already there."""
    older = [number for number in built if number <= wanted.number]
    if not older:
        return wanted
    # The encoder of a built generation is read from its position file.
    return Generation(number=older[-1], encoder=wanted.encoder)


def _is_served_elsewhere(catalog: Catalog, number: int, now: datetime) -> bool:
    return any(
        report.generation <= number
        and report.name != follower_name()
        and now - report.reported_at < _ALIVE_WITHIN
        for report in catalog.generations.followers()
    )


def _tell_failure(done: Future[ResultPage]) -> None:
    """Log why warming up failed: the first search will say so as well, but to somebody else."""
    if not done.cancelled() and (error := done.exception()) is not None:
        log.warning("engine.cold", error=str(error))


def _nothing() -> None:
    """Do nothing: what is left to shut after the first time."""
