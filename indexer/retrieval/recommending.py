"""recommend(wish): search what a project needs, add what its tags and its like say, spread out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from indexer.engine import Engine
from indexer.retrieval.confidence import confidence_of
from indexer.retrieval.diversity import diverse
from indexer.retrieval.personal import fit
from indexer.retrieval.search import rank
from indexer.retrieval.wishes import Ask, Wish
from schemas.document import Document
from schemas.hiding import as_seen
from schemas.identity import audiences_of
from schemas.ids import DocumentId, PassageId, TagId
from schemas.passage import Passage
from schemas.query import Filter, Query
from schemas.recommendation import Recommendation, Why, WhyCode
from schemas.tag import TagFacet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_RECOMMENDED: Final = 50
RECOMMENDED: Final = 10
_SECTOR: Final = TagFacet.SECTOR
_FROM_EACH: Final = 30  # documents of one search: what stands behind them is hardly on its topic
_SPREAD_OVER: Final = 4  # times what is wanted: among so many the list is chosen
# In fused score, where the first and the tenth document of a search are 2 apart.
_TOPIC_GAIN: Final = 0.8  # a tag that was named: somebody or something read the whole document
_PROJECT_GAIN: Final = 0.4  # of sector and stage: here one asks for them, unlike in a search
_OTHERS_LOSS: Final = 0.4  # written for another sector alone
_SIMILAR_GAIN: Final = 0.5
_MANY: Final = 20  # people: no number above says more
_AGAIN_GAIN: Final = 0.25  # of the score of a second thing that is asked for

VectorsOf = Callable[[Collection[PassageId], str], Mapping[PassageId, "NDArray[np.float32]"]]
"""Gives the vectors that passages have, for an encoder's name: ``Passages.vectors_among``."""


class Known(msgspec.Struct, frozen=True):
    """What the school knows of a reader, and of documents."""

    seen: frozenset[DocumentId] = frozenset()
    """Opened, judged, kept or taken part in: not recommended again."""
    similar: Mapping[DocumentId, int] = {}
    """By how many people of the reader's sectors each was found useful; few are not told."""
    popular: Mapping[DocumentId, int] = {}
    """The same, of everybody."""


def recommend(
    wish: Wish,
    where: Filter,
    engine: Engine,
    *,
    known: Known,
    vectors_of: VectorsOf,
    limit: int = RECOMMENDED,
) -> list[Recommendation]:
    """Return what to read, best first, each with why; empty where nothing is asked for.

    Each ask is one search of the product. A document counts as what it scores best for (times the
    ask's weight, and less where the search is not sure of itself), with a quarter of the second
    best; tags that were named or that are the project's own, and what people of the same sector
    found useful, add to it. Of documents that say the same one is recommended, and none if any of
    them was seen. Among the best the list is spread by ``diversity``. Everything asked for is
    visible to the audiences; the catalog has the last word.

    Args:
        wish: What is asked for.
        where: Who reads it, and of which kinds.
        engine: Indexes, profile and limits.
        known: Of the reader and of documents.
        vectors_of: Where vectors are.
        limit: How many at most.
    """
    found = _gather(wish.asks, where, engine)
    fresh = [each for each in found.values() if known.seen.isdisjoint(each.says_the_same)]
    ranked = sorted(fresh, key=lambda each: (-_score(each, wish, known), each.document_id))
    documents = engine.reader.get_documents([each.document_id for each in ranked])
    visible = [each for each in ranked if _may_see(documents.get(each.document_id), where)]
    best = _distinct(visible)[: _SPREAD_OVER * limit]
    with engine.indexes.lease() as pair:
        vectors = vectors_of([each.passage_id for each in best], pair.encoder.name)
    order = diverse(
        [_score(each, wish, known) for each in best],
        [vectors.get(each.passage_id) for each in best],
        limit=limit,
    )
    chosen = [best[place] for place in order]
    content = engine.reader.get_page((), [each.passage_id for each in chosen])
    return [
        Recommendation(
            as_seen(documents[each.document_id], where.audiences),
            tuple(_whys(each, wish, known)),
            _shown(content.passages.get(each.passage_id), where),
            _score(each, wish, known),
        )
        for each in chosen
    ]


