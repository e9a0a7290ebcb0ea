"""How surely what tells who somebody is is found in messages and turns of speech.

    python -m benchmarks.anonymisation [--split dev|test] [--show]

Reads the texts that people marked by hand (``fixtures/judgments/anonymisation.jsonl``) and prints,
for each kind, recall and precision on the half that the rules were made with and on the half kept
apart. A marked stretch is recalled when every letter and digit of it is covered, by whatever kind:
it is then not to be read. A found stretch is right when it meets a marked one of the same kind.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from indexer.anonymising.finder import Cast, find
from schemas.document import Participant, ParticipantRole
from schemas.ids import PersonId
from schemas.sharing import Finding, FindingKind

LABELS: Final = (
    Path(__file__).resolve().parent.parent / "fixtures" / "judgments" / "anonymisation.jsonl"
)
PARTICIPANTS: Final = (FindingKind.STUDENT, FindingKind.MENTOR)
SPLITS: Final = ("dev", "test", "fresh")
_MARKED: Final = re.compile(r"\[\[(\w+):(.+?)\]\]")


class Label(NamedTuple):
    """A stretch that a person marked."""

    start: int
    end: int
    kind: FindingKind


class Text(NamedTuple):
    """One message or turn, and what is to be found in it."""

    id: str
    split: str
    text: str
    labels: tuple[Label, ...]
    cast: Cast


class Score(NamedTuple):
    """Of one kind: what is there, what of it was found, what was found, what of that is right."""

    wanted: int
    recalled: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 where nothing is."""
        return self.recalled / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 where nothing was."""
        return self.right / self.found if self.found else 1.0


def read_labels(path: Path = LABELS) -> list[Text]:
    """Return the texts that people marked, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_text(json.loads(line)) for line in lines if line.strip()]


def findings_of(text: Text) -> list[Finding]:
    """Return what is found in one text."""
    return find({0: text.text}, text.cast)


def measure(texts: list[Text]) -> dict[FindingKind, Score]:
    """Return the score of every kind that is marked or found."""
    wanted, recalled, found, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for text in texts:
        findings = findings_of(text)
        for label in text.labels:
            wanted[label.kind] += 1
            recalled[label.kind] += not missing(text, label, findings)
        for one in findings:
            found[one.kind] += 1
            right[one.kind] += any(
                label.kind is one.kind and _meet(label, one) for label in text.labels
            )
    kinds = [kind for kind in FindingKind if wanted[kind] or found[kind]]
    return {kind: Score(wanted[kind], recalled[kind], found[kind], right[kind]) for kind in kinds}


def together(scores: dict[FindingKind, Score], kinds: tuple[FindingKind, ...]) -> Score:
    """Return the score of several kinds as one."""
    return Score(*(sum(column) for column in zip(*(scores[k] for k in kinds), strict=True)))


def missing(text: Text, label: Label, findings: list[Finding]) -> str:
    """Return the letters and digits of a marked stretch that could still be read."""
    covered = {n for one in findings for n in range(one.place.start, one.place.end)}
    return "".join(
        text.text[n]
        for n in range(label.start, label.end)
        if n not in covered and text.text[n].isalnum()
    )


def mistakes(text: Text) -> Iterator[str]:
    """Yield a line for each stretch that was missed, or found where none is."""
    findings = findings_of(text)
    for label in text.labels:
        if left := missing(text, label, findings):
            said = text.text[label.start : label.end]
            yield f"{text.id}: missed {label.kind.value} {said!r}, left {left!r}"
    for one in findings:
        if not any(label.kind is one.kind and _meet(label, one) for label in text.labels):
            yield f"{text.id}: {one.kind.value} {one.text!r} ({one.reason.value})"


def _meet(label: Label, one: Finding) -> bool:
    return label.start < one.place.end and one.place.start < label.end


def _text(row: dict[str, Any]) -> Text:
    text, labels, at = "", [], 0
    for match in _MARKED.finditer(row["marked"]):
        text += row["marked"][at : match.start()]
        labels.append(Label(len(text), len(text) + len(match[2]), FindingKind(match[1])))
        text += match[2]
        at = match.end()
    text += row["marked"][at:]
    people = tuple(
        Participant(PersonId(role), name, ParticipantRole(role))
        for role, name in row["people"].items()
    )
    projects = (row["project"],) if row.get("project") else ()
    return Text(row["id"], row["split"], text, tuple(labels), Cast(people, projects))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--show", action="store_true", help="print every mistake")
    asked = parser.parse_args()
    texts = read_labels()
    for split in [asked.split] if asked.split else SPLITS:
        own = [text for text in texts if text.split == split]
        scores = measure(own)
        print(f"{split}: {len(own)} texts")
        rows = {kind.value: score for kind, score in scores.items()}
        rows["participants"] = together(scores, PARTICIPANTS)
        rows["all"] = together(scores, tuple(scores))
        for name, score in rows.items():
            print(
                f"  {name:<13} recall {score.recall:.3f} ({score.recalled}/{score.wanted})"
                f"  precision {score.precision:.3f} ({score.right}/{score.found})"
            )
        for line in (line for text in own for line in mistakes(text) if asked.show):
            print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
