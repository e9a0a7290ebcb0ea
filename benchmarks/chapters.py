"""How well chapters of a recording that brings none fall where its topics change.

::

    python -m benchmarks.chapters

Recordings of the demo school are put one after the other in orders drawn by a seed; where one ends
and the next begins, the topic certainly changes. Their texts come with their sentences' times
(``fixtures/media/*.times.json``), so nothing is recognised here: this is about chapters, not about
hearing. Printed are P_k and WindowDiff (0 is perfect, .5 is guessing), and precision and recall
within 15 s of a joint, beside those of a border each 75 s, which needs no words. A border inside a
recording counts against precision, although its speakers do change topic.

Source:
    Beeferman, Berger and Lafferty 1999 (P_k); Pevzner and Hearst 2002 (WindowDiff).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from pipelines.extraction.chapters import SHORTEST_MS, find_chapters
from schemas.content import Transcript, Utterance, Word
from schemas.span import TimeSpan

MEDIA: Final = Path(__file__).parents[1] / "fixtures" / "media"
PAUSE_MS: Final = 350
"""As between two sentences, so that silence gives no joint away."""
NEAR_MS: Final = 15_000


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, default=10)
    parser.add_argument("--titles", action="store_true", help="show the first order's chapters")
    asked = parser.parse_args()
    found = [measure(*joined(seed)) for seed in range(asked.orders)]
    report = {
        way: {name: round(fmean(f[way][name] for f in found), 3) for name in found[0][way]}
        for way in found[0]
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if asked.titles:
        transcript, joints, length_ms = joined(0)
        for each in find_chapters(transcript, length_ms):
            sys.stdout.write(f"{each.span.start_ms / 1000:8.1f} {each.title}\n")
        sys.stdout.write(f"joints {[j // 1000 for j in joints]}\n")


def joined(seed: int) -> tuple[Transcript, list[int], int]:
    """Return all recordings one after the other, where they meet in ms, and the whole length."""
    names = sorted(MEDIA.glob("*.times.json"))
    random.Random(seed).shuffle(names)  # noqa: S311 - an order, no secret
    utterances: list[Utterance] = []
    joints: list[int] = []
    at_ms = 0
    for name in names:
        lines = json.loads(name.read_text(encoding="utf-8"))
        utterances += (_utterance(line, at_ms, len(utterances) + n) for n, line in enumerate(lines))
        at_ms += lines[-1]["end_ms"] + PAUSE_MS
        joints.append(at_ms)
    return Transcript(tuple(utterances)), joints[:-1], at_ms


def measure(
    transcript: Transcript, joints: list[int], length_ms: int
) -> dict[str, dict[str, float]]:
    """Return the figures of our chapters and of evenly spaced ones."""
    chapters = find_chapters(transcript, length_ms)
    even = list(range(SHORTEST_MS, length_ms - SHORTEST_MS, SHORTEST_MS))
    return {
        "ours": _figures([c.span.start_ms for c in chapters[1:]], joints, length_ms),
        "even": _figures(even, joints, length_ms),
    }


def _figures(found: Sequence[int], joints: Sequence[int], length_ms: int) -> dict[str, float]:
    n = length_ms // 1000
    own, true = (
        [sum(b // 1000 <= s for b in borders) for s in range(n)] for borders in (found, joints)
    )
    k = n // (len(joints) + 1) // 2
    pairs = [(own[i + k] - own[i], true[i + k] - true[i]) for i in range(n - k)]
    hit = [j for j in joints if any(abs(j - f) <= NEAR_MS for f in found)]
    right = [f for f in found if any(abs(j - f) <= NEAR_MS for j in joints)]
    return {
        "p_k": fmean((a == 0) != (b == 0) for a, b in pairs),
        "window_diff": fmean(a != b for a, b in pairs),
        "precision": len(right) / max(1, len(found)),
        "recall": len(hit) / len(joints),
        "borders": len(found),
    }


def _utterance(line: dict[str, Any], by_ms: int, ordinal: int) -> Utterance:
    start, end = line["start_ms"] + by_ms, line["end_ms"] + by_ms
    texts = line["text"].split()
    each = (end - start) // len(texts)
    words = tuple(
        Word(text, start + n * each, start + (n + 1) * each, 1.0) for n, text in enumerate(texts)
    )
    return Utterance(ordinal, line["text"], span=TimeSpan(start, end), words=words)


if __name__ == "__main__":
    main()
