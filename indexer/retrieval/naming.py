"""What the names in a typed query mean: people and tags, as conditions of the filter.

A name that means nobody becomes a condition that nothing meets: the page is then empty, instead
of showing what was not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

import msgspec
from rapidfuzz import fuzz

from indexer.analysis.normalize import fold
from indexer.ports import PassageDirectory, PassageReader
from indexer.retrieval.parser import ParsedQuery
from indexer.taxonomy import Taxonomy
from schemas.content import Speaker
from schemas.ids import PersonId, TagId
from schemas.query import Filter

NOBODY: Final = PersonId("(nobody goes by that name)")
"""A mentor or speaker of no document: filtering by it finds nothing."""
NO_TAG: Final = TagId("(no tag goes by that name)")
"""A tag on no document."""
_WORD: Final = re.compile(r"[^\W_]+")
_NEAR: Final = 80.0  # rapidfuzz ratio: "calire" is Claire (83), "marc" is not Mars (75)
_SHORTEST_NEAR: Final = 4  # letters; shorter names are near too many others


def narrowed(
    where: Filter,
    parsed: ParsedQuery,
    *,
    mentors: Callable[[], Mapping[PersonId, Speaker]],
    speakers: Callable[[], Mapping[PersonId, Speaker]],
    taxonomy: Taxonomy,
) -> Filter:
    """Return the filter with the fields that were typed, all of which must hold as well.

    Args:
        where: The filter that came with the query.
        parsed: What was typed.
        mentors: Gives the mentors whom the caller may see; called only when one was named.
        speakers: Gives those whom the caller may hear; called only when one was named.
        taxonomy: Knows the tags by all their names.
    """
    named = resolve_people(parsed.mentors, mentors()) if parsed.mentors else frozenset()
    heard = resolve_people(parsed.speakers, speakers()) if parsed.speakers else frozenset()
    typed_tags = resolve_tags(parsed.tags, taxonomy)
    kinds, no_kind = _both(where.kinds, parsed.kinds)
    chosen, no_mentor = _both(where.mentors, named)
    heard, no_speaker = _both(where.speakers, heard)
    nothing = frozenset({NOBODY}) if no_kind or no_mentor or no_speaker else frozenset()
    return msgspec.structs.replace(
        where,
        kinds=kinds,
        mentors=nothing or chosen,
        speakers=heard,
        tag_groups=(*where.tag_groups, *([typed_tags] if typed_tags else [])),
    )


def heard_by(
    audiences: frozenset[str], directory: PassageDirectory, reader: PassageReader
) -> Mapping[PersonId, Speaker]:
    """Return who speaks in passages that one of these audience keys may see, with their names.

    Of a document that only part of its readers may see whole, who speaks in that part alone is
    nobody to the others. Voices without a name are left out.
    """
    return reader.get_people(directory.speaker_counts(Filter(audiences=audiences)))


def resolve_people(names: Iterable[str], people: Mapping[PersonId, Speaker]) -> frozenset[PersonId]:
    """Return whom the names may mean, any of them; ``{NOBODY}`` when that is no one.

    Every word of a name must begin a word of the person's, in any order, whatever the case and
    the accents: ``claire d`` is Claire Dubois and ``dubois`` is all of them. Where nobody is
    called so, words with a typing mistake count. A person's id is a name too.
    """
    asked = list(names)
    known = {person_id: _words(person.name) for person_id, person in people.items()}
    found: set[PersonId] = set()
    for name in asked:
        typed = _words(name)
        found |= (
            ({PersonId(name)} & known.keys())
            or _those(known, typed, _begins)
            or _those(known, typed, _is_near)
        )
    return frozenset(found) or (frozenset({NOBODY}) if asked else frozenset())


def resolve_tags(names: Iterable[str], taxonomy: Taxonomy) -> frozenset[TagId]:
    """Return the tags that the names mean; ``NO_TAG`` stands for each that means none or two."""
    found = (taxonomy.resolve(name) for name in names)
    return frozenset(tag.id if tag else NO_TAG for tag in found)


_Words = tuple[str, ...]
_T = TypeVar("_T")


def _both(first: frozenset[_T], second: frozenset[_T]) -> tuple[frozenset[_T], bool]:
    """Return what meets two conditions, of which an empty one asks nothing, and if nothing can."""
    if not first or not second:
        return first or second, False
    return first & second, not first & second


def _those(
    known: Mapping[PersonId, _Words], typed: _Words, is_meant: Callable[[str, str], bool]
) -> set[PersonId]:
    return {
        person_id
        for person_id, own in known.items()
        if typed and all(any(is_meant(word, other) for other in own) for word in typed)
    }


def _begins(typed: str, own: str) -> bool:
    return own.startswith(typed)


def _is_near(typed: str, own: str) -> bool:
    if _begins(typed, own):
        return True
    return len(typed) >= _SHORTEST_NEAR and bool(fuzz.ratio(typed, own, score_cutoff=_NEAR))


def _words(name: str) -> _Words:
    return tuple(_WORD.findall(fold(name)))
