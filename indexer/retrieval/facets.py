"""Facet counts over the candidate set: how many of its documents have which value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from indexer.ports import PassageCard
from indexer.taxonomy import Taxonomy
from schemas.content import Speaker
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


Counts = Mapping[str, Sequence[tuple[str, int]]]
"""By facet: values, most frequent first, with the number of their documents."""


def count_facets(cards: Iterable[PassageCard], taxonomy: Taxonomy) -> Counts:
    """Count documents per value of kind, language, speaker, mentor and each facet of the taxonomy.

    A document counts once per value, whichever of its candidate passages has it. Values come
    most frequent first, then in order of value; facets without a value are left out.
    """
    by_document: dict[str, list[PassageCard]] = defaultdict(list)
    for card in cards:
        by_document[card.document_id].append(card)
    held = by_document.values()
    counts: dict[str, Counter[str]] = {
        KIND: _count([card.kind] for cards in held for card in cards[:1]),
        LANGUAGE: _count(_of_any(cards, lambda card: (card.language,)) for cards in held),
        SPEAKER: _count(_of_any(cards, lambda card: card.speaker_ids) for cards in held),
        MENTOR: _count(_of_any(cards, lambda card: card.mentor_ids) for cards in held),
    }
    for tag_id, n in _count(_of_any(cards, lambda card: card.tags) for cards in held).items():
        facet = taxonomy.facet_of(TagId(tag_id))
        if facet is not None:
            counts.setdefault(facet.value, Counter())[tag_id] = n
    return {facet: _most_frequent(values) for facet, values in sorted(counts.items()) if values}


def people_of(counts: Counts) -> list[PersonId]:
    """Return the people whose names the counts are shown with."""
    return [PersonId(value) for facet in (SPEAKER, MENTOR) for value, _ in counts.get(facet, ())]


def name_facets(
    counts: Counts, taxonomy: Taxonomy, people: Mapping[PersonId, Speaker]
) -> dict[str, tuple[FacetCount, ...]]:
    """Return the counts with what each value is called; an unknown one keeps its id.

    Voices that nobody has named are left out: they are of one document each.
    """
    names = {id_: person.name for id_, person in people.items()}
    named = {
        facet: tuple(
            FacetCount(value, _label(facet, value, taxonomy, names), count)
            for value, count in values
            if facet != SPEAKER or value in names
        )
        for facet, values in counts.items()
    }
    return {facet: values for facet, values in named.items() if values}


def _count(values: Iterable[Iterable[str]]) -> Counter[str]:
    return Counter(chain.from_iterable(values))


def _of_any(
    cards: Sequence[PassageCard], values_of: Callable[[PassageCard], Collection[str]]
) -> Collection[str]:
    """Return the values that any of a document's passages has; most documents have one here."""
    if len(cards) == 1:
        return values_of(cards[0])
    return set().union(*(values_of(card) for card in cards))


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
