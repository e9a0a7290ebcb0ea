"""Query terms and filters to tantivy queries. Nothing is parsed, so nothing can fail to parse."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import tantivy

from indexer.lexical import fields
from indexer.ports import Form, LexicalQuery
from schemas.ids import PassageId
from schemas.query import Filter

Clauses = list[tuple[tantivy.Occur, tantivy.Query]]


def any_term(schema: tantivy.Schema, field: str, found: Iterable[str]) -> Clauses:
    """Return clauses that add up BM25 over the terms, each once."""
    return [
        (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, term, "freq"))
        for term in dict.fromkeys(found)
    ]


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
    required = [_one_of(schema, fields.AUDIENCES, where.audiences)]
    groups: list[tuple[str, Iterable[str]]] = [
        (fields.KIND, where.kinds),
        (fields.SPEAKERS, where.speakers),
        (fields.MENTORS, where.mentors),
        (fields.DOCUMENT, where.documents),
        *((fields.TAGS, group) for group in tag_groups(where)),
    ]
    required += [_one_of(schema, field, values) for field, values in groups if values]
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
    return _one_of_these(schema, field, sorted(values))


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
