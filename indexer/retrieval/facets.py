"""Facet counts over the candidate set: how many of its documents have which value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Final

from indexer.ports import PassageCard, PassageReader
from indexer.taxonomy import Taxonomy
from schemas.document import DocumentKind
from schemas.hit import FacetCount
from schemas.ids import PersonId, TagId

KIND: Final = "kind"
LANGUAGE: Final = "language"
SPEAKER: Final = "speaker"
MENTOR: Final = "mentor"
MAX_VALUES: Final = 20  # of one facet, most frequent first: more is a list, not a filter

_KIND_LABELS: Final = {
    DocumentKind.EXCHANGE: "Échange",
    DocumentKind.COURSE: "Cours",
    DocumentKind.REPLAY: "Replay",
    DocumentKind.WORKSHOP: "Atelier",
    DocumentKind.SHEET: "Fiche",
    DocumentKind.THREAD: "Discussion",
}
_LANGUAGE_LABELS: Final = {"fr": "Français", "en": "Anglais"}


def count_facets(
    cards: Iterable[PassageCard], taxonomy: Taxonomy, reader: PassageReader
) -> dict[str, tuple[FacetCount, ...]]:
    """Count documents per value of kind, language, speaker, mentor and each facet of the taxonomy.

    A document counts once per value, whichever of its candidate passages has it. Values come
    most frequent first, then in order of value; facets without a value are left out.
    """
    had: dict[str, set[tuple[str, str]]] = defaultdict(set)  # by document
    for card in cards:
        had[card.document_id].update(_values(card, taxonomy))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (facet, value), count in Counter(chain.from_iterable(had.values())).items():
        counts[facet][value] = count
    kept = {facet: _most_frequent(counter) for facet, counter in sorted(counts.items())}
    people = {PersonId(v) for facet in (SPEAKER, MENTOR) for v, _ in kept.get(facet, ())}
    names = {i: person.name for i, person in reader.get_people(people).items()} if people else {}
    return {
        facet: tuple(
            FacetCount(value, _label(facet, value, taxonomy, names), count)
            for value, count in values
        )
        for facet, values in kept.items()
    }


def _values(card: PassageCard, taxonomy: Taxonomy) -> Iterable[tuple[str, str]]:
    yield KIND, card.kind
    yield LANGUAGE, card.language
    for person_id in card.speaker_ids:
        yield SPEAKER, person_id
    for person_id in card.mentor_ids:
        yield MENTOR, person_id
    for tag_id in card.tags:
        facet = taxonomy.facet_of(TagId(tag_id))
        if facet is not None:
            yield facet.value, tag_id


def _most_frequent(counter: Counter[str]) -> list[tuple[str, int]]:
    ordered = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    return ordered[:MAX_VALUES]


def _label(facet: str, value: str, taxonomy: Taxonomy, names: dict[PersonId, str]) -> str:
    match facet:
        case "kind":
            return _KIND_LABELS[DocumentKind(value)]
        case "language":
            return _LANGUAGE_LABELS.get(value, value)
        case "speaker" | "mentor":
            return names.get(PersonId(value), value)
        case _:
            return taxonomy.label(TagId(value))
