"""How surely questions and their answers are found in exchanges, threads and calls.

    python -m benchmarks.replies

Reads the pairs that people wrote by hand (``fixtures/judgments/replies.jsonl``) and the documents
of the demo school, and prints precision, recall and F1 of the messages that ask and of the pairs of
question and answer, on the half that the rules were made with and on the half kept apart. Calls are
read from their texts: what recognition adds is measured by ``benchmarks.speech``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipelines.enrichment.replies import find_replies
from pipelines.extraction.exchange import exchange_to_transcript, kind_of, read_exchange
from schemas.content import Speaker, Transcript, Utterance
from schemas.document import DocumentKind, Participant
from schemas.ids import PersonId
from schemas.reply import Turns
from schemas.span import MessageSpan, TimeSpan

FIXTURES: Final = Path(__file__).resolve().parent.parent / "fixtures"
LABELS: Final = FIXTURES / "judgments" / "replies.jsonl"

Pair = tuple[int, int]


class Conversation(NamedTuple):
    """A document of the demo school, as ingestion would know it."""

    content: Transcript
    kind: DocumentKind
    participants: tuple[Participant, ...]
    turn_of: dict[int, int]
    """Number of the turn that each utterance is part of, by ordinal."""


class Score(NamedTuple):
    """How many were found, and how many of them rightly."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 where nothing is."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def read_conversations() -> dict[str, Conversation]:
    """Return every exchange, thread and call of the demo school, by its own id."""
    paths = sorted((FIXTURES / "corpus").glob("[et]*/*.json"))
    found = {path.stem: _written(path) for path in paths}
    for path in sorted((FIXTURES / "media").glob("*.json")):
        if not path.name.endswith(".times.json"):
            found[json.loads(path.read_text("utf-8"))["id"]] = _spoken(path)
    return found


def found_pairs(one: Conversation) -> set[Pair]:
    """Return the pairs of turns that are found in a conversation."""
    replies = find_replies(one.content, one.kind, one.participants, lambda _: None)
    return {
        (one.turn_of[_first(one, reply.question)], one.turn_of[_first(one, answer)])
        for reply in replies
        for answer in reply.answers
    }


def measure(split: str) -> dict[str, Score]:
    """Return the scores of one split: ``questions`` that are answered, and ``pairs``."""
    conversations = read_conversations()
    found: set[tuple[str, Pair]] = set()
    wanted: set[tuple[str, Pair]] = set()
    for label in read_labels(split):
        name = label["document"]
        wanted |= {(name, (q, a)) for q, a in label["pairs"]}
        found |= {(name, pair) for pair in found_pairs(conversations[name])}
    return {"questions": _score(_asked(found), _asked(wanted)), "pairs": _score(found, wanted)}


def read_labels(split: str) -> list[dict[str, Any]]:
    """Return the labelled documents of a split."""
    lines = LABELS.read_text(encoding="utf-8").splitlines()
    return [label for label in map(json.loads, lines) if label["split"] == split]


def _asked(pairs: Iterable[tuple[str, Pair]]) -> set[tuple[str, int]]:
    return {(name, question) for name, (question, _) in pairs}


def _score(found: set[Any], wanted: set[Any]) -> Score:
    return Score(len(found & wanted), len(found), len(wanted))


def _written(path: Path) -> Conversation:
    exchange = read_exchange(path.read_text("utf-8"), path.name)
    content = exchange_to_transcript(exchange)
    turns = {u.ordinal: u.ordinal for u in content.utterances}
    return Conversation(content, kind_of(exchange), exchange.participants, turns)


def _spoken(path: Path) -> Conversation:
    exchange = read_exchange(path.read_text("utf-8"), path.name)
    sentences = json.loads(path.with_suffix(".times.json").read_text("utf-8"))
    utterances = tuple(
        Utterance(
            n,
            said["text"],
            speaker_id=PersonId(said["speaker"]),
            span=TimeSpan(said["start_ms"], said["end_ms"]),
        )
        for n, said in enumerate(sentences)
    )
    speakers = tuple(Speaker(p.id, p.name) for p in exchange.participants)
    turns = dict(_numbered(utterances))
    content = Transcript(utterances, speakers)
    return Conversation(content, kind_of(exchange), exchange.participants, turns)


def _numbered(utterances: Iterable[Utterance]) -> Iterator[tuple[int, int]]:
    turn, before = -1, None
    for utterance in utterances:
        if utterance.speaker_id != before:
            turn, before = turn + 1, utterance.speaker_id
        yield utterance.ordinal, turn


def _first(one: Conversation, place: Turns) -> int:
    if isinstance(place, MessageSpan):
        return place.start_message
    return next(
        u.ordinal
        for u in one.content.utterances
        if u.span is not None and u.span.start_ms == place.start_ms
    )


def main() -> None:
    """Print both splits."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.replies")
    parser.add_argument("--misses", action="store_true", help="Name what is wrong in dev.")
    given = parser.parse_args()
    for split in ("dev", "test"):
        for what, score in measure(split).items():
            print(
                f"{split:5}{what:10} precision {score.precision:.3f}  recall {score.recall:.3f}  "
                f"F1 {score.f1:.3f}  ({score.right} of {score.found} found, {score.wanted} there)"
            )
    if given.misses:
        conversations = read_conversations()
        for label in read_labels("dev"):
            found = found_pairs(conversations[label["document"]])
            wanted = {(q, a) for q, a in label["pairs"]}
            if found != wanted:
                print(label["document"], "too many", found - wanted, "missed", wanted - found)


if __name__ == "__main__":
    sys.exit(main())
