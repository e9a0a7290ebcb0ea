"""On what grounds a hit is where it is: codes and words, for readers and for programs alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from indexer.analysis.analyzer import WordTerm, iter_words, phrase
from indexer.ports import Form, LexicalQuery
from indexer.retrieval.fusion import FusedScores
from indexer.retrieval.parser import ParsedQuery, render
from indexer.retrieval.ranking import RankedDocument
from schemas.hit import Ground, GroundCode
from schemas.ids import DocumentId
from schemas.query import Project

_NEAR: Final = 1.0
"""Standard deviations above the mean of the candidates: from here on the meaning stands out."""
_MOST_WORDS: Final = 8  # named by one ground: a line for people, not a list of everything


class Clues(msgspec.Struct, frozen=True):
    """What a hit can be found by, beside its meaning."""

    wanted: LexicalQuery
    phrases: tuple[tuple[str, ...], ...] = ()
    """Quoted texts, as terms."""
    conditions: tuple[str, ...] = ()
    """What every hit meets, as it is typed: ``kind:course``, ``-micro``."""
    useful: Mapping[DocumentId, tuple[int, int]] = {}
    """By document, how many found it useful for what is asked, and of how many; few stay untold."""
    project: Project | None = None
    """Of the searcher, whose sector and stage lifted some documents."""


class Found(msgspec.Struct, frozen=True):
    """Words of a query that stand in a text."""

    text: str
    words: Sequence[WordTerm]
    """In order, with their places."""


def clues_of(
    parsed: ParsedQuery, wanted: LexicalQuery, useful: Mapping[DocumentId, tuple[int, int]]
) -> Clues:
    """Gather what of a query can be a ground: as typed, as asked of the index, as judged."""
    phrases = tuple(terms for terms in map(phrase, parsed.phrases) if terms)
    return Clues(wanted, phrases, tuple(_conditions(parsed)), useful)


def useful_for(
    documents: Iterable[RankedDocument], *, at_least: int
) -> dict[DocumentId, tuple[int, int]]:
    """Return, by document, how many people found it useful for what a query asks, and of how many.

    Each document is counted by itself, so that who may not see one learns nothing of it; where
    they are fewer than ``at_least`` their number may say who asked, and is left out.
    """
    return {
        each.document_id: (each.n_useful, each.n_voters)
        for each in documents
        if each.n_useful >= at_least
    }


def grounds_of(
    clues: Clues,
    title: Found,
    passage: Found,
    scores: FusedScores,
    *,
    document_id: DocumentId,
    near: Sequence[str] = (),
) -> tuple[Ground, ...]:
    """Return the grounds of a hit, the strongest first; never none where something was asked.

    Args:
        clues: Of the query.
        title: Words of the query in the document's title.
        passage: And in its best passage.
        scores: Of its best passage.
        document_id: The document.
        near: Words of the passage that are nearly typed as the query is, where none is the same.
    """
    found: list[Ground] = []
    if scores.raw.words is not None:
        found += _by_words(clues, title, passage)
        if near and not passage.words:
            found.append(Ground(GroundCode.SPELLING, _few(near)))
    if scores.raw.cosine is not None and scores.dense_z >= _NEAR:
        found.append(Ground(GroundCode.MEANING))
    if votes := clues.useful.get(document_id):
        found.append(Ground(GroundCode.USEFUL, n_people=votes[0], n_voters=votes[1]))
    if clues.conditions:
        found.append(Ground(GroundCode.CONDITIONS, clues.conditions))
    return tuple(found) or (Ground(GroundCode.NEAREST),)


def _by_words(clues: Clues, title: Found, passage: Found) -> Iterator[Ground]:
    both = (title, passage)
    if quoted := [text for terms in clues.phrases if (text := _first(terms, both))]:
        yield Ground(GroundCode.PHRASE, _few(quoted))
    asked = [group for group in clues.wanted.words if _is_typed(group[0])]
    if in_title := [text for group in asked if (text := _typed(group, (title,)))]:
        yield Ground(GroundCode.TITLE, _few(in_title))
    if anywhere := [text for group in asked if (text := _typed(group, both))]:
        is_all = len(anywhere) == len(asked)
        yield Ground(GroundCode.ALL_WORDS if is_all else GroundCode.SOME_WORDS, _few(anywhere))
    if meant := [text for group in asked if (text := _corrected(group, both))]:
        yield Ground(GroundCode.CORRECTED, _few(meant))
    others = (form for group in clues.wanted.words for form in group if not _is_typed(form))
    if alike := [text for form in others if (text := _first(form.terms, both))]:
        yield Ground(GroundCode.SYNONYM, _few(alike))


def _is_typed(form: Form) -> bool:
    """Tell a word of the query, as typed or as meant, from a synonym, which weighs less."""
    return form.weight >= 1.0


def _typed(group: Sequence[Form], texts: Iterable[Found]) -> str:
    """Return how the first text that has it writes a word of the query; empty for none."""
    found = (_first(form.terms, texts) for form in group if _is_typed(form))
    return next(filter(None, found), "")


def _corrected(group: Sequence[Form], texts: Iterable[Found]) -> str:
    """Return how a text writes what was meant by a word with a typing mistake."""
    is_corrected = sum(map(_is_typed, group)) > 1
    return _first(group[0].terms, texts) if is_corrected else ""


def _first(terms: Sequence[str], texts: Iterable[Found]) -> str:
    return next(filter(None, (_written(terms, found) for found in texts)), "")


def _written(terms: Sequence[str], found: Found) -> str:
    """Return the first stretch of the text with these terms side by side, as written there."""
    places = [place for place, term in enumerate(terms) if term]
    bare = [terms[place] for place in places]
    for at in range(len(found.words) - len(bare) + 1):
        stretch = found.words[at : at + len(bare)]
        if [word.term for word in stretch] == bare and _gaps(stretch, found.text) == [
            after - before - 1 for before, after in pairwise(places)
        ]:
            return found.text[stretch[0].start : stretch[-1].end]
    return ""


def _gaps(stretch: Sequence[WordTerm], text: str) -> list[int]:
    """Return how many other words stand between each two."""
    return [
        sum(1 for _ in iter_words(text[one.end : other.start])) for one, other in pairwise(stretch)
    ]


def _few(words: Iterable[str]) -> tuple[str, ...]:
    """Return each word once, however it is written, in order."""
    distinct: dict[str, str] = {}
    for word in words:
        distinct.setdefault(word.casefold(), word)
    return tuple(distinct.values())[:_MOST_WORDS]


def _conditions(parsed: ParsedQuery) -> Iterator[str]:
    for excluded in parsed.excluded:
        yield render(ParsedQuery("", excluded=(excluded,)))
    for kind in sorted(parsed.kinds):
        yield render(ParsedQuery("", kinds=frozenset({kind})))
    for mentor in parsed.mentors:
        yield render(ParsedQuery("", mentors=(mentor,)))
    for tag in parsed.tags:
        yield render(ParsedQuery("", tags=(tag,)))
