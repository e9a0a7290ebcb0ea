"""TantivyIndex: the lexical index, in this process, on local disk."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
import tantivy

from indexer.lexical import fields, translate
from indexer.lexical.listing import list_held
from indexer.ports import Form, LexicalQuery, LexicalScore, PassageCard
from schemas.errors import TransientError
from schemas.ids import DocumentId, PassageId, PersonId, TagId
from schemas.passage import Held, IndexEntry, Ranking, ScoredPassage
from schemas.query import Filter

# Of one indexing thread, taken as it fills; a commit empties it. A build that fits (some 70 000
# passages) is one segment, which is searched a third faster than six.
_WRITER_BYTES: Final = 400_000_000
_EXPANSIONS: Final = 50  # words that one prefix stands for: "co" starts a thousand
# At 100 000 passages the grams of more than 30 % of them take half the time of a score and move it
# by nothing that ranks: correlation .998, nDCG@10 the same. Few passages are scored fast anyway.
_TELLING_SHARE: Final = 0.3
_MANY_PASSAGES: Final = 5_000
_COVERED: Final = 20  # groups: one bit of a float32 for each, which holds 24 exactly
_LEAST_WEIGHT: Final = 1e-6  # of a word that stands everywhere: nothing is divided by zero
_REMEMBERED_COUNTS: Final = 1_000  # one for each set of audiences: people who search at a time
_REMEMBERED_CARDS: Final = 50_000  # about 40 MB at the most
_REMEMBERED_VALUES: Final = 100_000  # tags and mentors over all sets of audiences: 15 MB

_NOTHING: Final[Mapping[PassageId, float]] = MappingProxyType({})

_Card = tuple[PassageId, PassageCard]


class TantivyIndex:
    """Lexical index and passage directory on one tantivy directory.

    Safe for many searching threads beside one writing thread. Only one process may open a
    directory for writing at a time; tantivy's own lock enforces it.
    """

    def __init__(self, directory: Path) -> None:
        """Open the index, or create it when the directory holds none.

        Raises:
            TransientError: If the directory cannot be opened (locked, damaged, disk full).
        """
        directory.mkdir(parents=True, exist_ok=True)
        self._schema = fields.build_schema()
        with _translated("open"):
            self._index = tantivy.Index(self._schema, path=str(directory), reuse=True)
            fields.register_tokenizers(self._index)
            # Readers move forward in commit() only: a watcher thread would do it some time later.
            self._index.config_reader("manual", 0)
            self._index.reload()
            self._writer = self._index.writer(_WRITER_BYTES, 1)
        self._writing = threading.Lock()
        # Owned here and emptied by commit(): tags and visibility change under the same id.
        self._cards: dict[PassageId, PassageCard] = {}
        self._passing: dict[Filter, int] = {}
        self._values: dict[tuple[str, Filter], dict[str, int]] = {}
        self._edition = object()
        self._decoder = msgspec.msgpack.Decoder(_Card)

    def replace(self, document_id: DocumentId, entries: Sequence[IndexEntry]) -> None:
        """Stage: drop all passages of the document, then add these; none means delete it."""
        with self._writing, _translated("write"):
            self._writer.delete_documents_by_term(fields.DOCUMENT, document_id)
            signature = fields.signature(entries)
            for entry in entries:
                self._writer.add_document(fields.to_tantivy(entry, signature))

    def commit(self) -> None:
        """Make every staged write visible and durable, at once."""
        with self._writing, _translated("commit"):
            self._writer.commit()
            self._index.reload()
            self._cards = {}
            self._passing = {}
            self._values = {}
            self._edition = object()

    def search(self, query: LexicalQuery, where: Filter, *, limit: int) -> Ranking:
        """Return the best passages by words and prefix, at most ``limit``; no word, no passage."""
        wanted = translate.any_word(self._schema, query)
        if query.prefix:
            wanted += self._starting_with(query.prefix, where)
        if not wanted or not where.audiences:
            return []
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(wanted))]
        clauses += translate.admitted(self._schema, where)
        clauses += translate.phrases(self._schema, query)
        return self._ranking(tantivy.Query.boolean_query(clauses), limit)

    def score(
        self,
        query: LexicalQuery,
        passage_ids: Sequence[PassageId],
        *,
        known: Mapping[PassageId, float] = _NOTHING,
    ) -> list[LexicalScore]:
        """Return exact scores of just these passages, in the order given.

        ``known`` holds the scores of words that ``search`` returned: they are not made again.
        """
        if not passage_ids:
            return []
        unknown = [i for i in passage_ids if i not in known]
        words = {**known, **self._scores(translate.any_word(self._schema, query), unknown)}
        # Scoring grams only here, never retrieving by them, keeps them cheap: on their own they
        # meet nearly every passage.
        by_grams = self._scores(
            translate.any_term(self._schema, fields.GRAMS, self._telling(query.grams)), passage_ids
        )
        return [LexicalScore(i, words.get(i, 0.0), by_grams.get(i, 0.0)) for i in passage_ids]

    def coverage(
        self, query: LexicalQuery, passage_ids: Sequence[PassageId], where: Filter
    ) -> list[float]:
        """Return how much of what is asked for each passage has, in the order given."""
        groups = [group for group in query.words if group][:_COVERED]
        weights = self._weights(groups, where)
        asked = sum(w for w, group in zip(weights, groups, strict=True) if group[0].weight >= 1)
        if not asked or not passage_ids:
            return [0.0] * len(passage_ids)
        found = self._scores(translate.one_bit_each(self._schema, groups), passage_ids)
        met = [int(found.get(i, 0.0)) for i in passage_ids]
        has = [sum(w for place, w in enumerate(weights) if bits >> place & 1) for bits in met]
        return [min(1.0, each / asked) for each in has]

    def meeting(self, query: LexicalQuery, passage_ids: Sequence[PassageId]) -> set[PassageId]:
        """Return those of the passages that have what is required and nothing that is excluded."""
        if not passage_ids or not (query.required or query.excluded):
            return set(passage_ids)
        chosen = translate.these_passages(self._schema, passage_ids)
        clauses = [(tantivy.Occur.Must, chosen), *translate.phrases(self._schema, query)]
        found = self._ranking(tantivy.Query.boolean_query(clauses), len(passage_ids))
        return {scored.passage_id for scored in found}

    def recent(self, where: Filter, *, limit: int) -> Ranking:
        """Return matching passages of the newest documents, newest first, at most ``limit``."""
        if not where.audiences:
            return []
        required = translate.conditions(self._schema, where)
        if not where.speakers:
            required.append(tantivy.Query.term_query(self._schema, fields.ORDINAL, 0))
        query = translate.all_of(required, None)
        with _translated("search"):
            searcher = self._index.searcher()
            hits = searcher.search(
                query, limit=limit, count=False, order_by_field=fields.CREATED_AT
            ).hits
            ids = searcher.fast_field_values(fields.PASSAGE, [address for _, address in hits])
        found = zip(ids, hits, strict=True)
        return _ordered((int(i), float(at)) for i, (at, _) in found if i is not None)

    def cards(self, passage_ids: Sequence[PassageId]) -> dict[PassageId, PassageCard]:
        """Return the cards of the passages that are indexed."""
        known = self._cards
        missing = [i for i in passage_ids if i not in known]
        if missing:
            read = dict(self._read_cards(missing))
            if len(known) + len(read) <= _REMEMBERED_CARDS:
                known.update(read)
            known = known | read
        return {i: known[i] for i in passage_ids if i in known}

    def titles(
        self, folded_start: str, where: Filter, *, limit: int, whole: bool = False
    ) -> list[tuple[DocumentId, str]]:
        """Return documents with a title word that starts, there or further on, like this."""
        if not folded_start:
            return []
        start = fields.TITLE_START + folded_start if whole else folded_start
        found = self._counts(fields.TITLE_ENDS, start, where, limit=limit)
        parts = (term.split(fields.TITLE_SEPARATOR) for term in found)
        return [(DocumentId(document_id), title) for _, title, document_id in parts]

    def held(self, after: int, limit: int) -> list[Held]:
        """Return the next passages that are held beyond this id, in order of id."""
        with _translated("list"):
            return list_held(self._schema, self._index.searcher(), after, limit)

    def edition(self) -> object:
        """Return a token of what is visible: another object whenever that has changed."""
        return self._edition

    def tag_counts(self, where: Filter) -> dict[TagId, int]:
        """Return in how many passages each tag is, of those that pass the filter."""
        return {TagId(tag): n for tag, n in self._values_of(fields.TAGS, where).items()}

    def mentor_counts(self, where: Filter) -> dict[PersonId, int]:
        """Return in how many passages each mentor is, of those that pass the filter."""
        return {PersonId(i): n for i, n in self._values_of(fields.MENTORS, where).items()}

    def speaker_counts(self, where: Filter) -> dict[PersonId, int]:
        """Return in how many passages each person speaks, of those that pass the filter."""
        return {PersonId(i): n for i, n in self._values_of(fields.SPEAKERS, where).items()}

    def vocabulary(self, where: Filter) -> Mapping[str, int]:
        """Return in how many passages each word is, of those that pass the filter."""
        return self._counts(fields.FORMS, "", where)

    def n_passages(self) -> int:
        """Return how many passages are visible to searches."""
        return int(self._index.searcher().num_docs)

    def n_passing(self, where: Filter) -> int:
        """Return how many passages pass the filter."""
        if not where.audiences:
            return 0
        known = self._passing
        if where not in known:
            conditions = translate.conditions(self._schema, where)
            n = self._count(translate.all_of(conditions, scored=None))
            if len(known) < _REMEMBERED_COUNTS:
                known[where] = n
            return n
        return known[where]

    def n_with(self, term: str, where: Filter) -> int:
        """Return in how many passages an index term is, of those that pass the filter."""
        return self._count(self._with(term, where)) if where.audiences else 0

    def having(self, term: str, where: Filter, *, limit: int) -> set[PassageId]:
        """Return the passages with an index term that pass the filter, at most ``limit``."""
        if not where.audiences:
            return set()
        return {PassageId(i) for i, _ in self._hits(self._with(term, where), limit)}

    def close(self) -> None:
        """Wait for background merges and release the directory's lock."""
        with self._writing, _translated("close"):
            self._writer.wait_merging_threads()

    def _ranking(self, query: tantivy.Query, limit: int) -> Ranking:
        return _ordered(self._hits(query, limit))

    def _hits(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        with _translated("search"):
            searcher = self._index.searcher()
            hits = searcher.search(query, limit=limit, count=False).hits
            ids = searcher.fast_field_values(fields.PASSAGE, [address for _, address in hits])
        found = zip(ids, hits, strict=True)
        return [(int(i), float(score)) for i, (score, _) in found if i is not None]

    def _scores(
        self, wanted: translate.Clauses, ids: Sequence[PassageId]
    ) -> dict[PassageId, float]:
        if not wanted or not ids:
            return {}
        chosen = (tantivy.Occur.Must, translate.these_passages(self._schema, ids))
        query = tantivy.Query.boolean_query([chosen, *translate.by_few(wanted)])
        return {PassageId(i): score for i, score in self._hits(query, len(ids))}

    def _with(self, term: str, where: Filter) -> tantivy.Query:
        found = tantivy.Query.term_query(self._schema, fields.WORDS, term, "basic")
        admitted = translate.admitted(self._schema, where)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, found), *admitted])

    def _count(self, query: tantivy.Query) -> int:
        # Not ``doc_freq``: it counts what was deleted, and what the caller may not see.
        with _translated("search"):
            found = self._index.searcher().search(query, limit=1, count=True)
        return int(found.count)  # type: ignore[attr-defined] # the stub leaves it out

    def _counts(
        self, field: str, start: str, where: Filter, *, limit: int | None = None
    ) -> dict[str, int]:
        """Return the values of a field that start so, in how many passages that pass each is."""
        if not where.audiences:
            return {}
        allowed = translate.all_of(translate.conditions(self._schema, where), None)
        with _translated("search"):
            return dict(self._index.searcher().terms_with_prefix(field, start, allowed, limit))

    def _values_of(self, field: str, where: Filter) -> dict[str, int]:
        """Return all values of a field with their counts; asked again at every key typed."""
        known, key = self._values, (field, where)
        if key not in known:
            found = self._counts(field, "", where)
            if len(found) + sum(map(len, known.copy().values())) <= _REMEMBERED_VALUES:
                known[key] = found
            return found
        return known[key]

    def _weights(self, groups: Sequence[Sequence[Form]], where: Filter) -> list[float]:
        n_all = self.n_passing(where)

        def n_with(form: Form) -> int:  # at the most: of its rarest word
            return min((self.n_with(term, where) for term in form.terms if term), default=0)

        # Never more than all of them, also where a commit came between two counts.
        idfs = [translate.idf(min(n_all, max(map(n_with, group))), n_all) for group in groups]
        return [max(_LEAST_WEIGHT, math.sqrt(each)) for each in idfs]

    def _telling(self, grams: Sequence[str]) -> Sequence[str]:
        """Leave out the grams that stand in so many passages that they tell none apart."""
        searcher = self._index.searcher()
        if searcher.num_docs < _MANY_PASSAGES:
            return grams
        most = searcher.num_docs * _TELLING_SHARE
        return [gram for gram in grams if searcher.doc_freq(fields.GRAMS, gram) <= most]

    def _starting_with(self, prefix: str, where: Filter) -> translate.Clauses:
        # Counted in what passes the filter: hidden words would take the places of visible ones.
        allowed = translate.all_of(translate.conditions(self._schema, where), None)
        with _translated("search"):
            searcher = self._index.searcher()
            found = searcher.terms_with_prefix(fields.FORMS, prefix, allowed, _EXPANSIONS)
        return translate.any_start(self._schema, found, searcher.num_docs)

    def _read_cards(self, ids: Sequence[PassageId]) -> Iterator[_Card]:
        with _translated("read"):
            searcher = self._index.searcher()
            query = translate.these_passages(self._schema, ids)
            for _, address in searcher.search(query, limit=len(ids), count=False).hits:
                yield self._decoder.decode(searcher.doc(address)[fields.CARD][0])


def _ordered(pairs: Iterable[tuple[int, float]]) -> Ranking:
    """Order best first, ties by passage id: tantivy breaks them by place on disk."""
    return sorted(
        (ScoredPassage(PassageId(i), score) for i, score in pairs),
        key=lambda scored: (-scored.score, scored.passage_id),
    )


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as exc:
        raise TransientError(f"The lexical index could not {doing}: {exc}") from exc
