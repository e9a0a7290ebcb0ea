"""search(query, engine): retrieve, fuse, group by document, page, dress."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from indexer.analysis.normalize import well_formed
from indexer.engine import Engine
from indexer.generations import IndexPair
from indexer.ports import PassageCard
from indexer.retrieval.arranging import (
    Candidates,
    arrange,
    candidates_of,
    contest_of,
    find_candidates,
    mix,
)
from indexer.retrieval.confidence import Signs, confidence_of, read_signs
from indexer.retrieval.dressing import dress, read_page
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.excluding import without_excluded
from indexer.retrieval.facets import count_facets, name_facets, people_of
from indexer.retrieval.fusion import fuse
from indexer.retrieval.grounds import Clues, clues_of, useful_for
from indexer.retrieval.interleaving import with_teams
from indexer.retrieval.naming import heard_by, narrowed
from indexer.retrieval.parser import ParsedQuery, parse
from indexer.retrieval.ranking import RankedDocument
from indexer.retrieval.scene import Asked, Scene, Timer
from indexer.retrieval.snippets import query_terms
from indexer.retrieval.telling import told_by
from indexer.retrieval.understanding import understand
from schemas.errors import InvalidInputError
from schemas.hit import Reading, ResultPage, TotalRelation
from schemas.ids import DocumentId, TagId
from schemas.query import (
    MAX_PAGE,
    MAX_PER_PAGE,
    MAX_QUERY_CHARS,
    Filter,
    Project,
    Query,
    RetrieverChoice,
)

MAX_FILTER_VALUES: Final = 200  # of one field: a longer list is no person's choice


class Ranked(msgspec.Struct, frozen=True):
    """Every candidate document in order, before paging."""

    documents: tuple[Collapsed, ...]
    """Those that say the same are under the first of them."""
    cards: tuple[PassageCard, ...]
    """Of every candidate passage: what facets count."""
    is_complete: bool
    signs: Signs | None
    """Of an answer among the first ten by score; ``None`` where only conditions were typed."""
    profile: str
    """As ``name@version``."""
    experiment: str = ""
    teams: dict[DocumentId, str] = {}
    """In an experiment, by document, the ranking profile that put it there."""


def search(query: Query, engine: Engine) -> ResultPage:
    """Return one page of documents for a query, with counts over the whole candidate set.

    The candidate set is what both retrievers return within their limit (``settings.candidates``
    passages each), grouped by document. ``total`` counts its documents, facets count its
    documents, and every page is cut from it, so none of them changes from page to page. Documents
    that say the same are one hit, and one of ``total``; facets count each of them. The total is
    exact when no retriever stopped at its limit, and a lower bound otherwise.

    What is typed may hold conditions (quotes, a minus, ``kind:``, ``mentor:``, ``speaker:``,
    ``tag:``), typing mistakes and words of the trade: see ``parser`` and ``understanding``. Plain
    words that ask for what somebody says are a filter too, which the page tells of, unless it
    would leave nothing: see ``telling``. A text of conditions
    alone, like an empty one, lists what meets them, newest first. A text without a letter or a
    digit asks nothing and finds nothing.

    Raises:
        InvalidInputError: If the text, the page or the filter exceeds its limit.
        TransientError: If an index or the catalog fails.
    """
    check(query)
    timer = Timer()
    with engine.indexes.lease() as pair:
        asked = _ask(query, pair, engine, timer)
        ranked = _rank(asked, query, pair=pair, engine=engine, timer=timer)
        if asked.reading and not ranked.documents:
            query = msgspec.structs.replace(query, reading=False)
            asked = _ask(query, pair, engine, timer)
            ranked = _rank(asked, query, pair=pair, engine=engine, timer=timer)
    confidence = _confidence(ranked)
    with timer.part("facets"):
        counts = count_facets(ranked.cards, engine.taxonomy)
    offset = (query.page - 1) * query.per_page
    shown = ranked.documents[offset : offset + query.per_page]
    with timer.part("read"):
        content = read_page(shown, engine, people=people_of(counts))
    with timer.part("dress"):
        facets = name_facets(counts, engine.taxonomy, content.people)
        marks = query_terms(asked.wanted.marks)
        clues = _clues(asked, shown, engine, query.project)
        hits = dress(shown, content, asked.where, wanted=marks, first_rank=offset + 1, clues=clues)
    return ResultPage(
        query_id=engine.mint_query_id(),
        hits=with_teams(hits, ranked.teams),
        total=len(ranked.documents),
        total_relation=TotalRelation.EXACT if ranked.is_complete else TotalRelation.AT_LEAST,
        facets=facets,
        took_ms=timer.total_ms(),
        timings_ms=timer.parts_ms(),
        # Of a part of what was typed, which cannot stand for all of it.
        suggestion=None if asked.reading else asked.wanted.suggestion,
        confidence=confidence,
        is_doubtful=confidence is not None and confidence < engine.settings.doubtful_below,
        reading=asked.reading,
        meaning=asked.wanted.meaning,
        profile=ranked.profile,
        experiment=ranked.experiment,
    )


def rank(query: Query, engine: Engine) -> Ranked:
    """Return what ``search`` cuts its pages from, and the signs of an answer: for measuring.

    Raises:
        InvalidInputError: As ``search``.
    """
    check(query)
    timer = Timer()
    with engine.indexes.lease() as pair:
        asked = _ask(query, pair, engine, timer)
        return _rank(asked, query, pair=pair, engine=engine, timer=timer)


def look(query: Query, engine: Engine) -> Candidates:
    """Return what competes for a query and what is known of it, before any weight: for learning.

    Raises:
        InvalidInputError: As ``search``.
    """
    check(query)
    timer = Timer()
    with engine.indexes.lease() as pair:
        asked = _ask(query, pair, engine, timer)
        return candidates_of(Scene(asked, query, pair, engine, timer))


def rank_documents(query: Query, engine: Engine) -> list[tuple[DocumentId, float]]:
    """Return the whole ranking that ``search`` cuts its pages from: for measuring.

    Documents that say the same follow each other, with one score: a reader has them in one place.

    Raises:
        InvalidInputError: As ``search``.
    """
    return [
        (document_id, each.document.score)
        for each in rank(query, engine).documents
        for document_id in (each.document.document_id, *each.similar)
    ]


def check(query: Query) -> None:
    """Refuse a query that exceeds a limit.

    Raises:
        InvalidInputError: Naming the limit.
    """
    if len(query.text) > MAX_QUERY_CHARS:
        raise InvalidInputError(f"The query is longer than {MAX_QUERY_CHARS} characters.")
    if not 1 <= query.page <= MAX_PAGE:
        raise InvalidInputError(f"The page must be between 1 and {MAX_PAGE}.")
    if not 1 <= query.per_page <= MAX_PER_PAGE:
        raise InvalidInputError(f"Results per page must be between 1 and {MAX_PER_PAGE}.")
    where = query.filter
    values = (where.kinds, where.tags, where.speakers, where.mentors, where.documents)
    if any(len(chosen) > MAX_FILTER_VALUES for chosen in values):
        raise InvalidInputError(f"A filter may name at most {MAX_FILTER_VALUES} values.")
    if where.since and where.until and where.since > where.until:
        raise InvalidInputError("The filter's first date lies after its last one.")


def group_tags(where: Filter, engine: Engine) -> Filter:
    """Group the filter's tags by facet: alternatives inside one, all facets required.

    A tag that left the taxonomy has no facet and makes a group of its own.
    """
    groups: dict[str, set[TagId]] = defaultdict(set)
    for tag_id in where.tags:
        groups[engine.taxonomy.facet_of(tag_id) or f"tag:{tag_id}"].add(tag_id)
    grouped = tuple(frozenset(groups[name]) for name in sorted(groups))
    return msgspec.structs.replace(where, tag_groups=where.tag_groups + grouped)


def is_narrowed(query: Query) -> bool:
    """Tell whether conditions narrow a query, in its text or beside it."""
    everything = Filter(audiences=query.filter.audiences)
    return query.filter != everything or parse(well_formed(query.text)).has_syntax


def only_conditions(parsed: ParsedQuery) -> bool:
    """Tell whether a text asks for nothing but what meets its conditions, or for everything."""
    return not parsed.text or (parsed.has_syntax and not has_word(parsed.text))


def has_word(text: str) -> bool:
    """Tell whether a letter or a digit stands in a text: marks alone ask nothing."""
    return any(map(str.isalnum, text))


def _ask(query: Query, pair: IndexPair, engine: Engine, timer: Timer) -> Asked:
    with timer.part("understand"):
        parsed = parse(well_formed(query.text))
        reading = _reading(query, parsed, pair, engine)
        if reading:
            parsed = ParsedQuery(reading.text)
        where = _within(query.filter, parsed, reading, pair=pair, engine=engine)
        wanted = understand(
            parsed,
            speller=engine.spellers.of(pair.lexical) if engine.spellers else None,
            synonyms=engine.synonyms.current() if engine.synonyms else None,
        )
        is_browsing = only_conditions(parsed)
        return Asked(
            wanted,
            group_tags(where, engine),
            parsed,
            is_browsing=is_browsing,
            is_wordless=not is_browsing and not has_word(parsed.text),
            reading=reading,
        )


def _reading(query: Query, parsed: ParsedQuery, pair: IndexPair, engine: Engine) -> Reading | None:
    """Return whose words are asked for; conditions that were typed or chosen say it better."""
    if not query.reading or parsed.has_syntax or query.filter.speakers:
        return None
    audiences = query.filter.audiences
    return told_by(parsed.text, lambda: heard_by(audiences, pair.lexical, engine.reader))


def _within(
    where: Filter,
    parsed: ParsedQuery,
    reading: Reading | None,
    *,
    pair: IndexPair,
    engine: Engine,
) -> Filter:
    if reading:
        heard = frozenset(speaker.id for speaker in reading.speakers)
        return msgspec.structs.replace(where, speakers=heard)
    return narrowed(
        where,
        parsed,
        mentors=lambda: engine.reader.get_mentors(where.audiences),
        speakers=lambda: heard_by(where.audiences, pair.lexical, engine.reader),
        taxonomy=engine.taxonomy,
    )


def _rank(asked: Asked, query: Query, *, pair: IndexPair, engine: Engine, timer: Timer) -> Ranked:
    scene = Scene(asked, query, pair, engine, timer)
    with timer.part("retrieve"):
        found = find_candidates(scene)
    # Asked for once: another profile may come into service at any moment.
    contest = contest_of(scene)
    profile = contest.champion if contest else engine.ranking.current()
    with timer.part("group"):
        fused = found.newest or fuse(found.scores, profile)
        cards = pair.lexical.cards([scores.raw.passage_id for scores in fused])
        cards = without_excluded(cards, asked.wanted.lexical, asked.where, pair.lexical)
    # Of a list of everything the score is a date.
    collapsed, unread = arrange(fused, cards, None if asked.is_browsing else profile, scene)
    teams: dict[DocumentId, str] = {}
    if contest:
        collapsed, teams = mix(collapsed, found, cards, contest, scene=scene)
    with timer.part("confidence"):
        # Of the scores that it was fitted on, in whatever order the page is asked for.
        signs = None if asked.is_browsing else _signs(unread, asked, query.retrievers, pair)
    return Ranked(
        documents=tuple(collapsed),
        cards=tuple(cards.values()),
        is_complete=found.is_complete,
        signs=signs,
        profile=profile.version_name,
        experiment=contest.experiment if contest else "",
        teams=teams,
    )


def _clues(
    asked: Asked, shown: Sequence[Collapsed], engine: Engine, project: Project | None
) -> Clues | None:
    """Return what hits tell their grounds from; nothing where nothing was asked."""
    if asked.is_browsing and not asked.parsed.has_syntax:
        return None
    least = engine.settings.shared_query_people
    useful = useful_for((each.document for each in shown), at_least=least)
    clues = clues_of(asked.parsed, asked.wanted.lexical, useful)
    return msgspec.structs.replace(clues, project=project)


def _signs(
    grouped: Sequence[RankedDocument], asked: Asked, choice: RetrieverChoice, pair: IndexPair
) -> Signs:
    visible = Filter(audiences=asked.where.audiences)
    encoder = pair.encoder.name
    return read_signs(grouped, asked.wanted, pair.lexical, visible, choice=choice, encoder=encoder)


def _confidence(ranked: Ranked) -> float | None:
    if ranked.signs is None:
        return None
    return confidence_of(ranked.signs) if ranked.documents else 0.0
