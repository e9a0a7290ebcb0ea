"""Query terms and filters to tantivy queries. Nothing is parsed, so nothing can fail to parse."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import tantivy

from indexer.lexical import fields
from indexer.ports import Form, LexicalQuery
from schemas.identity import EVERYONE
from schemas.ids import PassageId
from schemas.query import Filter

_FEW_TERMS: Final = 4  # deeper nesting copies more than it saves
Clauses = list[tuple[tantivy.Occur, tantivy.Query]]


def any_term(schema: tantivy.Schema, field: str, found: Iterable[str]) -> Clauses:
    """Return clauses that add up BM25 over the terms, each once."""
    return [
        (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, term, "freq"))
        for term in dict.fromkeys(found)
    ]


def by_few(scored: Clauses) -> Clauses:
    """Return clauses that add up the same, to stand beside a query for a few passages.

    A union of many terms scores every passage of whole stretches, those between the few as well;
    a term that is optional beside a required query jumps from one of the few to the next.
    """
    return [
        (tantivy.Occur.Must, _optional(scored[start : start + _FEW_TERMS]))
        for start in range(0, len(scored), _FEW_TERMS)
    ]


def _optional(scored: Clauses) -> tantivy.Query:
    """Return a query for every passage that adds up what these score, one inside the other."""
    query = tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
    for clause in scored:
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), clause])
    return query


def any_start(schema: tantivy.Schema, found: Sequence[tuple[str, int]], n_passages: int) -> Clauses:
    """Return a clause for the words that a prefix may become, given with their passages.

    The best of them counts, and none more than a word would that stood in all their passages:
    what is half typed says little, and the rarest of its continuations least of all.
    """
    if not found:
        return []
    together = idf(min(n_passages, sum(n_with for _, n_with in found)), n_passages)
    forms = [
        tantivy.Query.boost_query(
            tantivy.Query.term_query(schema, fields.FORMS, term, "freq"),
            together / idf(n_with, n_passages),
        )
        for term, n_with in found
    ]
    return [(tantivy.Occur.Should, best_of(forms))]


def idf(n_with: int, n_all: int) -> float:
    """Return BM25's weight of a term that stands in so many of all passages, as tantivy has it."""
    return math.log(1 + (n_all - n_with + 0.5) / (n_with + 0.5))


def any_word(schema: tantivy.Schema, query: LexicalQuery) -> Clauses:
    """Return clauses that add up BM25 over what is asked for, the best form of each."""
    forms = [[_form(schema, form) for form in group] for group in query.words]
    return [(tantivy.Occur.Should, best_of(group)) for group in forms if group]


def one_bit_each(schema: tantivy.Schema, groups: Sequence[Sequence[Form]]) -> Clauses:
    """Return clauses whose scores add up to a number with one bit for each group that is met."""
    return [
        (
            tantivy.Occur.Should,
            tantivy.Query.const_score_query(
                best_of([phrase(schema, form.terms) for form in group]), float(1 << place)
            ),
        )
        for place, group in enumerate(groups)
    ]


