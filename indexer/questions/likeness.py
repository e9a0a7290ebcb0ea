"""Whether two questions ask the same: by meaning, by letters, and by what they find.

Constants are fitted by ``python -m benchmarks.duplicate_questions --fit`` on the part of the
judged queries for tuning; docs/feedback.md has the figures of the part kept apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.analysis.analyzer import grams
from indexer.analysis.normalize import as_typed, well_formed
from indexer.engine import Engine
from indexer.retrieval.search import rank
from schemas.identity import EVERYONE
from schemas.ids import DocumentId
from schemas.query import MAX_QUERY_CHARS, Filter, Query
from schemas.question import Likeness, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INTERCEPT: Final = -19.6
COSINE: Final = 15.2
GRAMS: Final = 13.3
NEAR: Final = 4.7
SAME_FROM: Final = 0.67
"""Probability from which a question is shown as the same: best F1 on the tuning part."""
FITTED_ENCODER: Final = "multilingual-e5-small"
"""The cosines of another encoder lie elsewhere: letters and what is found then tell alone."""
LETTERS_FROM: Final = 0.5
"""Share of common grams from which a question is the same, where the cosine tells nothing."""
N_NEAR: Final = 10
TEMPERATURE: Final = 0.5
"""In fused score: a document so much below the best one counts a third of it."""


class Sides(msgspec.Struct, frozen=True):
    """What is compared of a question."""

    grams: frozenset[str]
    likeness: Likeness


def likeness_of(text: str, engine: Engine) -> Likeness:
    """Return what is kept of a question: its vector, and what it finds of what all may see.

    What only some may see is left out, so that being like another question tells nothing of it.

    Raises:
        TransientError: If an index fails.
    """
    asked = well_formed(text)[:MAX_QUERY_CHARS]
    found = rank(Query(asked, Filter(audiences=frozenset({EVERYONE}))), engine).documents
    with engine.indexes.lease() as pair:
        vector = pair.encoder.encode_query(as_typed(asked))
        encoder = pair.encoder.name
    near = tuple((each.document.document_id, each.document.score) for each in found[:N_NEAR])
    return Likeness(encoder, np.asarray(vector, dtype="<f2").tobytes(), near)


def sides(text: str, likeness: Likeness) -> Sides:
    """Return what two questions are compared by."""
    return Sides(frozenset(grams(text)), likeness)


def signs(one: Sides, other: Sides) -> tuple[float | None, float, float]:
    """Return cosine, share of common grams and share of what is found; all the same both ways.

    The cosine is ``None`` where the vectors are of two encoders, or of one not fitted with.
    """
    return (
        _cosine(one.likeness, other.likeness),
        _shared(one.grams, other.grams),
        _overlap(one.likeness.near, other.likeness.near),
    )


def same(one: Sides, other: Sides) -> float:
    """Return the probability that two questions ask the same.

    p = 1 / (1 + exp(-(intercept + sum of weight * sign))).
    """
    cosine, letters, found = signs(one, other)
    if cosine is None:
        return SAME_FROM if letters >= LETTERS_FROM else 0.0
    logit = math.fsum((INTERCEPT, COSINE * cosine, GRAMS * letters, NEAR * found))
    return 1 / (1 + math.exp(-logit))


def the_same(
    text: str,
    likeness: Likeness,
    others: Sequence[tuple[Question, Likeness]],
    *,
    limit: int,
    at_least: float = SAME_FROM,
) -> list[Question]:
    """Return the questions among others that ask the same, the surest first.

    Args:
        text: What is being asked.
        likeness: Of this text.
        others: Questions that the caller may see.
        limit: How many at most.
        at_least: Probability from which one counts as the same.
    """
    asked = sides(text, likeness)
    scored = [(same(asked, sides(each.text, kept)), each) for each, kept in others]
    found = sorted(
        ((p, each) for p, each in scored if p >= at_least),
        key=lambda pair: (-pair[0], pair[1].asked_at, pair[1].id),
    )
    return [each for _, each in found[:limit]]


def _cosine(one: Likeness, other: Likeness) -> float | None:
    if one.encoder != other.encoder or one.encoder != FITTED_ENCODER:
        return None
    left, right = _vector(one), _vector(other)
    return float(left @ right) if left.shape == right.shape and left.size else None


def _vector(likeness: Likeness) -> NDArray[np.float32]:
    return np.frombuffer(likeness.vector, dtype="<f2").astype(np.float32)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard index: what both have of what either has."""
    either = one | other
    return len(one & other) / len(either) if either else 0.0


def _overlap(
    one: Sequence[tuple[DocumentId, float]], other: Sequence[tuple[DocumentId, float]]
) -> float:
    """Return the cosine of what both find, each document by how near it is to the best one."""
    left, right = _shares(one), _shares(other)
    return math.fsum(left[i] * right[i] for i in sorted(left.keys() & right.keys()))


def _shares(near: Sequence[tuple[DocumentId, float]]) -> Mapping[DocumentId, float]:
    if not near:
        return {}
    best = max(score for _, score in near)
    shares = {i: math.exp((score - best) / TEMPERATURE) for i, score in near}
    norm = math.sqrt(math.fsum(share**2 for share in shares.values()))
    return {i: share / norm for i, share in shares.items()}
