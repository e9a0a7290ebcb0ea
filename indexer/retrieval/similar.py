"""Documents like one: near it in meaning, and in the words of its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from indexer.engine import Engine
from indexer.generations import IndexPair
from indexer.retrieval.duplicates import collapse, says_the_same
from indexer.retrieval.fusion import ComponentScores, FusedScores, fuse
from indexer.retrieval.ranking import RankedDocument, group_by_document
from indexer.retrieval.understanding import lexical_query
from schemas.document import Document, DocumentKind
from schemas.errors import InvalidInputError
from schemas.hiding import as_seen
from schemas.identity import audiences_of
from schemas.ids import DocumentId, PassageId
from schemas.query import MAX_QUERY_CHARS, Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

SIMILAR: Final = 6
MAX_SIMILAR: Final = 20
_UNKNOWN_COSINE: Final = -1.0  # how DenseIndex.score says "not here (yet)"

VectorsOf = Callable[[DocumentId, str], Mapping[PassageId, "Vector"]]
"""Gives the vectors of a document's passages for an encoder's name: ``Passages.vectors_of``."""


class Alike(msgspec.Struct, frozen=True):
    """A document that is like another one."""

    document: Document
    score: float
    """As fused scores of one query: comparable within one answer only."""


def similar_documents(
    document: Document,
    audiences: frozenset[str],
    engine: Engine,
    *,
    vectors_of: VectorsOf,
    kinds: frozenset[DocumentKind] = frozenset(),
    limit: int = SIMILAR,
) -> list[Alike]:
    """Return documents like this one that the audiences may see, most alike first.

    The candidates are the passages nearest to the mean of the document's passages, and those
    that share words with its title; both are scored and fused as those of a search, and a
    document is as like as its best passage. The document itself is not among them, nor one that
    says the same as it, and of several that say the same only the best is. Without vectors of
    the encoder in service, the words decide alone.

    Args:
        document: One that the audiences may see: checked by whoever asks.
        audiences: Whose keys passages must carry.
        engine: Indexes, profile and limits.
        vectors_of: Where the document's vectors are.
        kinds: Only documents of these kinds; empty means any.
        limit: How many at most.

    Raises:
        InvalidInputError: If the limit is out of bounds.
    """
    if not 1 <= limit <= MAX_SIMILAR:
        raise InvalidInputError(f"The limit must be between 1 and {MAX_SIMILAR}.")
    where = Filter(audiences=audiences, kinds=kinds)
    with engine.indexes.lease() as pair:
        vectors = vectors_of(document.id, pair.encoder.name)
        n_wanted = engine.settings.candidates
        found = _candidates(document, vectors, where, pair=pair, n_wanted=n_wanted)
        fused = fuse(found, engine.ranking.current())
        ranked = _others(document, where, fused, pair)
    return _visible(ranked[: 2 * limit], audiences, engine)[:limit]


def _candidates(
    document: Document,
    vectors: Mapping[PassageId, Vector],
    where: Filter,
    *,
    pair: IndexPair,
    n_wanted: int,
) -> list[ComponentScores]:
    query = lexical_query(document.title[:MAX_QUERY_CHARS])
    # The document's own passages are the nearest and would take the places of others.
    limit = n_wanted + len(vectors)
    found = {scored.passage_id for scored in pair.lexical.search(query, where, limit=limit)}
    centre = _centre(vectors)
    if centre is not None:
        found |= {scored.passage_id for scored in pair.dense.search(centre, where, limit=limit)}
    union = sorted(found - vectors.keys())
    cosines = (
        pair.dense.score(centre, union) if centre is not None else [_UNKNOWN_COSINE] * len(union)
    )
    return [
        ComponentScores(
            score.passage_id, score.words, score.grams, cosine if cosine > _UNKNOWN_COSINE else None
        )
        for score, cosine in zip(pair.lexical.score(query, union), cosines, strict=True)
    ]


def _centre(vectors: Mapping[PassageId, Vector]) -> Vector | None:
    """Return the mean of the passages, of length 1; ``None`` without any."""
    if not vectors:
        return None
    mean = np.mean(list(vectors.values()), axis=0)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm, dtype=np.float32) if norm > 0 else None


def _others(
    document: Document, where: Filter, fused: Sequence[FusedScores], pair: IndexPair
) -> list[RankedDocument]:
    """Return the other documents, without those that say the same as it or as a better one."""
    cards = pair.lexical.cards([scores.raw.passage_id for scores in fused])
    itself = Filter(audiences=where.audiences, documents=frozenset({document.id}))
    own_ids = [scored.passage_id for scored in pair.lexical.recent(itself, limit=1)]
    own = next(iter(pair.lexical.cards(own_ids).values()), None)
    others = [
        each
        for each in group_by_document(fused, cards)
        if each.document_id != document.id
        and not (own and says_the_same(own, cards[each.passages[0].raw.passage_id]))
    ]
    return [each.document for each in collapse(others, cards)]


def _visible(
    ranked: Sequence[RankedDocument], audiences: frozenset[str], engine: Engine
) -> list[Alike]:
    """Look the documents up: the catalog has the last word on who may see them."""
    known = engine.reader.get_documents([each.document_id for each in ranked])
    return [
        Alike(as_seen(document, audiences), each.score)
        for each in ranked
        if (document := known.get(each.document_id)) is not None
        and not audiences.isdisjoint(audiences_of(document.visibility, document.participants))
    ]
