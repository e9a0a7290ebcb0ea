"""A judged collection as a school in which people search: the real engine, log and learning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from benchmarks.loop.people import Deed, Person
from benchmarks.loop.raw import RawClicks
from indexer.engine import Engine
from indexer.evaluation.dataset import Dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.run import Indexed, Progress, Tools, open_indexed
from indexer.feedback.pseudonyms import open_pseudonyms
from indexer.feedback.recorder import FeedbackRecorder
from indexer.retrieval.search import rank_documents, search
from schemas.errors import TransientError
from schemas.feedback import Action, ReportedEvent
from schemas.hit import ResultPage
from schemas.identity import EVERYONE, Caller, Role
from schemas.ids import DocumentId
from schemas.judgment import Judgment, Verdict
from schemas.query import Filter, Query
from schemas.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_DAY: Final = datetime(2026, 9, 1, 8, tzinfo=UTC)
_KEY: Final = "simulated people have no names to hide"
_QUERY_VECTORS: Final = 10_000  # all of a collection: each is encoded once
_FLUSH_S: Final = 120.0  # a busy machine

Learner = Callable[[], object]
"""Takes in what the log has become, before it returns."""


class LearnerOpener(Protocol):
    """Puts what learns from the log behind an engine."""

    def __call__(self, indexed: Indexed) -> tuple[Engine, Learner]:
        """Return an engine that ranks by what was learned, and what makes it learn."""


class SimulatedClock:
    """Time that passes when it is told to."""

    def __init__(self, start: datetime = FIRST_DAY) -> None:
        """Begin here."""
        self._start = start
        self._passed = timedelta()

    def __call__(self) -> datetime:
        """Return the time, UTC."""
        return self._start + self._passed

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return self._passed.total_seconds()

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += timedelta(seconds=seconds)


class School:
    """People search here; what they do is logged, and learned from when ``learn`` is called."""

    def __init__(
        self, dataset: Dataset, indexed: Indexed, clock: SimulatedClock, opener: LearnerOpener
    ) -> None:
        """Begin without a line in the log."""
        self.clock = clock
        self._names: dict[DocumentId, str] = {id_of(each.id): each.id for each in dataset.documents}
        self._catalog = indexed.catalog
        self._engine, self._learner = opener(indexed)
        self._recorder = FeedbackRecorder(
            indexed.catalog.feedback,
            open_pseudonyms(indexed.settings),
            indexed.settings.feedback,
            encode=self._encode,
            clock=clock,
            clock_s=clock.seconds,
        )

    @property
    def recorder(self) -> FeedbackRecorder:
        """The write side of the log."""
        return self._recorder

    def search(self, person: Person, text: str, *, number: int = 1) -> ResultPage:
        """Answer a person, and log it."""
        page = search(_query(text, number), self._engine)
        self._recorder.record_search(_caller(person), text, page, number=number)
        return page

    def names(self, page: ResultPage) -> list[str]:
        """Return the documents of a page, as the collection names them."""
        return [self._names[hit.document.id] for hit in page.hits]

    def tell(self, person: Person, text: str, page: ResultPage, deed: Deed) -> None:
        """Log what a person did with a hit, and say what they say of it."""
        caller, document = _caller(person), page.hits[deed.place].document
        self._recorder.record_events(
            caller,
            [
                ReportedEvent(page.query_id, document.id, Action.CLICK),
                ReportedEvent(page.query_id, document.id, Action.DWELL, dwell_ms=deed.dwell_ms),
            ],
        )
        if deed.is_useful is None or not self._recorder.may_vote(caller):
            return
        self._recorder.note_vote(caller, page.query_id, document.id)
        self._catalog.judgments.record(
            Judgment(
                person_id=person.id,
                role=caller.role,
                document_id=document.id,
                revision=document.revision,
                query_text=text,
                value=Verdict.USEFUL if deed.is_useful else Verdict.NOT_USEFUL,
                judged_at=self.clock(),
                query_id=page.query_id,
            )
        )
        self._recorder.voted()

    def withdraw(self, person: Person) -> int:
        """Take back everything that a person says; return how much it was."""
        caller = _caller(person)
        said, n_said = self._catalog.judgments.current(
            person.id, caller.audiences, per_page=_QUERY_VECTORS
        )
        for each in said:
            self._catalog.judgments.record(
                msgspec.structs.replace(
                    each, value=Verdict.WITHDRAWN, reason=None, judged_at=self.clock()
                )
            )
        self._recorder.voted()
        return n_said

    def learn(self) -> None:
        """Write what waits, and learn from it.

        Raises:
            TransientError: If the log does not take it.
        """
        if not self._recorder.flush(_FLUSH_S):
            raise TransientError("The log did not take what waits.")
        self._learner()

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return the whole ranking for a query, best first; nothing is logged."""
        found = rank_documents(_query(text, 1), self._engine)
        return [(self._names[document_id], score) for document_id, score in found]

    def close(self) -> None:
        """Log nothing from now on."""
        self._recorder.close()

    def _encode(self, text: str) -> tuple[str, NDArray[np.float32]]:
        with self._engine.indexes.lease() as pair:
            return pair.encoder.name, pair.encoder.encode_query(text)


@contextmanager
def open_school(
    dataset: Dataset,
    settings: Settings,
    tools: Tools,
    *,
    opener: LearnerOpener,
    progress: Progress = lambda *_: None,
) -> Iterator[School]:
    """Index a collection in a fresh data directory and open it as a school.

    Raises:
        TransientError: If indexing did not finish in time.
    """
    replace = msgspec.structs.replace
    own = replace(settings, feedback=replace(settings.feedback, key=_KEY))
    clock = SimulatedClock()
    with open_indexed(
        dataset, own, tools, progress=progress, query_vectors=_QUERY_VECTORS, clock=clock
    ) as indexed:
        school = School(dataset, indexed, clock, opener)
        try:
            yield school
        finally:
            school.close()


def nothing_learned(indexed: Indexed) -> tuple[Engine, Learner]:
    """Return an engine that learns nothing: what a school is without the loop."""
    return msgspec.structs.replace(indexed.handle.engine, usefulness=None), lambda: None


def _caller(person: Person) -> Caller:
    return Caller(person.id, Role.STUDENT)


def _query(text: str, number: int) -> Query:
    return Query(text=text, filter=Filter(audiences=frozenset({EVERYONE})), page=number)


def counting_clicks(indexed: Indexed) -> tuple[Engine, Learner]:
    """Return an engine that counts clicks as they come, and what makes it count."""
    raw = RawClicks(indexed.catalog.feedback)
    return msgspec.structs.replace(indexed.handle.engine, usefulness=raw), raw.catch_up


def learning(indexed: Indexed) -> tuple[Engine, Learner]:
    """Return the engine as it serves, and what makes it learn.

    It follows the log when it is told to and not by the second: one seed gives one result.
    """
    indexed.handle.feedback.stop()
    return indexed.handle.engine, indexed.handle.feedback.catch_up
