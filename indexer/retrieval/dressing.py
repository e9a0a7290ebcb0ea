"""The documents of one page, dressed with what a reader sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from indexer.analysis.analyzer import words_among
from indexer.engine import Engine
from indexer.ports import PageContent
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.fusion import FusedScores
from indexer.retrieval.grounds import Clues, Found, grounds_of
from indexer.retrieval.personal import own_grounds
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.replying import reply_of
from indexer.retrieval.snippets import MarkedPassage, QueryTerms, mark
from schemas.document import Document
from schemas.hiding import as_seen, hidden_from
from schemas.hit import Explanation, Hit, PassageHit
from schemas.identity import audiences_of
from schemas.ids import PassageId, PersonId
from schemas.passage import Passage
from schemas.query import Filter, Project
from schemas.reply import Reply, shown_replies


def read_page(
    shown: Sequence[Collapsed], engine: Engine, *, people: Collection[PersonId] = ()
) -> PageContent:
    """Return what the catalog holds of these documents and of the passages shown of each."""
    n_shown = engine.settings.passages_per_hit
    return engine.reader.get_page(
        [i for each in shown for i in (each.document.document_id, *each.similar)],
        [s.raw.passage_id for each in shown for s in each.document.passages[:n_shown]],
        people,
    )


def dress(
    shown: Sequence[Collapsed],
    content: PageContent,
    where: Filter,
    *,
    wanted: QueryTerms,
    first_rank: int,
    clues: Clues | None = None,
) -> tuple[Hit, ...]:
    """Return the hits of one page, in order, with what is wanted marked.

    The catalog has the last word: a document that was deleted, or hidden from this caller, since
    the index last followed it is left out, and so is a passage.

    Args:
        shown: Documents of the page.
        content: What ``read_page`` returned of them.
        where: Who asks.
        wanted: Words to mark.
        first_rank: Place of the first of them in the whole ranking, from 1.
        clues: What each hit tells its grounds from; without them it tells none.
    """
    documents = {
        i: as_seen(document, where.audiences)
        for i, document in content.documents.items()
        if _may_see(document, where)
    }
    hits = []
    for rank, each in enumerate(shown, first_rank):
        ranked = each.document
        document = documents.get(ranked.document_id)
        if document is None:
            continue
        dressed = _dress_passages(ranked.passages, content.passages, wanted, where)
        if dressed:
            names = tuple(tag.tag_id for tag in content.tags.get(document.id, ()))
            hit = _hit(rank, document, dressed, tags=names, ranked=ranked)
            places = hidden_from(document, where.audiences)
            if replies := shown_replies(content.replies.get(document.id, ()), places):
                hit = _with_replies(hit, dressed, replies, wanted)
            if clues is None or document.id not in clues.useful:
                hit = _without_usefulness(hit)
            if clues:
                hit = _with_grounds(hit, dressed[0], clues, wanted)
                hit = _with_own_grounds(hit, clues.project)
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
    ranked: Sequence[FusedScores],
    passages: Mapping[PassageId, Passage],
    wanted: QueryTerms,
    where: Filter,
) -> list[_Dressed]:
    found = ((scores, passages.get(scores.raw.passage_id)) for scores in ranked)
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


def _with_replies(
    hit: Hit, dressed: Sequence[_Dressed], replies: Sequence[Reply], wanted: QueryTerms
) -> Hit:
    replace = msgspec.structs.replace
    terms = wanted.terms
    passages = tuple(
        replace(each, reply=reply_of(each.locator, replies, terms, turn=its.marked.turn))
        for each, its in zip(hit.passages, dressed, strict=True)
    )
    return replace(hit, passages=passages)


def _without_usefulness(hit: Hit) -> Hit:
    """Return the hit without what people's words moved it by: where they are few it may say whose.

    The same condition as that of the ground, which says how many they are.
    """
    explanation = msgspec.structs.replace(hit.explanation, usefulness=None)
    return msgspec.structs.replace(hit, explanation=explanation)


def _with_grounds(hit: Hit, best: _Dressed, clues: Clues, wanted: QueryTerms) -> Hit:
    title = hit.document.title
    grounds = grounds_of(
        clues,
        Found(title, words_among(title, wanted.terms)),
        Found(best.passage.text, best.marked.words),
        best.scores,
        document_id=hit.document.id,
        near=hit.explanation.matched_terms,
    )
    replace = msgspec.structs.replace
    return replace(hit, explanation=replace(hit.explanation, grounds=grounds))


def _with_own_grounds(hit: Hit, project: Project | None) -> Hit:
    """Add what lifted the hit for this very searcher, which is the least of all."""
    said = hit.explanation
    if project is None or said.personal is None:
        return hit
    replace = msgspec.structs.replace
    grounds = (*said.grounds, *own_grounds(hit.tags, project))
    return replace(hit, explanation=replace(said, grounds=grounds))


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
        on_screen=passage.on_screen,
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
        reranker=ranked.read,
        usefulness=ranked.usefulness or None,
        personal=ranked.personal or None,
    )
