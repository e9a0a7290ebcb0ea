"""What learning costs: a query, a vote, a start, with a log of a million lines.

    python -m benchmarks.usefulness [--searches 100000] [--intents 5000] [--documents 20000]

Invented searches of invented intents, ten hits each, a click on every other page and a vote on
every tenth; vectors lie as near each other as those of e5. Prints milliseconds of the processor's
time in this thread, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.feedback.learner import Learner
from indexer.feedback.pseudonyms import phrasing_id
from indexer.feedback.snapshot import dump, load
from indexer.feedback.state import FeedbackState, day_of
from schemas.feedback import (
    Action,
    LoggedEvent,
    LoggedSearch,
    PhrasingId,
    Pseudonym,
    ShownHit,
)
from schemas.identity import Role
from schemas.ids import DocumentId, PersonId, QueryId, Revision
from schemas.judgment import Judgment, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS: Final = 384
ENCODER: Final = "synthetic"
N_CANDIDATES: Final = 200
"""Documents of the candidates of one query: both retrievers give 100 passages."""
_HITS: Final = 10
_PEOPLE: Final = 2_000
_NEARNESS: Final = 0.85  # cosine of two questions that have nothing to do with each other
_SPREAD: Final = 40  # documents that an intent's searches find among
_START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class World:
    """Invented intents: their vectors and what they find."""

    def __init__(self, n_intents: int, n_documents: int, seed: int = 1) -> None:
        """Invent them."""
        rng = np.random.default_rng(seed)
        own = rng.standard_normal((n_intents, DIMENSIONS))
        own /= np.linalg.norm(own, axis=1, keepdims=True)
        common = np.zeros(DIMENSIONS)
        common[0] = 1.0
        rows = np.sqrt(_NEARNESS) * common + np.sqrt(1 - _NEARNESS) * own
        self.vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        self.documents = [DocumentId(f"d-{n:020d}") for n in range(n_documents)]
        self.found = rng.integers(0, n_documents, (n_intents, _SPREAD))
        self.rng = rng

    def vector(self, _: PhrasingId, text: str) -> NDArray[np.float32]:
        """Return the vector of a question."""
        return self.vectors[int(text.split()[1])]

    def candidates(self, intent: int) -> list[DocumentId]:
        """Return what a query of an intent finds, best first."""
        others = self.rng.integers(0, len(self.documents), N_CANDIDATES)
        return [self.documents[n] for n in dict.fromkeys([*self.found[intent], *others])]


def search(world: World, number: int) -> LoggedSearch:
    """Return an invented search."""
    intent = int(world.rng.integers(0, len(world.vectors)))
    text = f"question {intent} {intent}"
    places = world.rng.permutation(_SPREAD)[:_HITS]
    hits = tuple(
        ShownHit(world.documents[world.found[intent][n]], place, "sheet")
        for place, n in enumerate(places, 1)
    )
    return LoggedSearch(
        query_id=QueryId(f"q-{number:020d}"),
        person=Pseudonym(f"s-{number % _PEOPLE}"),
        role=Role.STUDENT,
        at=_START + timedelta(minutes=2 * number),
        text=text,
        phrasing=phrasing_id(text),
        profile="default@4",
        hits=hits,
        page=1,
        total=_HITS,
        line=number,
    )


def fill(state: FeedbackState, world: World, n_searches: int) -> int:
    """Take an invented log in; return how many lines and impressions it has."""
    n = 0
    for number in range(1, n_searches + 1):
        found = search(world, number)
        state.take_search(found, world.vector)
        n += 1 + len(found.hits)
        place = int(world.rng.integers(1, _HITS + 1))
        hit = found.hits[place - 1]
        if number % 2:
            state.take_event(
                LoggedEvent(
                    query_id=found.query_id,
                    person=found.person,
                    role=found.role,
                    at=found.at,
                    action=Action.CLICK,
                    document_id=hit.document_id,
                    position=place,
                    line=number,
                )
            )
            n += 1
        if not number % 10:
            state.take_vote(number, vote(found, hit.document_id), Pseudonym)
            n += 1
    return n


def vote(found: LoggedSearch, document_id: DocumentId) -> Judgment:
    """Return a useful vote on a hit."""
    return Judgment(
        person_id=PersonId(found.person),
        role=Role.STUDENT,
        document_id=document_id,
        revision=Revision("r"),
        query_text=found.text,
        value=Verdict.USEFUL,
        judged_at=found.at,
        query_id=found.query_id,
    )


def measure(n_searches: int, n_intents: int, n_documents: int, n_queries: int) -> dict[str, Any]:
    """Return what everything took."""
    world, state = World(n_intents, n_documents), FeedbackState(ENCODER)
    n_lines, taken_ms = _timed(lambda: fill(state, world, n_searches))
    learner, today = Learner(state), day_of(_START + timedelta(minutes=2 * n_searches))
    view, first_ms = _timed(lambda: learner.view(today))
    found = search(world, n_searches + 1)
    state.take_search(found, world.vector)
    state.take_vote(n_searches + 1, vote(found, found.hits[0].document_id), Pseudonym)
    _, vote_ms = _timed(lambda: learner.view(today))
    dumped, dump_ms = _timed(lambda: dump(state))
    _, load_ms = _timed(lambda: load(dumped))
    known, new = [], []
    for n in range(n_queries):
        intent = int(world.rng.integers(0, n_intents))
        documents, vector = world.candidates(intent), world.vectors[intent]
        for typed, times in ((f"question {intent} {intent}", known), (f"autre {n} terme", new)):
            _, ms = _timed(
                lambda typed=typed, documents=documents, vector=vector: view.useful(
                    typed, documents, encoder=ENCODER, encode=lambda: vector
                )
            )
            times.append(ms)
    return {
        "lines_and_impressions": n_lines,
        "intents": len(state.intents),
        "query_known_ms": _percentiles(known),
        "query_new_wording_ms": _percentiles(new),
        "vote_to_view_ms": round(vote_ms, 1),
        "first_view_ms": round(first_ms),
        "log_taken_in_ms": round(taken_ms),
        "kept_mb": round(len(dumped) / 1e6, 1),
        "keep_ms": round(dump_ms),
        "start_from_kept_ms": round(load_ms),
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.thread_time()
    found = work()
    return found, (time.thread_time() - started) * 1e3


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(times, q)), 3) for q in (50, 95, 99)}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--searches", type=int, default=100_000)
    parser.add_argument("--intents", type=int, default=5_000)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=1_000)
    chosen = parser.parse_args()
    found = measure(chosen.searches, chosen.intents, chosen.documents, chosen.queries)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
