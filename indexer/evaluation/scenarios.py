"""What a bench asks: whole searches, filtered ones, instant ones, suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from indexer.engine import Engine
from indexer.evaluation.composed import SchoolDocument
from indexer.evaluation.load import Ask
from indexer.generations import LiveIndexes
from indexer.ports import QueryEncoder
from indexer.retrieval.instant import instant
from indexer.retrieval.search import rank_documents, search
from indexer.retrieval.suggest import suggest
from schemas.document import DocumentKind
from schemas.identity import EVERYONE, person_key
from schemas.ids import PersonId, TagId
from schemas.query import MAX_QUERY_CHARS, Filter, Query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STUDENT: Final = frozenset({EVERYONE, person_key(PersonId("s-bench"))})
"""Audience keys of who searches: one document in ten is not for students."""
_SHORTEST: Final = 3  # typed letters of a prefix
_STEP: Final = 3  # letters between two prefixes of a query: a quick typist
_T = TypeVar("_T", bound=str)


class Scenario(msgspec.Struct, frozen=True):
    """One kind of question and the texts it is asked with."""

    name: str
    ask: Ask
    texts: Sequence[str]
    share: float | None = None
    """Of the passages, how many meet the filter; ``None`` where there is none."""


class RememberingEncoder:
    """A query encoder that encodes a text once: what ``vectors given`` means in a bench."""

    def __init__(self, encoder: QueryEncoder) -> None:
        """Ask this one for what is new."""
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """Name of the encoder."""
        return self._encoder.name

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one vector of shape (d,), float32, L2 norm 1."""
        if text not in self._known:
            self._known[text] = self._encoder.encode_query(text)
        return self._known[text]


def with_given_vectors(engine: Engine) -> Engine:
    """Return the same engine on the same indexes, whose queries are encoded once each."""
    with engine.indexes.lease() as pair:
        given = msgspec.structs.replace(pair, encoder=RememberingEncoder(pair.encoder))
    return msgspec.structs.replace(engine, indexes=LiveIndexes(given))


def filters_of(tags: Mapping[TagId, int], mentors: Mapping[PersonId, int]) -> dict[str, Filter]:
    """Return filters by name, from wide to narrow.

    Args:
        tags: How many passages have each tag.
        mentors: How many passages each mentor takes part in.
    """
    common, rare = _ends(tags)
    busy, seldom = _ends(mentors)
    kind = frozenset({DocumentKind.COURSE})
    return {
        "kind": Filter(audiences=STUDENT, kinds=kind),
        "tag": Filter(audiences=STUDENT, tags=frozenset(common)),
        "rare tag": Filter(audiences=STUDENT, tags=frozenset(rare)),
        "mentor": Filter(audiences=STUDENT, mentors=frozenset(busy)),
        "rare mentor": Filter(audiences=STUDENT, mentors=frozenset(seldom)),
        "kind, tag and mentor": Filter(
            audiences=STUDENT, kinds=kind, tags=frozenset(common), mentors=frozenset(busy)
        ),
    }


class Census:
    """Counts passages by kind, tag and mentor while documents go by."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self.n_passages = 0
        self.tags: Counter[TagId] = Counter()
        self.mentors: Counter[PersonId] = Counter()
        self._held: Counter[_Held] = Counter()

    def count(self, one: SchoolDocument) -> None:
        """Take in one document."""
        n = len(one.passages)
        tags = frozenset(tag.tag_id for tag in one.tags)
        mentors = frozenset(person.id for person in one.document.participants)
        self.n_passages += n
        self.tags.update(dict.fromkeys(tags, n))
        self.mentors.update(dict.fromkeys(mentors, n))
        self._held[one.document.kind, tags, mentors] += n

    def share(self, where: Filter) -> float:
        """Return which part of the passages meets the kinds, tags and mentors of the filter."""
        meets = sum(n for held, n in self._held.items() if _meets(held, where))
        return round(meets / max(1, self.n_passages), 4)


_Held = tuple[DocumentKind, frozenset[TagId], frozenset[PersonId]]


def scenarios(
    engine: Engine, texts: Sequence[str], census: Census, *, encode: Iterable[bool]
) -> list[Scenario]:
    """Return everything that is measured, in order.

    Args:
        engine: With its real encoder.
        texts: Queries.
        census: Of what is indexed.
        encode: Whether queries are encoded; both values for both figures.
    """
    given = with_given_vectors(engine)
    asked = [text[:MAX_QUERY_CHARS] for text in texts]
    everything = Filter(audiences=STUDENT)
    found = []
    for encodes in encode:
        name, chosen = ("search, encoding", engine) if encodes else ("search", given)
        found.append(Scenario(name, partial(_search, chosen, everything), asked))
    ranks = partial(_rank, given, everything)
    found.append(Scenario("ranking", ranks, asked))
    for name, where in filters_of(census.tags, census.mentors).items():
        ask = partial(_search, given, where)
        found.append(Scenario(f"search by {name}", ask, asked, census.share(where)))
    typed = prefixes(asked)
    found.append(Scenario("instant", partial(_instantly, engine, everything), typed))
    found.append(Scenario("suggest", lambda text: suggest(text, STUDENT, engine), typed))
    return found


def prefixes(texts: Sequence[str]) -> list[str]:
    """Return what stands in the box while these are typed, a few letters apart."""
    return [text[:end] for text in texts for end in range(_SHORTEST, len(text) + 1, _STEP)] or list(
        texts
    )


def _search(engine: Engine, where: Filter, text: str) -> object:
    return search(Query(text=text, filter=where), engine)


def _rank(engine: Engine, where: Filter, text: str) -> object:
    return rank_documents(Query(text=text, filter=where), engine)


def _instantly(engine: Engine, where: Filter, text: str) -> object:
    return instant(text, where, engine, limit=8)


def _meets(held: _Held, where: Filter) -> bool:
    kind, tags, mentors = held
    return (
        (not where.kinds or kind in where.kinds)
        and (not where.tags or not tags.isdisjoint(where.tags))
        and (not where.mentors or not mentors.isdisjoint(where.mentors))
    )


def _ends(counts: Mapping[_T, int]) -> tuple[list[_T], list[_T]]:
    """Return the most and the least frequent one, each as a list; empty without any."""
    ordered = sorted(counts, key=lambda one: (-counts[one], str(one)))
    return ordered[:1], ordered[-1:]
