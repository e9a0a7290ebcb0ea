"""Searches whose first page answers or does not: judged queries, their twins, and strangers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from indexer.engine import Engine
from indexer.evaluation.dataset import QRELS, Dataset, read_dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.run import Tools, open_collection
from indexer.generations import LiveIndexes
from indexer.ports import DenseIndex, PassageIndex
from indexer.retrieval.confidence import Signs
from indexer.retrieval.search import rank
from schemas.identity import EVERYONE
from schemas.ids import DocumentId
from schemas.passage import Ranking
from schemas.query import MAX_QUERY_CHARS, Filter, Query, RetrieverChoice
from schemas.settings import Settings

PAGE: Final = 10  # documents
PRIOR: Final = 0.2
"""Share of cases that find no answer: that of the judged queries of the demo school."""
ANSWERS: Final = 2  # grade
TUNED: Final = "dev"  # split


class Kind(StrEnum):
    """Where a case comes from."""

    JUDGED = "judged"
    TWIN = "twin"
    STRANGER = "stranger"


SHARES: Final[Mapping[Kind, float]] = {Kind.JUDGED: 0.7, Kind.TWIN: 0.2, Kind.STRANGER: 0.1}


class Case(msgspec.Struct, frozen=True):
    """One search, and whether its first page answered."""

    folder: str
    is_apart: bool
    kind: Kind
    has_answer: bool
    signs: Signs
    weight: float = 1.0


class Hiding:
    """An index in which some documents cannot be found."""

    def __init__(
        self,
        index: PassageIndex | DenseIndex,
        cards: PassageIndex,
        hidden: Mapping[DocumentId, int],
    ) -> None:
        """Take the index, what tells of which document a passage is, and what to hide.

        ``hidden`` has the number of passages of each document.
        """
        self._index = index
        self._cards = cards
        self._hidden = hidden

    def __getattr__(self, name: str) -> Any:
        """Everything else is as it is."""
        return getattr(self._index, name)

    def search(self, query: Any, where: Filter, *, limit: int) -> Ranking:
        """Return the best passages of the other documents."""
        found = self._index.search(query, where, limit=limit + sum(self._hidden.values()))
        cards = self._cards.cards([scored.passage_id for scored in found])
        left = [s for s in found if cards[s.passage_id].document_id not in self._hidden]
        return left[:limit]


def without(engine: Engine, documents: Iterable[DocumentId]) -> Engine:
    """Return an engine that does not find these documents."""
    with engine.indexes.lease() as pair:
        known = engine.reader.get_documents(documents)
        hidden = {document_id: each.n_passages for document_id, each in known.items()}
        hiding = msgspec.structs.replace(
            pair,
            lexical=cast("PassageIndex", Hiding(pair.lexical, pair.lexical, hidden)),
            dense=cast("DenseIndex", Hiding(pair.dense, pair.lexical, hidden)),
        )
        return msgspec.structs.replace(engine, indexes=LiveIndexes(hiding))


class Folder(msgspec.Struct, frozen=True):
    """A judged collection with all its splits."""

    splits: Mapping[str, Dataset]

    @property
    def whole(self) -> Dataset:
        """Any split: the documents are those of all."""
        return next(iter(self.splits.values()))

    def is_apart(self, split: str, query_id: str) -> bool:
        """Tell whether a query is only looked at."""
        if TUNED in self.splits:
            return split != TUNED
        return int(sha256(query_id.encode()).hexdigest(), 16) % 2 == 1


def read_folder(directory: Path) -> Folder:
    """Read a BEIR folder with every split that it has."""
    names = sorted(file.stem for file in (directory / QRELS).glob("*.tsv"))
    return Folder({name: read_dataset(directory, name) for name in names})


def cases(
    folders: Sequence[Folder], settings: Settings, tools: Tools, choice: RetrieverChoice
) -> list[Case]:
    """Return every search of every folder, weighted."""
    found: list[Case] = []
    for folder in folders:
        with open_collection(folder.whole, settings, tools) as (engine, _):
            found += _of_folder(folder, engine, choice)
            others = (other for other in folders if other is not folder)
            found += (
                c for each in others for c in _strangers(each, folder.whole.name, engine, choice)
            )
    return weighted(found)


def _of_folder(folder: Folder, engine: Engine, choice: RetrieverChoice) -> Iterator[Case]:
    for split, dataset in folder.splits.items():
        best = max(grade for grades in dataset.qrels.values() for grade in grades.values())
        enough = min(best, ANSWERS)
        for query in dataset.queries:
            grades = dataset.qrels[query.id]
            answers = {id_of(name) for name, grade in grades.items() if grade >= enough}
            kinds = [(Kind.JUDGED, engine)]
            if answers:
                kinds.append((Kind.TWIN, without(engine, answers)))
            for kind, own in kinds:
                page, signs = _ask(query.text, own, choice)
                yield Case(
                    dataset.name,
                    folder.is_apart(split, query.id),
                    kind,
                    not answers.isdisjoint(page),
                    signs,
                )


def _strangers(other: Folder, name: str, engine: Engine, choice: RetrieverChoice) -> Iterator[Case]:
    for split, dataset in other.splits.items():
        for query in dataset.queries:
            _, signs = _ask(query.text, engine, choice)
            apart = other.is_apart(split, query.id)
            yield Case(name, apart, Kind.STRANGER, has_answer=False, signs=signs)


def _ask(text: str, engine: Engine, choice: RetrieverChoice) -> tuple[set[DocumentId], Signs]:
    where = Filter(audiences=frozenset({EVERYONE}))
    ranked = rank(Query(text=text[:MAX_QUERY_CHARS], filter=where, retrievers=choice), engine)
    page = ranked.documents[:PAGE]
    shown = {i for each in page for i in (each.document.document_id, *each.similar)}
    return shown, ranked.signs or Signs(None, None, 0)


def weighted(found: Sequence[Case]) -> list[Case]:
    """Return the cases with weights that make the shares what they are said to be.

    The weights of each folder's tuning part, and of its part kept apart, add up to 1. Where a kind
    has no unanswered case its share goes to the others.
    """
    held: dict[tuple[str, bool, Kind | None], list[Case]] = defaultdict(list)
    for case in found:
        kind = None if case.has_answer else case.kind
        held[case.folder, case.is_apart, kind].append(case)
    present: dict[tuple[str, bool], float] = defaultdict(float)
    for folder, apart, kind in held:
        present[folder, apart] += SHARES[kind] if kind else 0.0
    weights = {
        key: (PRIOR * SHARES[key[2]] / present[key[:2]] if key[2] else 1 - PRIOR) / len(own)
        for key, own in held.items()
    }
    return [
        msgspec.structs.replace(case, weight=weights[key])
        for key, own in held.items()
        for case in own
    ]