def fill(recent: Iterable[Document], known: Known, *, limit: int) -> Iterator[Recommendation]:
    """Yield what helped many, then what is new, of documents that were not seen.

    Args:
        recent: Visible documents, newest first; those that are popular among them count.
        known: Of the reader and of documents.
        limit: How many at most.
    """
    fresh = [each for each in recent if each.id not in known.seen]
    by_people = sorted(
        (each for each in fresh if each.id in known.popular),
        key=lambda each: (-known.popular[each.id], each.id),
    )
    others = [each for each in fresh if each.id not in known.popular]
    for each in (*by_people, *others)[:limit]:
        n = known.popular.get(each.id)
        yield Recommendation(
            each, (Why(WhyCode.POPULAR, n_people=n) if n else Why(WhyCode.RECENT),)
        )


class _Found(msgspec.Struct):
    """A document that searches found."""

    document_id: DocumentId
    tags: tuple[str, ...]
    sectors: frozenset[str]
    scores: dict[Ask, float] = {}
    best: float = -math.inf
    passage_id: PassageId = PassageId(0)
    """Its best passage, for what it is best for."""
    says_the_same: set[DocumentId] = msgspec.field(default_factory=set)
    """With itself."""

    def is_for_others(self, wish: Wish) -> bool:
        """Tell whether it has sectors, and none of those that are known of the project."""
        own = wish.project.sectors
        return bool(own and self.sectors) and own.isdisjoint(self.sectors)


def _gather(asks: Sequence[Ask], where: Filter, engine: Engine) -> dict[DocumentId, _Found]:
    found: dict[DocumentId, _Found] = {}
    for ask in asks:
        ranked = rank(Query(text=ask.text, filter=where), engine)
        tags_of = {card.document_id: card.tags for card in ranked.cards}
        trust = 0.5 + 0.5 * ((confidence_of(ranked.signs) if ranked.signs else None) or 0.5)
        for each in ranked.documents[:_FROM_EACH]:
            document = each.document
            id_, tags = document.document_id, tags_of.get(document.document_id, ())
            sectors = (tag for tag in tags if engine.taxonomy.facet_of(TagId(tag)) is _SECTOR)
            one = found.setdefault(id_, _Found(id_, tags, frozenset(sectors)))
            one.says_the_same |= {document.document_id, *each.similar}
            score = ask.weight * trust * document.score
            one.scores[ask] = score
            if score > one.best:
                one.best, one.passage_id = score, document.passages[0].raw.passage_id
    return found


def _score(found: _Found, wish: Wish, known: Known) -> float:
    first, *others = sorted(found.scores.values(), reverse=True)
    n = known.similar.get(found.document_id, 0)
    return math.fsum((
        first,
        _AGAIN_GAIN * max(0.0, others[0]) if others else 0.0,
        _TOPIC_GAIN * (not wish.topics.isdisjoint(found.tags)),
        _PROJECT_GAIN * fit(found.tags, wish.project),
        -_OTHERS_LOSS * found.is_for_others(wish),
        _SIMILAR_GAIN * math.log1p(min(n, _MANY)) / math.log1p(_MANY),
    ))


def _distinct(ranked: Iterable[_Found]) -> list[_Found]:
    """Return the best of those that say the same in any of the searches."""
    kept: list[_Found] = []
    taken: defaultdict[DocumentId, bool] = defaultdict(bool)
    for each in ranked:
        if not any(taken[i] for i in each.says_the_same):
            kept.append(each)
        taken.update(dict.fromkeys(each.says_the_same, True))
    return kept


def _whys(found: _Found, wish: Wish, known: Known) -> Iterator[Why]:
    best = max(found.scores, key=lambda ask: found.scores[ask])
    yield Why(best.code, best.words)
    if n := known.similar.get(found.document_id):
        yield Why(WhyCode.SIMILAR, n_people=n)
    project = wish.project
    shared = (
        (WhyCode.TOPIC, wish.topics.intersection(found.tags)),
        (WhyCode.SECTOR, project.sectors.intersection(found.tags)),
        (WhyCode.STAGE, {project.stage} & set(found.tags) if project.stage else set()),
    )
    for code, tags in shared:
        if tags and code is not best.code:
            yield Why(code, tuple(sorted(map(str, tags))))


def _shown(passage: Passage | None, where: Filter) -> Passage | None:
    """Return the passage unless it was hidden since the index last followed."""
    return None if passage is None or where.audiences.isdisjoint(passage.audiences) else passage


def _may_see(document: Document | None, where: Filter) -> bool:
    return document is not None and not where.audiences.isdisjoint(
        audiences_of(document.visibility, document.participants)
    )
