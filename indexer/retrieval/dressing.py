"""The documents of one page, dressed with what a reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from indexer.engine import Engine
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.fusion import FusedScores
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.snippets import MarkedPassage, QueryTerms, mark, query_terms
from schemas.document import Document
from schemas.hit import Explanation, Hit, PassageHit
from schemas.identity import audiences_of
from schemas.ids import PassageId
from schemas.passage import Passage
from schemas.query import Filter


def dress(
    query_text: str,
    shown: Sequence[Collapsed],
    where: Filter,
    *,
    engine: Engine,
    first_rank: int,
    wanted: QueryTerms | None = None,
) -> tuple[Hit, ...]:
    """Return the hits of one page, in order; ``wanted`` is marked, else the query's words.

    The catalog has the last word: a document that was deleted, or hidden from this caller, since
    the index last followed it is left out, and so is a passage.
    """
    ids = [i for each in shown for i in (each.document.document_id, *each.similar)]
    best = {
        each.document.document_id: each.document.passages[: engine.settings.passages_per_hit]
        for each in shown
    }
    documents = {
        i: document
        for i, document in engine.reader.get_documents(ids).items()
        if _may_see(document, where)
    }
    tags = engine.reader.get_tags([i for i in best if i in documents])
    passages = engine.reader.get_passages(
        scores.raw.passage_id for i in best if i in documents for scores in best[i]
    )
    wanted = wanted or query_terms(query_text)
    hits = []
    for rank, each in enumerate(shown, first_rank):
        ranked = each.document
        document = documents.get(ranked.document_id)
        dressed = _dress_passages(best[ranked.document_id], passages, wanted, where)
        if document and dressed:
            names = tuple(assignment.tag_id for assignment in tags.get(document.id, ()))
            hit = _hit(rank, document, dressed, tags=names, ranked=ranked)
            below = tuple(documents[i] for i in each.similar if i in documents)
            hits.append(msgspec.structs.replace(hit, similar=below) if below else hit)
    return tuple(hits)


class _Dressed(msgspec.Struct, frozen=True):
    scores: FusedScores
    passage: Passage
    marked: MarkedPassage


def _may_see(document: Document, where: Filter) -> bool:
    allowed = audiences_of(document.visibility, document.participants)
    return not allowed.isdisjoint(where.audiences)


def _dress_passages(
    best: Sequence[FusedScores],
    passages: Mapping[PassageId, Passage],
    wanted: QueryTerms,
    where: Filter,
) -> list[_Dressed]:
    found = ((scores, passages.get(scores.raw.passage_id)) for scores in best)
    return [
        _Dressed(scores, passage, mark(passage, wanted))
        for scores, passage in found
        if passage and not where.audiences.isdisjoint(passage.audiences)
    ]


def _hit(
    rank: int,
    document: Document,
    dressed: Sequence[_Dressed],
    *,
    tags: tuple[str, ...],
    ranked: RankedDocument,
) -> Hit:
    return Hit(
        rank=rank,
        document=document,
        tags=tags,
        passages=tuple(_passage_hit(each) for each in dressed),
        score=ranked.score,
        explanation=_explanation(dressed[0], ranked),
    )


def _passage_hit(dressed: _Dressed) -> PassageHit:
    passage = dressed.passage
    return PassageHit(
        passage_id=passage.id,
        locator=passage.locator,
        heading=passage.heading,
        speaker_ids=passage.speaker_ids,
        snippet=dressed.marked.snippet,
        score=dressed.scores.fused,
        moment=dressed.marked.moment,
    )


def _explanation(dressed: _Dressed, ranked: RankedDocument) -> Explanation:
    scores = dressed.scores
    return Explanation(
        lexical=scores.raw.words,
        grams=scores.raw.grams,
        dense=scores.raw.cosine,
        lexical_z=scores.lexical_z,
        dense_z=scores.dense_z,
        fused=scores.fused,
        matched_terms=dressed.marked.matched_terms,
        second=ranked.passages[1].fused if len(ranked.passages) > 1 else None,
    )
