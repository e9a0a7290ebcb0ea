"""The documents of one search in order: by one ranking profile, or by two that are mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from indexer.generations import IndexPair
from indexer.ports import PassageCard, Usefulness
from indexer.retrieval.candidates import retrieve
from indexer.retrieval.contest import Contest, coins_for
from indexer.retrieval.duplicates import Collapsed, collapse
from indexer.retrieval.exact import exact_first, exact_word, passages_with
from indexer.retrieval.excluding import without_excluded
from indexer.retrieval.fusion import ComponentScores, FusedScores, fuse
from indexer.retrieval.interleaving import Draft, draft
from indexer.retrieval.personal import for_project
from indexer.retrieval.profiles import RankingProfile
from indexer.retrieval.ranking import RankedDocument, group_by_document, in_order
from indexer.retrieval.scene import Asked, Scene
from indexer.retrieval.usefulness import by_usefulness
from schemas.ids import DocumentId, PassageId
from schemas.query import Filter, Order, RetrieverChoice

BROWSE_LIMIT: Final = 1_000  # documents listed for an empty query: twenty full pages

Cards = Mapping[PassageId, PassageCard]


class Found(msgspec.Struct, frozen=True):
    """The candidates of a query."""

    scores: Sequence[ComponentScores] = ()
    newest: Sequence[FusedScores] = ()
    """Of a list of everything: in order already, their score is a date."""
    is_complete: bool = True


class Candidates(msgspec.Struct, frozen=True):
    """What competes for a query, before any profile has ranked it."""

    scores: Sequence[ComponentScores]
    cards: Cards
    having: frozenset[PassageId]
    """Passages with the exact word that decides, if one does."""


def candidates_of(scene: Scene) -> Candidates:
    """Return the candidates that ``arrange`` would put in order."""
    asked, pair = scene.asked, scene.pair
    found = find_candidates(scene)
    cards = pair.lexical.cards([scores.passage_id for scores in found.scores])
    cards = without_excluded(cards, asked.wanted.lexical, asked.where, pair.lexical)
    visible = Filter(audiences=asked.where.audiences)
    profile = scene.engine.ranking.current()
    word = exact_word(asked.wanted.lexical, visible, pair.lexical, profile)
    having = frozenset(passages_with(word, visible, pair.lexical))
    return Candidates(found.scores, cards, having)


def find_candidates(scene: Scene) -> Found:
    """Return the passages that compete, whatever profile ranks them."""
    asked, engine = scene.asked, scene.engine
    if asked.is_wordless:
        return Found()
    if asked.is_browsing:
        newest, is_complete = _newest(asked, scene.pair)
        return Found(newest=newest, is_complete=is_complete)
    found = retrieve(
        asked.wanted,
        asked.where,
        scene.pair,
        choice=scene.query.retrievers,
        limit=engine.settings.candidates,
        executor=engine.executor,
    )
    return Found(found.scores, is_complete=found.is_complete)


def contest_of(scene: Scene) -> Contest | None:
    """Return the two rankings to be mixed, where one question has one best order."""
    query, asked = scene.query, scene.asked
    if asked.is_wordless or asked.is_browsing or query.order is not Order.RELEVANCE:
        return None
    return scene.engine.ranking.contest(query.asker)


def arrange(
    fused: Sequence[FusedScores], cards: Cards, profile: RankingProfile | None, scene: Scene
) -> tuple[list[Collapsed], list[RankedDocument]]:
    """Return the documents in order, and by score alone, before any model has read them."""
    asked, query, engine, timer = scene.asked, scene.query, scene.engine, scene.timer
    lexical, visible = scene.pair.lexical, Filter(audiences=asked.where.audiences)
    with timer.part("group"):
        unread = grouped = group_by_document(fused, cards, profile)
    if engine.reranker and profile and query.order is Order.RELEVANCE:
        with timer.part("rerank"):
            grouped = engine.reranker.rerank(
                asked.wanted.meaning, grouped, engine.reader, profile.reranker
            )
    if profile:
        with timer.part("useful"):
            grouped = by_usefulness(grouped, _useful(unread, cards, scene, profile), profile)
    with timer.part("group"):
        if profile:
            grouped = for_project(grouped, cards, query.project, profile)
        if profile and query.retrievers is not RetrieverChoice.DENSE:
            word = exact_word(asked.wanted.lexical, visible, lexical, profile)
            having = passages_with(word, visible, lexical)
            grouped, unread = exact_first(grouped, having), exact_first(unread, having)
        documents = in_order(grouped, query.order, cards.values())
        # A list of everything names everything.
        alone = [Collapsed(each) for each in documents]
        return alone if asked.is_browsing else collapse(documents, cards), unread


def mix(
    ranked: Sequence[Collapsed], found: Found, cards: Cards, contest: Contest, *, scene: Scene
) -> Draft:
    """Mix the champion's ranking with the challenger's, of the same candidates."""
    other = contest.challenger
    rival, _ = arrange(fuse(found.scores, other), cards, other, scene)
    coins = coins_for(contest, scene.query.asker, scene.query.text)
    names = contest.champion.version_name, other.version_name
    return draft(ranked, rival, coins=coins, names=names)


def _useful(
    documents: Sequence[RankedDocument], cards: Cards, scene: Scene, profile: RankingProfile
) -> Mapping[DocumentId, Usefulness]:
    """Return what people found of the candidates, for what the query asks."""
    source, asked, encoder = scene.engine.usefulness, scene.asked, scene.pair.encoder
    if source is None or not profile.usefulness or not documents:
        return {}
    return source.useful(
        scene.query.text,
        [each.document_id for each in documents],
        encoder=encoder.name,
        encode=lambda: encoder.encode_query(asked.wanted.meaning),
        mentors={card.document_id: card.mentor_ids for card in cards.values() if card.mentor_ids},
    )


def _newest(asked: Asked, pair: IndexPair) -> tuple[list[FusedScores], bool]:
    """Rank for an empty query by date, which is the score; and tell whether that is everything."""
    found = pair.lexical.recent(asked.where, limit=BROWSE_LIMIT)
    kept = [
        FusedScores(ComponentScores(i, None, None, None), 0.0, 0.0, created_at)
        for i, created_at in found
    ]
    return kept, len(found) < BROWSE_LIMIT
