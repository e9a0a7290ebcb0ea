"""Lessons: judged queries with everything that is known of their candidates, as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.analysis.analyzer import terms
from indexer.engine import Engine
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.search import look
from schemas.document import DocumentKind
from schemas.identity import EVERYONE
from schemas.ids import DocumentId
from schemas.query import MAX_QUERY_CHARS, Filter, Query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEPTH: Final = 10  # of nDCG
_DAY_S: Final = 86_400
_KINDS: Final = {kind.value: number for number, kind in enumerate(DocumentKind)}
FEATURES: Final = (
    "lexical",
    "dense",
    "second lexical",
    "second dense",
    "words",
    "grams",
    "cosine",
    "title",
    "exact",
    "passages",
    "kind",
    "age",
)
"""Columns of ``Lesson.features``: normalised scores of the two best passages, raw scores of the
best, share of the query's words in the title, whether the exact word is there, candidates of the
document, its kind, and its age in days (as a logarithm)."""


class Asked(msgspec.Struct, frozen=True):
    """A judged query."""

    id: str
    text: str
    group: str
    """Its intent: what one wording teaches is never tried on another of the same."""
    grades: Mapping[DocumentId, int]


class Lesson(msgspec.Struct, frozen=True):
    """The candidates of one judged query; passages stand document by document."""

    asked: Asked
    words: Floats
    """Of each passage, as the two below; NaN where a retriever does not know it."""
    grams: Floats
    cosine: Floats
    document: NDArray[np.int64]
    """Number of the document of each passage, rising."""
    starts: NDArray[np.int64]
    """First passage of each document."""
    counts: NDArray[np.int64]
    ids: tuple[DocumentId, ...]
    """In order, which breaks ties."""
    grades: Floats
    exact: NDArray[np.bool_]
    extra: Floats
    """Array of shape (documents, 4): title, passages, kind, age."""
    best_dcg: float


def lessons_of(asked: Sequence[Asked], engine: Engine) -> list[Lesson]:
    """Look up the candidates of every query that something answers."""
    return [_lesson(each, engine) for each in asked if any(each.grades.values())]


def _lesson(asked: Asked, engine: Engine) -> Lesson:
    where = Filter(audiences=frozenset({EVERYONE}))
    found = look(Query(text=asked.text[:MAX_QUERY_CHARS], filter=where), engine)
    cards = found.cards
    rows = sorted(
        (score for score in found.scores if score.passage_id in cards),
        key=lambda score: (cards[score.passage_id].document_id, score.passage_id),
    )
    owners = [cards[score.passage_id] for score in rows]
    ids = tuple(sorted({card.document_id for card in owners}))
    number = {document_id: n for n, document_id in enumerate(ids)}
    document = np.array([number[card.document_id] for card in owners], dtype=np.int64)
    starts = np.searchsorted(document, np.arange(len(ids)))
    counts = np.bincount(document, minlength=len(ids))
    exact = np.zeros(len(ids), dtype=bool)
    for score in rows:
        if score.passage_id in found.having:
            exact[number[cards[score.passage_id].document_id]] = True
    of = {card.document_id: card for card in owners}
    titles = _titles(ids, engine)
    wanted = set(terms(asked.text))
    newest = max((card.created_at_s for card in owners), default=0)
    extra = [
        (
            len(wanted & set(terms(titles.get(i, "")))) / len(wanted) if wanted else 0.0,
            float(counts[number[i]]),
            float(_KINDS.get(of[i].kind, -1)),
            math.log1p((newest - of[i].created_at_s) / _DAY_S),
        )
        for i in ids
    ]
    return Lesson(
        asked=asked,
        words=_array([score.words for score in rows]),
        grams=_array([score.grams for score in rows]),
        cosine=_array([score.cosine for score in rows]),
        document=document,
        starts=starts,
        counts=counts,
        ids=ids,
        grades=np.array([asked.grades.get(i, 0) for i in ids], dtype=float),
        exact=exact,
        extra=np.array(extra, dtype=float).reshape(len(ids), 4),
        best_dcg=_dcg(np.array(sorted(asked.grades.values(), reverse=True), dtype=float)),
    )


def _titles(ids: Sequence[DocumentId], engine: Engine) -> dict[DocumentId, str]:
    page = engine.reader.get_page(ids, (), ())
    return {i: document.title for i, document in page.documents.items()}


def _array(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


class Scored(msgspec.Struct, frozen=True):
    """A lesson under the weights of a profile."""

    lexical: Floats
    """Of each passage, normalised."""
    dense: Floats
    best: NDArray[np.int64]
    """Of each document, its best passage."""
    second: NDArray[np.int64]
    """Its second best; the best again where it has but one candidate."""
    score: Floats
    """Of each document."""


def scored(lesson: Lesson, profile: RankingProfile) -> Scored:
    """Score documents as ``fusion.fuse`` and ``ranking.group_by_document`` do, in arrays."""
    words = np.maximum(0.0, lesson.words + profile.grams * np.nan_to_num(lesson.grams))
    lexical = _z(words**profile.lexical_power)
    dense = _z(lesson.cosine)
    fused = profile.lexical * lexical + profile.dense * dense
    order = np.lexsort((-fused, lesson.document))
    best = order[lesson.starts]
    has_two = lesson.counts > 1
    second = np.where(has_two, order[np.minimum(lesson.starts + 1, len(order) - 1)], best)
    gap = np.where(has_two, fused[second] - fused[best], -profile.alone)
    return Scored(lexical, dense, best, second, fused[best] + profile.second * gap)


def _z(values: Floats) -> Floats:
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(len(values))
    filled = np.where(np.isnan(values), known.min(), values)
    spread = filled.std()
    if spread <= 1e-9 * max(1.0, abs(filled.mean())):
        return np.zeros(len(values))
    return np.asarray((filled - filled.mean()) / spread)


def features(lesson: Lesson, profile: RankingProfile) -> Floats:
    """Return what a model may look at: an array of shape (documents, ``FEATURES``)."""
    by = scored(lesson, profile)
    raw = [np.nan_to_num(column)[by.best] for column in (lesson.words, lesson.grams, lesson.cosine)]
    columns = [
        by.lexical[by.best],
        by.dense[by.best],
        by.lexical[by.second],
        by.dense[by.second],
        *raw,
        lesson.extra[:, 0],
        lesson.exact.astype(float),
        *(lesson.extra[:, n] for n in (1, 2, 3)),
    ]
    return np.column_stack(columns)


def ndcg(lesson: Lesson, score: Floats) -> float:
    """Return nDCG@10 of documents in the order of a score, with those of the exact word first.

    Gains are grades, as trec_eval has it; equal scores keep the order of ids.
    """
    order = np.lexsort((np.arange(len(score)), -score, ~lesson.exact))
    return _dcg(lesson.grades[order]) / lesson.best_dcg


def _dcg(grades: Floats) -> float:
    top = grades[:DEPTH]
    return float(np.sum(top / np.log2(np.arange(2, len(top) + 2))))


def mean_ndcg(lessons: Sequence[Lesson], profile: RankingProfile) -> float:
    """Return the mean nDCG@10 of a profile."""
    return float(np.mean([ndcg(lesson, scored(lesson, profile).score) for lesson in lessons]))
