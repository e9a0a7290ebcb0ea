"""instant(text, where, engine): what can be shown while the query is still being typed."""

from __future__ import annotations

import time
from typing import Final

import msgspec

from indexer.analysis.analyzer import iter_words
from indexer.analysis.normalize import fold, well_formed
from indexer.engine import Engine
from indexer.ports import PassageDirectory
from indexer.retrieval.dressing import dress, read_page
from indexer.retrieval.duplicates import Collapsed
from indexer.retrieval.excluding import without_excluded
from indexer.retrieval.fusion import ComponentScores, FusedScores
from indexer.retrieval.naming import heard_by, narrowed
from indexer.retrieval.parser import ParsedQuery, parse
from indexer.retrieval.ranking import RankedDocument, group_by_document
from indexer.retrieval.search import check, group_tags, only_conditions
from indexer.retrieval.snippets import query_terms
from indexer.retrieval.understanding import lexical_query, with_conditions
from schemas.hit import ResultPage, TotalRelation
from schemas.passage import Ranking
from schemas.query import Filter, Query

SHORTEST_PREFIX: Final = 2
"""Letters: a single one starts every tenth word, and says nothing yet."""
_CANDIDATES: Final = 50  # passages; a full search takes more, to count facets and to cut pages


class Typed(msgspec.Struct, frozen=True):
    """A text that is still being typed."""

    words: str
    """All of it but a last word too short to say anything."""
    prefix: str
    """The last word, folded, of which more may come; empty once a space or a mark follows it."""


def instant(text: str, where: Filter, engine: Engine, *, limit: int = 10) -> ResultPage:
    """Return the best documents for a text that is still being typed, by words alone.

    The last word is taken for the start of one, unless something follows it; the others are
    matched by their stems, and so is the last one, in case it is whole. Conditions hold as in
    ``search``; typing mistakes and synonyms are left to it. Nothing is encoded, compared by letters
    or counted: there are no facets, and one passage for each document. A text of conditions alone
    lists what meets them, newest first; one of fewer than two characters finds nothing.

    Args:
        text: As typed so far.
        where: Whose documents, and which: obeyed as in ``search``.
        engine: What searches use.
        limit: Most documents returned.

    Raises:
        InvalidInputError: If the text, the limit or the filter exceeds its bounds.
        TransientError: If the index or the catalog fails.
    """
    check(Query(text=text, filter=where, per_page=limit))
    started = time.perf_counter()
    clean = well_formed(text)
    parsed = parse(clean)
    typed = words_so_far(clean + (" " if text[-1:].isspace() else ""), parsed)
    with engine.indexes.lease() as pair:
        allowed = group_tags(_narrowed(where, parsed, pair.lexical, engine), engine)
        query = with_conditions(lexical_query(typed.words, prefix=typed.prefix), parsed)
        if parsed.has_syntax and only_conditions(parsed):
            found = pair.lexical.recent(allowed, limit=_CANDIDATES)
        else:
            found = pair.lexical.search(query, allowed, limit=_CANDIDATES)
        cards = pair.lexical.cards([scored.passage_id for scored in found])
        cards = without_excluded(cards, query, allowed, pair.lexical)
    documents = group_by_document(_by_words(found), cards)
    retrieved = time.perf_counter()
    shown = [Collapsed(_best_place(document)) for document in documents[:limit]]
    marks = query_terms(typed.words, prefix=typed.prefix)
    hits = dress(shown, read_page(shown, engine), allowed, wanted=marks, first_rank=1)
    done = time.perf_counter()
    return ResultPage(
        query_id=engine.mint_query_id(),
        hits=hits,
        total=len(documents),
        total_relation=TotalRelation.EXACT if len(found) < _CANDIDATES else TotalRelation.AT_LEAST,
        facets={},
        took_ms=_ms(done - started),
        timings_ms={"retrieve": _ms(retrieved - started), "dress": _ms(done - retrieved)},
    )


def words_so_far(text: str, parsed: ParsedQuery) -> Typed:
    """Return the words of a text that may hold conditions, the last one open if it ends the text.

    ``kind:cours fact`` may go on as "facture"; in ``facture kind:cours`` and ``facture -micro`` no
    word goes on.
    """
    if not parsed.has_syntax:
        return take_apart(text)
    last = parsed.text.rpartition(" ")[2]
    return take_apart(parsed.text if last and text.endswith(f" {last}") else f"{parsed.text} ")


def take_apart(text: str) -> Typed:
    """Return what is whole and what is not of a text that is still being typed.

    ``fixer ses pr`` may become "prix" or "promesses"; ``fixer ses prix `` has three whole words.
    """
    words = list(iter_words(text))
    if not words or words[-1].end() < len(text):
        return Typed(text, "")
    last = words[-1]
    prefix = fold(last.group())
    return (
        Typed(text, prefix) if len(prefix) >= SHORTEST_PREFIX else Typed(text[: last.start()], "")
    )


def _narrowed(
    where: Filter, parsed: ParsedQuery, directory: PassageDirectory, engine: Engine
) -> Filter:
    return narrowed(
        where,
        parsed,
        mentors=lambda: engine.reader.get_mentors(where.audiences),
        speakers=lambda: heard_by(where.audiences, directory, engine.reader),
        taxonomy=engine.taxonomy,
    )


def _by_words(found: Ranking) -> list[FusedScores]:
    return [
        FusedScores(ComponentScores(i, score, None, None), 0.0, 0.0, score) for i, score in found
    ]


def _best_place(document: RankedDocument) -> RankedDocument:
    return msgspec.structs.replace(document, passages=document.passages[:1])


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 3)
