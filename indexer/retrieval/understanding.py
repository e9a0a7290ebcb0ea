"""What a query asks for: of the words of a passage, and of its meaning."""

from __future__ import annotations

import msgspec

from indexer.analysis.analyzer import grams, terms
from indexer.analysis.normalize import as_typed
from indexer.ports import Form, LexicalQuery


class Understanding(msgspec.Struct, frozen=True):
    """A query as both retrievers read it."""

    lexical: LexicalQuery
    meaning: str
    """What the encoder reads."""


def understand(text: str) -> Understanding:
    """Return what a typed text asks of either retriever; never raises."""
    return Understanding(lexical_query(text), as_typed(text))


def lexical_query(text: str, *, prefix: str = "") -> LexicalQuery:
    """Return a query for the words of a text as they are, and for the start of one more word."""
    return LexicalQuery(
        words=tuple((Form((term,)),) for term in dict.fromkeys(terms(text))),
        grams=tuple(dict.fromkeys(grams(text))),
        prefix=prefix,
    )