def best_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Return a query that scores what the best of these scores."""
    return queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(list(queries))


def phrase(schema: tantivy.Schema, found: Sequence[str]) -> tantivy.Query:
    """Return a query for terms side by side in this order; ``""`` leaves room for a word."""
    placed = [(offset, term) for offset, term in enumerate(found) if term]
    if len(placed) == 1:
        return tantivy.Query.term_query(schema, fields.WORDS, placed[0][1], "position")
    return tantivy.Query.phrase_query(schema, fields.WORDS, list(placed))


def phrases(schema: tantivy.Schema, query: LexicalQuery) -> Clauses:
    """Return the clauses of what a passage must have and may not have; none adds to a score."""
    must = [(tantivy.Occur.Must, found) for found in query.required]
    must_not = [(tantivy.Occur.MustNot, found) for found in query.excluded]
    return [
        (occur, tantivy.Query.const_score_query(phrase(schema, found), 0.0))
        for occur, found in (*must, *must_not)
        if any(found)
    ]


def _form(schema: tantivy.Schema, form: Form) -> tantivy.Query:
    found = phrase(schema, form.terms)
    return found if form.weight == 1.0 else tantivy.Query.boost_query(found, form.weight)


def conditions(schema: tantivy.Schema, where: Filter) -> list[tantivy.Query]:
    """Return the filter's conditions, all of which must hold; none of them adds to a score.

    ``where.audiences`` always makes a condition: a caller without a key sees nothing.
    """
    return [_visible(schema, where), *_chosen(schema, where)]


def admitted(schema: tantivy.Schema, where: Filter) -> Clauses:
    """Return the same conditions as clauses to stand beside a required query.

    Who sees what everybody sees is refused the few passages that are not for everybody, instead of
    being granted nearly all of them: words are then looked up as fast as without a condition.
    """
    chosen = [(tantivy.Occur.Must, query) for query in _chosen(schema, where)]
    if EVERYONE not in where.audiences:
        return [(tantivy.Occur.Must, _visible(schema, where)), *chosen]
    marked = tantivy.Query.term_query(schema, fields.RESTRICTED, fields.MARK, "basic")
    own = where.audiences - {EVERYONE}
    hidden = [(tantivy.Occur.Must, marked)]
    if own:
        hidden.append((tantivy.Occur.MustNot, _one_of(schema, fields.AUDIENCES, own)))
    return [(tantivy.Occur.MustNot, tantivy.Query.boolean_query(hidden)), *chosen]


def _visible(schema: tantivy.Schema, where: Filter) -> tantivy.Query:
    return tantivy.Query.const_score_query(_one_of(schema, fields.AUDIENCES, where.audiences), 0.0)


def _chosen(schema: tantivy.Schema, where: Filter) -> list[tantivy.Query]:
    groups: list[tuple[str, Iterable[str]]] = [
        (fields.KIND, where.kinds),
        (fields.SPEAKERS, where.speakers),
        (fields.MENTORS, where.mentors),
        (fields.DOCUMENT, where.documents),
        *((fields.TAGS, group) for group in tag_groups(where)),
    ]
    required = [_one_of(schema, field, values) for field, values in groups if values]
    if where.since or where.until:
        required.append(_created_between(schema, where))
    return [tantivy.Query.const_score_query(query, 0.0) for query in required]


def these_passages(schema: tantivy.Schema, ids: Sequence[PassageId]) -> tantivy.Query:
    """Return a query that matches exactly these passages, without a score.

    Term by term: a term set is looked for in the whole dictionary of passages, which takes eight
    times as long for 190 of 100 000.
    """
    return tantivy.Query.const_score_query(_one_of_these(schema, fields.PASSAGE, ids), 0.0)


def all_of(required: Iterable[tantivy.Query], scored: tantivy.Query | None) -> tantivy.Query:
    """Return a query for what meets every condition; ``scored`` adds to the score if it matches."""
    clauses = [(tantivy.Occur.Must, query) for query in required]
    if scored is not None:
        clauses.append((tantivy.Occur.Should, scored))
    return tantivy.Query.boolean_query(clauses)


def tag_groups(where: Filter) -> tuple[frozenset[str], ...]:
    """Return the tag conditions: the filter's groups, or each tag alone where none were made."""
    return where.tag_groups or tuple(frozenset({tag}) for tag in sorted(where.tags))


def created_bounds(where: Filter) -> tuple[int | None, int | None]:
    """Return the first second included and the first one not, or ``None`` for an open end."""
    since = math.ceil(where.since.timestamp()) if where.since else None
    until = math.ceil(where.until.timestamp()) if where.until else None
    return since, until


def _one_of(schema: tantivy.Schema, field: str, values: Iterable[str]) -> tantivy.Query:
    return _one_of_these(schema, field, sorted(each for each in values if _is_unicode(each)))


def _is_unicode(value: str) -> bool:
    """Tell whether an index may hold the value: half a character is in none, and refused."""
    return value.isascii() or value.encode(errors="replace").decode() == value


def _one_of_these(schema: tantivy.Schema, field: str, values: Sequence[str | int]) -> tantivy.Query:
    return tantivy.Query.boolean_query([
        (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, value, "basic"))
        for value in values
    ])


def _created_between(schema: tantivy.Schema, where: Filter) -> tantivy.Query:
    since, until = created_bounds(where)
    return tantivy.Query.range_query(
        schema,
        fields.CREATED_AT,
        tantivy.FieldType.Integer,
        lower_bound=since,
        # Whole seconds, so "before" is "up to the second before": an open end must be inclusive.
        upper_bound=None if until is None else until - 1,
    )
