"""Completions of what is being typed: titles, tags, mentors and queries that helped others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from indexer.analysis.normalize import as_words, well_formed
from indexer.engine import Engine
from indexer.ports import PassageDirectory, PassageReader
from indexer.taxonomy import Taxonomy
from schemas.errors import InvalidInputError
from schemas.hit import Suggestion, SuggestionType
from schemas.ids import DocumentId, PersonId, TagId
from schemas.judgment import SharedQuery
from schemas.query import MAX_QUERY_CHARS, Filter

SUGGESTIONS: Final = 8
MAX_SUGGESTIONS: Final = 20
_SHORTEST: Final = 2  # typed characters below which everything would match
_MOST_TITLES: Final = 100  # looked at, of those that match: bounds the time of two letters
_MOST_QUERIES: Final = 8  # whose documents are looked up
_SHARE: Final = 4  # a quarter of the list for each kind beside titles
_ENOUGH: Final = 3  # completions below which a typing mistake is thought of
_SHORTEST_NEAR: Final = 4  # letters; shorter words are near too many others
_NEAR: Final = 80.0  # rapidfuzz ratio: one mistake in five letters
_SURE_LETTERS: Final = 2  # that titles with a typing mistake must start a word with
_MOST_NEAR: Final = 400  # titles compared letter by letter: 2 ms
_REMEMBERED: Final = 20_000  # folded titles, names and queries: 5 MB
_ORDER: Final = (
    SuggestionType.QUERY,
    SuggestionType.DOCUMENT,
    SuggestionType.MENTOR,
    SuggestionType.TAG,
)


class _Candidate(NamedTuple):
    """A completion, and what puts it in its place."""

    suggestion: Suggestion
    folded: str
    n: int
    starts: bool
    """Whether it starts as typed, or only a word in it."""

    @property
    def place(self) -> tuple[bool, int, int, str, str]:
        """What candidates are sorted by."""
        kind = _ORDER.index(self.suggestion.type)
        return not self.starts, kind, -self.n, self.folded, self.suggestion.id


def suggest(
    text: str, audiences: frozenset[str], engine: Engine, *, limit: int = SUGGESTIONS
) -> list[Suggestion]:
    """Complete what is typed, ignoring accents and capitals; any word may be the one it starts.

    Offered are titles, tags and mentors of documents that the audiences may see, and queries with
    which at least ``settings.shared_query_people`` people found such a document useful. What
    starts as typed comes before what contains it, then queries, titles, mentors and tags, then
    the frequent before the rare. Where little is found, titles and tags with a typing mistake
    follow. Beside titles, each kind gets at most a quarter of the list while others fill it.

    Raises:
        InvalidInputError: If the text or the limit is out of bounds.
        TransientError: If the index or the catalog fails.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise InvalidInputError(f"The text is longer than {MAX_QUERY_CHARS} characters.")
    if not 1 <= limit <= MAX_SUGGESTIONS:
        raise InvalidInputError(f"The limit must be between 1 and {MAX_SUGGESTIONS}.")
    typed = as_words(well_formed(text))
    if len(typed) < _SHORTEST:
        return []
    where = Filter(audiences=audiences)
    shared = engine.reader.get_shared_queries(engine.settings.shared_query_people)
    with engine.indexes.lease() as pair:
        directory = pair.lexical
        tags = _carried_tags(directory.tag_counts(where), engine.taxonomy)
        at_least = engine.settings.shared_query_people
        found = [
            *_queries(typed, shared, where, directory, at_least=at_least),
            *_titles(typed, where, directory),
            *_mentors(typed, directory.mentor_counts(where), engine.reader),
            *_tags(typed, tags),
        ]
        chosen = _in_shares(sorted(found, key=_place), limit)
        if len(chosen) < min(_ENOUGH, limit):
            chosen += _near(typed, where, directory, tags)
    distinct = dict.fromkeys(candidate.suggestion for candidate in chosen)
    return list(distinct)[:limit]


def _titles(typed: str, where: Filter, directory: PassageDirectory) -> Iterator[_Candidate]:
    """Yield titles, each once, with how many documents have it."""
    found = directory.titles(typed, where, limit=_MOST_TITLES)
    if len(found) == _MOST_TITLES:  # some are left out, and maybe those that start so
        found = [*directory.titles(typed, where, limit=_MOST_TITLES, whole=True), *found]
    documents: dict[str, DocumentId] = {}
    for document_id, title in found:
        documents.setdefault(title, document_id)
    counts = Counter(title for _, title in set(found))
    for title, document_id in documents.items():
        suggestion = Suggestion(title, SuggestionType.DOCUMENT, document_id)
        yield _candidate(typed, _words(title), counts[title], suggestion)


class _Carried(NamedTuple):
    """A tag that some visible passage carries, with its folded names."""

    suggestion: Suggestion
    names: tuple[str, ...]
    n: int


