"""Judged queries in three parts: searched, other wordings of these, and never searched."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from benchmarks.noisy import content, edits
from indexer.analysis.analyzer import iter_words
from indexer.analysis.normalize import query_key
from indexer.evaluation.dataset import QRELS, QUERIES, Dataset, JudgedQuery, read_dataset

ALL: Final = "all"
"""Every split of a collection at once."""
SEARCHED: Final = 0.5
"""Share of the queries that are ever searched."""


class Wording(msgspec.Struct, frozen=True):
    """A text, and the judged query whose grades it has."""

    text: str
    query_id: str


class Parts(msgspec.Struct, frozen=True):
    """The queries of a collection, as a simulation uses them."""

    voted: tuple[Wording, ...]
    """Searched and voted on; some of them nothing answers."""
    reworded: tuple[Wording, ...]
    """Never searched: other wordings of those."""
    unrelated: tuple[Wording, ...]
    """Never searched: other questions."""

    def named(self) -> dict[str, tuple[Wording, ...]]:
        """Return each part by its name."""
        return {"voted": self.voted, "reworded": self.reworded, "unrelated": self.unrelated}


def read_collection(folder: Path, split: str = ALL) -> Dataset:
    """Read a BEIR folder; ``all`` joins its splits.

    Raises:
        InvalidInputError: As ``read_dataset``.
    """
    if split != ALL:
        return read_dataset(folder, split)
    parts = [read_dataset(folder, file.stem) for file in sorted((folder / QRELS).glob("*.tsv"))]
    return msgspec.structs.replace(
        parts[0],
        queries=tuple(query for part in parts for query in part.queries),
        qrels={query: grades for part in parts for query, grades in part.qrels.items()},
    )


def read_intents(folder: Path) -> dict[str, str]:
    """Return the intent that each query's metadata names; nothing of a query without one."""
    lines = (folder / QUERIES).read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line) for line in lines if line.strip()]
    return {
        each["_id"]: each["metadata"]["intent"]
        for each in queries
        if "intent" in each.get("metadata", {})
    }


def split_queries(dataset: Dataset, intents: Mapping[str, str], *, seed: int) -> Parts:
    """Split the queries by what they are about, so that nothing unrelated is about what is voted.

    Queries of one intent, or with one document that answers both where no intents are known, go
    together: one of them is searched, the others are its new wordings. Those that have several
    wordings come first, then others by chance until half of all queries are searched. Where no
    query has another wording, new ones are made (``otherwise``).

    Args:
        dataset: The collection.
        intents: By query id; empty where nobody wrote them down.
        seed: The same one gives the same parts.
    """
    rng = Random(f"split {seed}")  # noqa: S311
    groups = _together(dataset, intents)
    rng.shuffle(groups)
    wordings = bool(intents)
    if wordings:
        groups.sort(key=lambda group: len(group) == 1)
    wanted = round(SEARCHED * len(dataset.queries))
    voted: list[JudgedQuery] = []
    reworded: list[JudgedQuery] = []
    unrelated: list[JudgedQuery] = []
    for group in groups:
        if len(voted) >= wanted:
            unrelated += group
        elif wordings:
            rng.shuffle(group)
            voted.append(group[0])
            reworded += group[1:]
        else:
            voted += group
    others = [_to_wording(query) for query in reworded] or list(_reworded(voted, seed))
    return Parts(tuple(map(_to_wording, voted)), tuple(others), tuple(map(_to_wording, unrelated)))


def otherwise(text: str, rng: Random) -> str:
    """Return the same question in a new wording: mistyped, its content words, or these shuffled."""
    return rng.choice((edits, content, _shuffled))(text, rng)


def _reworded(queries: Iterable[JudgedQuery], seed: int) -> Iterable[Wording]:
    """Make one new wording of each query; none of one that has only one word."""
    for query in queries:
        made = otherwise(query.text, Random(f"{seed} {query.id}"))  # noqa: S311
        if query_key(made) != query_key(query.text):
            yield Wording(made, query.id)


def _shuffled(text: str, rng: Random) -> str:
    words = [match.group() for match in iter_words(content(text, rng))]
    rng.shuffle(words)
    return " ".join(words) or text


def _together(dataset: Dataset, intents: Mapping[str, str]) -> list[list[JudgedQuery]]:
    groups: dict[str, list[JudgedQuery]] = defaultdict(list)
    named = intents or _by_answer(dataset)
    for query in dataset.queries:
        groups[named.get(query.id, query.id)].append(query)
    return list(groups.values())


def _by_answer(dataset: Dataset) -> dict[str, str]:
    """Name each query after one with which it shares an answer or its text, directly or by others.

    A collection made of questions and answers has some questions twice, each with its own copy of
    the answer.
    """
    parent = {query.id: query.id for query in dataset.queries}

    def root(one: str) -> str:
        while parent[one] != one:
            one = parent[one]
        return one

    first: dict[str, str] = {}
    for query in dataset.queries:
        answers = [each for each, grade in dataset.qrels[query.id].items() if grade > 0]
        for sign in (query_key(query.text), *answers):
            parent[root(query.id)] = root(first.setdefault(sign, query.id))
    return {query.id: root(query.id) for query in dataset.queries}


def _to_wording(query: JudgedQuery) -> Wording:
    return Wording(query.text, query.id)


def answerable(wordings: Sequence[Wording], dataset: Dataset) -> list[Wording]:
    """Return those that some document answers: only of them can a ranking be better or worse."""
    return [each for each in wordings if each.query_id not in dataset.unanswerable]
