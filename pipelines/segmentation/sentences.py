"""Where sentences of French (and English) prose begin and end."""

from __future__ import annotations

import re
from typing import Final

_CANDIDATE: Final = re.compile(r"[.!?…]+[»”’\"')\]]*(?:[\u00a0\u202f ]»)?(?=\s)")
_ABBREVIATIONS: Final = frozenset([
    "m",
    "mm",
    "mme",
    "mmes",
    "mlle",
    "dr",
    "me",
    "pr",
    "st",
    "ste",
    "art",
    "al",
    "p",
    "pp",
    "n",
    "no",
    "cf",
    "ex",
    "env",
    "vol",
    "chap",
    "fig",
    "éd",
    "ed",
    "hab",
    "tél",
    "tel",
    "av",
    "bd",
    "janv",
    "févr",
    "oct",
    "nov",
    "déc",
    "mr",
    "mrs",
    "ms",
    "vs",
    "inc",
    "ltd",
    "e.g",
    "i.e",
    "c.-à-d",
])
_LAST_WORD: Final = re.compile(r"([^\s(«“\"'’]+)$")
_MIN_WORD_BEFORE_LOWER: Final = 4
"""A full stop before a lower-case word ends a sentence only after a word that long: messages are
often typed without capitals, while short words before a stop are mostly abbreviations."""


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of each sentence, in order; together they hold all but white space.

    A line break always ends a sentence.
    """
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        start = offset
        for found in _CANDIDATE.finditer(line):
            if _ends_sentence(line, found.start(), found.end()):
                spans.append((start, offset + found.end()))
                start = offset + found.end()
        spans.append((start, offset + len(line)))
        offset += len(line) + 1
    return [span for span in (_trimmed(text, *s) for s in spans) if span[0] < span[1]]


def _ends_sentence(line: str, at: int, end: int) -> bool:
    following = line[end:].lstrip()
    if not following:
        return False  # the end of the line does it
    if line[at] != "." or line[at : at + 3] == "...":
        return not following[0].islower()
    word = _LAST_WORD.search(line[:at])
    before = word.group(1) if word else ""
    if before.lower() in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
        return False
    return not following[0].islower() or len(before) >= _MIN_WORD_BEFORE_LOWER


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())