def _carried_tags(counts: Mapping[TagId, int], taxonomy: Taxonomy) -> list[_Carried]:
    return [
        _Carried(Suggestion(tag.label, SuggestionType.TAG, tag.id), names, counts[tag.id])
        for tag, names in taxonomy.spoken
        if tag.id in counts
    ]


def _tags(typed: str, tags: Iterable[_Carried]) -> Iterator[_Candidate]:
    for suggestion, names, n in tags:
        # As people call it, whichever name: the label is what is shown.
        found = [_candidate(typed, name, n, suggestion) for name in names if _has(name, typed)]
        if found:
            yield min(found, key=_place)


def _mentors(
    typed: str, counts: Mapping[PersonId, int], reader: PassageReader
) -> Iterator[_Candidate]:
    for person in reader.get_people(counts).values():
        name = _words(person.name)
        if _has(name, typed):
            suggestion = Suggestion(person.name, SuggestionType.MENTOR, person.id)
            yield _candidate(typed, name, counts[person.id], suggestion)


def _queries(
    typed: str,
    shared: Iterable[SharedQuery],
    where: Filter,
    directory: PassageDirectory,
    *,
    at_least: int,
) -> Iterator[_Candidate]:
    """Yield the queries that helped enough people find something that the caller may see.

    People are counted again over just these documents: what only helped with others, whoever
    asked, says something of them.
    """
    known = ((_words(query.key), query) for query in shared)
    matching = [query for words, query in known if _has(words, typed) and words != typed]
    likely = sorted(matching, key=lambda query: (-len(query.useful), query.key))[:_MOST_QUERIES]
    visible = _visible({i for query in likely for i in query.useful}, where, directory)
    for query in likely:
        people = frozenset[PersonId]().union(
            *(query.useful[i] for i in visible & query.useful.keys())
        )
        if len(people) >= at_least:
            suggestion = Suggestion(query.text, SuggestionType.QUERY, query.text)
            yield _candidate(typed, _words(query.key), len(people), suggestion)


def _visible(
    ids: Collection[DocumentId], where: Filter, directory: PassageDirectory
) -> set[DocumentId]:
    if not ids:
        return set()
    these = Filter(audiences=where.audiences, documents=frozenset(ids))
    seen = directory.recent(these, limit=len(ids))
    cards = directory.cards([scored.passage_id for scored in seen])
    return {card.document_id for card in cards.values()}


def _near(
    typed: str, where: Filter, directory: PassageDirectory, tags: Iterable[_Carried]
) -> list[_Candidate]:
    """Return titles and tags that hold nearly what was typed, the nearest first.

    Titles have a word with the first letters of what was typed: mistakes are rarely there, and
    the titles that are compared stay few.
    """
    if len(typed) < _SHORTEST_NEAR:
        return []
    longest = max(typed.split(), key=len)
    alike = directory.titles(longest[:_SURE_LETTERS], where, limit=_MOST_NEAR)
    known = [(_words(title), Suggestion(title, SuggestionType.DOCUMENT, i)) for i, title in alike]
    known += [(name, tag.suggestion) for tag in tags for name in tag.names]
    # partial_ratio looks for the shorter in the longer: it would find "ca" in every question.
    known = [each for each in known if len(each[0]) >= len(typed) - 1]
    names = [f" {name}" for name, _ in known]
    found = process.extract(
        f" {typed}", names, scorer=fuzz.partial_ratio, score_cutoff=_NEAR, limit=MAX_SUGGESTIONS
    )
    return [
        _candidate(typed, known[at][0], round(score), known[at][1])
        for _, score, at in sorted(found, key=lambda each: (-each[1], known[each[2]][0]))
    ]


def _in_shares(ordered: list[_Candidate], limit: int) -> list[_Candidate]:
    """Return at most ``limit``, in the same order; each kind may count on its share."""
    share = max(1, limit // _SHARE)
    taken: Counter[SuggestionType] = Counter()
    others, titles, rest = [], [], []
    for at, candidate in enumerate(ordered):
        kind = candidate.suggestion.type
        taken[kind] += 1
        if kind is SuggestionType.DOCUMENT:
            titles.append(at)
        elif taken[kind] <= share:
            others.append(at)
        else:
            rest.append(at)
    room = max(share, limit - len(others))
    chosen = [*others, *titles[:room]]
    chosen += [*titles[room:], *rest][: max(0, limit - len(chosen))]
    return [ordered[at] for at in sorted(chosen)[:limit]]


def _candidate(typed: str, folded: str, n: int, suggestion: Suggestion) -> _Candidate:
    return _Candidate(suggestion, folded, n, folded.startswith(typed))


def _place(candidate: _Candidate) -> tuple[bool, int, int, str, str]:
    return candidate.place


def _has(folded: str, typed: str) -> bool:
    return f" {typed}" in f" {folded}"


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> str:
    """Return the words as they are compared; owned by this module, pure, so it never goes stale."""
    return as_words(text)
