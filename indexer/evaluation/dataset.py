"""Read a judged collection in the BEIR layout; write rankings in TREC format."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO, TypeVar

import msgspec

from schemas.errors import InvalidInputError

CORPUS: Final = "corpus.jsonl"
QUERIES: Final = "queries.jsonl"
QRELS: Final = "qrels"
"""Folder of the grades: one file for each split."""
DEFAULT_SPLIT: Final = "test"
RUN_TAG: Final = "cordee"

Qrels = Mapping[str, Mapping[str, int]]
"""Grades by query id, then document id; an unlisted document has grade 0."""
Run = Mapping[str, Sequence[tuple[str, float]]]
"""Ranked documents by query id: document id and score, best first."""

T = TypeVar("T")


class CorpusDocument(msgspec.Struct, frozen=True):
    """One line of ``corpus.jsonl``."""

    id: str = msgspec.field(name="_id")
    text: str
    title: str = ""


class JudgedQuery(msgspec.Struct, frozen=True):
    """One line of ``queries.jsonl``."""

    id: str = msgspec.field(name="_id")
    text: str


class Dataset(msgspec.Struct, frozen=True):
    """A collection with queries and what is known to answer them."""

    name: str
    documents: tuple[CorpusDocument, ...]
    queries: tuple[JudgedQuery, ...]
    """Those with at least one judgment, in the order of the file."""
    qrels: Qrels

    @property
    def unanswerable(self) -> frozenset[str]:
        """Ids of queries that no document answers: every grade is 0."""
        return frozenset(q for q, grades in self.qrels.items() if not any(grades.values()))


def read_dataset(directory: Path, split: str = DEFAULT_SPLIT) -> Dataset:
    """Read a BEIR folder.

    Args:
        directory: With ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/``.
        split: Which part of the queries: the name of a file in ``qrels/``, without ``.tsv``.

    Raises:
        InvalidInputError: If a file is missing or a line is wrong; the message names it.
    """
    qrels = _read_qrels(directory / QRELS / f"{split}.tsv")
    queries = _read_lines(directory / QUERIES, JudgedQuery)
    return Dataset(
        name=directory.resolve().name,
        documents=tuple(_read_lines(directory / CORPUS, CorpusDocument)),
        queries=tuple(query for query in queries if query.id in qrels),
        qrels=qrels,
    )


def read_corpus(directory: Path) -> tuple[CorpusDocument, ...]:
    """Read the documents of a BEIR folder.

    Raises:
        InvalidInputError: If the file is missing or a line is wrong.
    """
    return tuple(_read_lines(directory / CORPUS, CorpusDocument))


def write_run(path: Path, run: Run) -> None:
    """Write rankings as TREC lines: query, Q0, document, rank from 1, score, tag."""
    with path.open("w", encoding="utf-8") as file:
        for query_id, ranking in run.items():
            for rank, (document_id, score) in enumerate(ranking, 1):
                file.write(f"{query_id} Q0 {document_id} {rank} {score:.6f} {RUN_TAG}\n")


def _read_lines(path: Path, kind: type[T]) -> Iterator[T]:
    decoder = msgspec.json.Decoder(kind)
    with _opened(path) as lines:
        filled = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        for number, line in filled:
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError as exc:
                raise InvalidInputError(f"{path.name}, line {number}: {exc}") from exc


def _read_qrels(path: Path) -> Qrels:
    qrels: dict[str, dict[str, int]] = {}
    with _opened(path) as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows, None)  # the header
        for number, row in enumerate(rows, 2):
            try:
                query_id, document_id, grade = row
                qrels.setdefault(query_id, {})[document_id] = int(grade)
            except ValueError as exc:
                raise InvalidInputError(f"{path.name}, line {number}: {exc}") from exc
    return qrels


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as exc:
        raise InvalidInputError(f"A dataset needs {path}: {exc.strerror}.") from exc
