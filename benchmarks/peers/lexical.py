"""tantivy alone: its default tokenizer with its own query parser, and our French analysis."""

from __future__ import annotations

from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import Final

import tantivy

from benchmarks.peers.collection import Asked, Collection
from indexer.analysis.analyzer import build_text_analyzer, terms
from indexer.analysis.normalize import normalize

_ROW: Final = "row"
_TEXT: Final = "text"
_FRENCH: Final = "french"
_WRITER_BYTES: Final = 50_000_000


class Tantivy:
    """BM25 over one field."""

    is_hybrid = False

    def __init__(self, *, french: bool) -> None:
        """Take our French analysis, or what tantivy does when nothing is said."""
        self._held = ExitStack()
        self._french = french
        self.name = "tantivy alone, our French" if french else "tantivy alone, default"
        self.set_up = (
            "our analyzer, any word" if french else "default tokenizer, its lenient query parser"
        )

    def load(self, collection: Collection) -> None:
        """Index all texts in one commit, and wait for the merges."""
        self._collection = collection
        directory = self._held.enter_context(TemporaryDirectory(prefix="peer-"))
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field(_ROW, fast=True)
        builder.add_text_field(_TEXT, tokenizer_name=_FRENCH if self._french else "default")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=directory)
        self._index.register_tokenizer(_FRENCH, build_text_analyzer())
        writer = self._index.writer(_WRITER_BYTES, 1)
        for row, text in enumerate(collection.texts):
            entry = tantivy.Document()
            entry.add_unsigned(_ROW, row)
            entry.add_text(_TEXT, normalize(text) if self._french else text)
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, asked: Asked, depth: int) -> list[str]:
        """Return documents by their best passage; none where no word is left."""
        query = self._query(asked.text)
        if query is None:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=depth, count=False).hits
        rows = searcher.fast_field_values(_ROW, [address for _, address in hits])
        return self._collection.documents_of(int(row) for row in rows if row is not None)

    def close(self) -> None:
        """Delete the index."""
        self._held.close()

    def _query(self, text: str) -> tantivy.Query | None:
        if not self._french:
            return self._index.parse_query_lenient(text, [_TEXT])[0]
        found = dict.fromkeys(terms(text))
        if not found:
            return None
        return tantivy.Query.boolean_query([
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, _TEXT, term))
            for term in found
        ])
