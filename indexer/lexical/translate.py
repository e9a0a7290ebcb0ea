"""Query terms and filters to tantivy queries. Nothing is parsed, so nothing can fail to parse."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import tantivy

from indexer.lexical import fields
from schemas.ids import PassageId
from schemas.query import Filter


def any_term(schema: tantivy.Schema, field: str, found: Sequence[str]) -> tantivy.Query:
    """Return a query that adds up BM25 over the terms; at least one must match."""
    option = "position" if field == fields.WORDS else "freq"
    return tantivy.Query.boolean_query([
        (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, term, option))
        for term in found
    ])


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
    """Return a query that matches exactly these passages, without a score."""
    chosen = tantivy.Query.term_set_query(schema, fields.PASSAGE, list(ids))
    return tantivy.Query.const_score_query(chosen, 0.0)


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
    return tantivy.Query.term_set_query(schema, field, sorted(values))


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
