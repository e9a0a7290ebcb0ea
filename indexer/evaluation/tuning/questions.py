"""Where judged queries for tuning come from: a BEIR folder, or what people said in the log."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from indexer.analysis.normalize import query_key
from indexer.evaluation.dataset import DEFAULT_SPLIT, QRELS, QUERIES, read_dataset
from indexer.evaluation.judged import id_of
from indexer.evaluation.tuning.lessons import Asked
from schemas.errors import InvalidInputError
from schemas.feedback import LoggedSearch, Pseudonym
from schemas.ids import DocumentId, PersonId, QueryId
from schemas.judgment import Judgment, Verdict

TUNED: Final = "dev"
"""Split to learn on; where there is none, groups are drawn by a hash of their names."""
_APART: Final = 3  # one group in three is kept apart
_SURE: Final = 3  # people, and times as many as say otherwise: then a document surely answers

PseudonymOf = Callable[[PersonId], Pseudonym]


class Questions(msgspec.Struct, frozen=True):
    """Judged queries to learn from, and others to be judged by."""

    name: str
    learned: tuple[Asked, ...]
    apart: tuple[Asked, ...]


def from_folder(folder: Path) -> Questions:
    """Read a BEIR folder: ``dev`` is learned from, ``test`` kept apart; or a third of the groups.

    Queries with one ``metadata.intent`` are a group; others are one each.

    Raises:
        InvalidInputError: If the folder cannot be read.
    """
    groups = _groups(folder / QUERIES)
    test = _asked(folder, DEFAULT_SPLIT, groups)
    if (folder / QRELS / f"{TUNED}.tsv").is_file():
        return Questions(folder.resolve().name, _asked(folder, TUNED, groups), test)
    return _divided(folder.resolve().name, test)


def from_votes(
    votes: Iterable[Judgment], group_of: Callable[[str], str], *, name: str = "log"
) -> Questions:
    """Make graded queries of the words in force: of a person, a query and a document, the last.

    A group's grades count people, whatever their wording: 2 where at least three found the
    document useful and three times as many as did not, 1 where more did than did not, else 0.

    Args:
        votes: In the order of the log.
        group_of: Names the intent of a query.
        name: Of the result.
    """
    last: dict[tuple[PersonId, str, DocumentId], Judgment] = {}
    for vote in votes:
        if vote.query_text.strip():
            last[vote.person_id, query_key(vote.query_text), vote.document_id] = vote
    people: defaultdict[tuple[str, DocumentId], dict[PersonId, Verdict]] = defaultdict(dict)
    texts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (person, key, document_id), vote in sorted(last.items()):
        if vote.value is not Verdict.WITHDRAWN:
            group = group_of(vote.query_text)
            people[group, document_id][person] = vote.value
            texts[group, key][" ".join(vote.query_text.split())] += 1
    grades: defaultdict[str, dict[DocumentId, int]] = defaultdict(dict)
    for (group, document_id), words in people.items():
        grades[group][document_id] = _grade(words.values())
    asked = tuple(
        Asked(f"{group}:{key}", min(ways, key=lambda t: (-ways[t], t)), group, grades[group])
        for (group, key), ways in sorted(texts.items(), key=lambda item: item[0])
    )
    return _divided(name, asked)


def that_count(
    votes: Iterable[Judgment], shown: Callable[[QueryId], LoggedSearch | None], who: PseudonymOf
) -> Iterator[Judgment]:
    """Yield the votes that teach: on what a search showed to the very person who votes.

    Words taken back always count, whatever they say they belong to.

    Args:
        votes: In the order of the log.
        shown: Finds a search of the log.
        who: Names a person as the log does.
    """
    known: dict[QueryId, LoggedSearch | None] = {}
    for vote in votes:
        if vote.value is Verdict.WITHDRAWN:
            yield vote
        elif vote.query_id is not None:
            if vote.query_id not in known:
                known[vote.query_id] = shown(vote.query_id)
            search = known[vote.query_id]
            if search is not None and _may_teach(vote, search, who):
                yield vote


def _may_teach(vote: Judgment, search: LoggedSearch, who: PseudonymOf) -> bool:
    is_shown = any(hit.document_id == vote.document_id for hit in search.hits)
    return is_shown and search.person == who(vote.person_id)


def _grade(words: Iterable[Verdict]) -> int:
    counts = Counter(words)
    useful, useless = counts[Verdict.USEFUL], counts[Verdict.NOT_USEFUL]
    if useful >= max(_SURE, _SURE * useless):
        return 2
    return int(useful > useless)


def _divided(name: str, asked: Sequence[Asked]) -> Questions:
    return Questions(
        name,
        tuple(each for each in asked if not _is_apart(each.group)),
        tuple(each for each in asked if _is_apart(each.group)),
    )


def _is_apart(group: str) -> bool:
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4]) % _APART == 0


class _Metadata(msgspec.Struct):
    intent: str = ""


class _Line(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def _groups(path: Path) -> dict[str, str]:
    try:
        lines = path.read_bytes().splitlines()
        found = [msgspec.json.decode(line, type=_Line) for line in lines if line.strip()]
    except (OSError, msgspec.MsgspecError) as exc:
        raise InvalidInputError(f"{path}: {exc}") from exc
    return {each.id: each.metadata.intent or each.id for each in found}


def _asked(folder: Path, split: str, groups: Mapping[str, str]) -> tuple[Asked, ...]:
    dataset = read_dataset(folder, split)
    return tuple(
        Asked(
            query.id,
            query.text,
            groups.get(query.id, query.id),
            {id_of(name): grade for name, grade in dataset.qrels[query.id].items()},
        )
        for query in dataset.queries
    )
