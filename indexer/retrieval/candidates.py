"""The candidate set of a query: what both retrievers found, with exact scores from both."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from indexer.generations import IndexPair
from indexer.ports import LexicalQuery
from indexer.retrieval.fusion import ComponentScores
from indexer.retrieval.understanding import Understanding
from schemas.ids import PassageId
from schemas.passage import Ranking
from schemas.query import Filter, RetrieverChoice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNKNOWN_COSINE = -1.0  # how DenseIndex.score says "not here (yet)"; no e5 cosine is near it


class CandidateSet(msgspec.Struct, frozen=True):
    """Passages that compete for the page, in passage-id order."""

    scores: tuple[ComponentScores, ...]
    is_complete: bool
    """Whether every passage that matches is in it: no retriever stopped at its limit."""


def retrieve(
    wanted: Understanding,
    where: Filter,
    pair: IndexPair,
    *,
    choice: RetrieverChoice,
    limit: int,
    executor: Executor,
) -> CandidateSet:
    """Ask the chosen retrievers for ``limit`` passages each, and score their union.

    The set depends on the query, the filter and the index alone, never on the page asked for.
    With the dense retriever on, every passage that passes the filter matches: it ranks all.
    """
    match choice:
        case RetrieverChoice.LEXICAL:
            ranking = pair.lexical.search(wanted.lexical, where, limit=limit)
            return _lexical_only(wanted.lexical, pair, ranking, limit)
        case RetrieverChoice.DENSE:
            return _dense_only(_dense_half(wanted, where, pair, limit))
        case RetrieverChoice.HYBRID:
            return _hybrid(wanted, where, pair, limit=limit, executor=executor)


def _hybrid(
    wanted: Understanding, where: Filter, pair: IndexPair, *, limit: int, executor: Executor
) -> CandidateSet:
    # Encoding the query is the longest part; the words are looked up meanwhile.
    future = executor.submit(_dense_half, wanted, where, pair, limit)
    by_words = pair.lexical.search(wanted.lexical, where, limit=limit)
    dense = future.result()
    union = sorted({scored.passage_id for scored in (*by_words, *dense.ranking)})
    completing = executor.submit(_all_cosines, pair, dense.vector, union, dense.ranking)
    lexical = pair.lexical.score(wanted.lexical, union, known=dict(by_words))
    cosines = completing.result()
    scores = tuple(
        ComponentScores(score.passage_id, score.words, score.grams, cosines.get(score.passage_id))
        for score in lexical
    )
    return CandidateSet(scores, len(by_words) < limit and dense.is_complete)


class _DenseHalf(NamedTuple):
    vector: NDArray[np.float32]
    ranking: Ranking
    """Of passages that have what is required and nothing that is excluded."""
    is_complete: bool
    """Whether the retriever did not stop at its limit, whatever was left out of the ranking."""


def _dense_half(wanted: Understanding, where: Filter, pair: IndexPair, limit: int) -> _DenseHalf:
    vector = pair.encoder.encode_query(wanted.meaning)
    ranking = pair.dense.search(vector, where, limit=limit)
    allowed = pair.lexical.meeting(wanted.lexical, [scored.passage_id for scored in ranking])
    kept = [scored for scored in ranking if scored.passage_id in allowed]
    return _DenseHalf(vector, kept, is_complete=len(ranking) < limit)


def _all_cosines(
    pair: IndexPair, vector: NDArray[np.float32], union: Sequence[PassageId], known: Ranking
) -> dict[PassageId, float]:
    """Complete the dense ranking's scores, which are exact already, with those it lacks."""
    cosines = dict(known)
    missing = [passage_id for passage_id in union if passage_id not in cosines]
    scores = pair.dense.score(vector, missing)
    found = zip(missing, scores, strict=True)
    return cosines | {i: cosine for i, cosine in found if cosine > _UNKNOWN_COSINE}


def _lexical_only(
    query: LexicalQuery, pair: IndexPair, ranking: Ranking, limit: int
) -> CandidateSet:
    ids = sorted(scored.passage_id for scored in ranking)
    scores = (
        ComponentScores(score.passage_id, score.words, score.grams, None)
        for score in pair.lexical.score(query, ids, known=dict(ranking))
    )
    return CandidateSet(tuple(scores), len(ranking) < limit)


def _dense_only(dense: _DenseHalf) -> CandidateSet:
    scores = (ComponentScores(i, None, None, cosine) for i, cosine in sorted(dense.ranking))
    return CandidateSet(tuple(scores), dense.is_complete)
