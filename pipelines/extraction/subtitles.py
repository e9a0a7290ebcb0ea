"""WebVTT, SRT and SBV to a Transcript, with the speakers that Zoom and Teams write.

webvtt-py finds the cues. What it leaves to us: decimal commas and negative times (repaired before
it reads), several voices in one cue, entities, ``Name: text`` at the start of a cue, and captions
that roll: each cue repeats the line above it, as YouTube writes what it recognised.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from pipelines.extraction.blocks import clean
from pipelines.extraction.turns import Piece, in_time_order, join_turns
from schemas.content import Speaker, Transcript, Word
from schemas.errors import DamagedFileError, NoTextError
from schemas.ids import PersonId
from schemas.naming import speaker_id_for

_TIME: Final = r"(?:\d{1,10}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMING_LINE: Final = re.compile(
    rf"^[ \t]*(-?)[ \t]*({_TIME})[ \t]*-->[ \t]*(-?)[ \t]*({_TIME})(.*)$", re.ASCII | re.MULTILINE
)
_SBV_TIMING: Final = re.compile(
    r"^[ \t]*(\d+:\d{2}:\d{2}\.\d{1,3}),(\d+:\d{2}:\d{2}\.\d{1,3})[ \t]*$",
    re.ASCII | re.MULTILINE,
)
_VOICE: Final = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+([^>]+)>")
_TAG: Final = re.compile(r"<[^>]*>")
_NAME_PREFIX: Final = re.compile(r"^([^\W\d_][^:<>\n]{0,58}?)\s?:\s+(?=\S)")
_MAX_NAME_WORDS: Final = 5
_MIN_CUE_MS: Final = 500  # given to a cue whose end is not after its start
_MAX_WARNINGS: Final = 5
_ROLLING_SHARE: Final = (
    0.3  # of the cues repeat the line above; people say a line twice more rarely
)
_MIN_ROLLING: Final = 3


class _Caption(NamedTuple):
    start: str
    end: str
    lines: tuple[str, ...]


class _Cue(NamedTuple):
    start_ms: int
    end_ms: int
    speaker: str | None
    text: str


def subtitles_to_transcript(text: str, filename: str) -> tuple[Transcript, tuple[str, ...]]:
    """Return the turns and warnings about times that had to be repaired.

    Words get times by their place in their cue: a subtitle does not say more.

    Raises:
        DamagedFileError: If no cue can be read.
        NoTextError: If no cue holds any text.
    """
    try:
        captions = [
            _Caption(c.start, c.end, tuple(x for x in c.raw_text.split("\n") if _plain(x)))
            for c in webvtt.WebVTT.from_string(_to_webvtt(text)).captions
        ]
        cues = [cue for caption in _unrolled(captions) for cue in _iter_voices(caption)]
    except (MalformedFileError, MalformedCaptionError) as exc:
        raise DamagedFileError(f"“{filename}” is not a readable subtitle file: {exc}.") from exc
    if not captions:
        raise DamagedFileError(f"“{filename}” starts like subtitles and holds no readable cue.")
    if not any(cue.text for cue in cues):
        raise NoTextError(f"“{filename}” holds {len(captions)} cues and none has any text.")
    warnings = _time_warnings(text, cues)
    return _to_transcript(_repaired(_with_name_prefixes(cues))), warnings


def _to_webvtt(text: str) -> str:
    text = _SBV_TIMING.sub(r"\1 --> \2", text)
    repaired = _TIMING_LINE.sub(_timing_line, text)
    return repaired if repaired.startswith("WEBVTT") else f"WEBVTT\n\n{repaired}"


def _timing_line(match: re.Match[str]) -> str:
    start_sign, start, end_sign, end, settings = match.groups()
    start = "00:00:00.000" if start_sign else start.replace(",", ".")
    end = "00:00:00.000" if end_sign else end.replace(",", ".")
    return f"{start} --> {end}{settings}"


def _unrolled(captions: Sequence[_Caption]) -> list[_Caption]:
    """Drop the lines that a cue repeats from the one before, where the file does so throughout."""
    plain = [tuple(map(_plain, caption.lines)) for caption in captions]
    n_again = [0, *(_n_repeated(above, lines) for above, lines in pairwise(plain))]
    n_rolling = sum(n > 0 for n in n_again)
    if n_rolling < max(_MIN_ROLLING, _ROLLING_SHARE * len(captions)):
        return list(captions)
    return [c._replace(lines=c.lines[n:]) for c, n in zip(captions, n_again, strict=True)]


def _n_repeated(above: Sequence[str], lines: Sequence[str]) -> int:
    """Return how many lines, most possible, end the cue above and begin this one."""
    most = min(len(above), len(lines))
    return next((n for n in range(most, 0, -1) if above[-n:] == lines[:n]), 0)


def _iter_voices(caption: _Caption) -> Iterator[_Cue]:
    """Split a cue where another voice begins, sharing its time by number of characters."""
    start_ms, end_ms = _to_ms(caption.start), _to_ms(caption.end)
    parts = _VOICE.split("\n".join(caption.lines))
    texts = [_plain(part) for part in parts[::2]]
    names: list[str | None] = [None, *(clean(html.unescape(n)) or None for n in parts[1::2])]
    total = sum(map(len, texts)) or 1
    done = 0
    for name, text in zip(names, texts, strict=True):
        begin, done = done, done + len(text)
        if text:
            span = max(0, end_ms - start_ms)
            last = end_ms if done == total else start_ms + span * done // total
            yield _Cue(start_ms + span * begin // total, last, name, text)


def _to_ms(timestamp: str) -> int:
    hours, minutes, seconds = timestamp.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def _plain(markup: str) -> str:
    return clean(html.unescape(_TAG.sub("", markup)))


def _with_name_prefixes(cues: Sequence[_Cue]) -> list[_Cue]:
    """Read ``Name: text`` as a speaker, unless the prefixes do not look like names.

    A prefix counts when it comes back, or when at least half of the cues have one: a lone
    ``Attention : ...`` in a film stays text.
    """
    prefixes = [None if cue.speaker else _name_prefix(cue.text) for cue in cues]
    counts = Counter(p for p in prefixes if p)
    in_most = sum(counts.values()) * 2 >= len(cues)
    return [
        cue._replace(speaker=prefix, text=_NAME_PREFIX.sub("", cue.text, count=1))
        if prefix and (in_most or counts[prefix] > 1)
        else cue
        for cue, prefix in zip(cues, prefixes, strict=True)
    ]


def _name_prefix(text: str) -> str | None:
    found = _NAME_PREFIX.match(text)
    if not found or len(found.group(1).split()) > _MAX_NAME_WORDS:
        return None
    name = found.group(1)
    return name if name[0].isupper() else None


def _repaired(cues: Iterable[_Cue]) -> list[_Cue]:
    """Put cues in time order and give those that end before they start a little time."""
    fixed = (
        c if c.end_ms > c.start_ms else c._replace(end_ms=c.start_ms + _MIN_CUE_MS) for c in cues
    )
    return sorted(fixed, key=lambda c: c.start_ms)


def _time_warnings(text: str, cues: Sequence[_Cue]) -> tuple[str, ...]:
    warnings = []
    if any(m.group(1) or m.group(3) for m in _TIMING_LINE.finditer(text)):
        warnings.append("Some cues have negative times: they were moved to the start.")
    backwards = [c for c in cues if c.end_ms <= c.start_ms]
    warnings += [f"The cue at {c.start_ms / 1000:.1f} s ends before it starts." for c in backwards]
    if any(b.start_ms < a.start_ms for a, b in pairwise(cues)):
        warnings.append("Some cues are not in order of time: they were sorted.")
    return tuple(warnings[:_MAX_WARNINGS])


def _to_transcript(cues: Sequence[_Cue]) -> Transcript:
    names: dict[PersonId, str] = {}
    pieces = []
    for cue in cues:
        speaker = speaker_id_for(cue.speaker) if cue.speaker else None
        if speaker and cue.speaker:
            names.setdefault(speaker, cue.speaker)
        pieces.append(Piece(_interpolated(cue), speaker, recognised=False))
    return Transcript(
        utterances=in_time_order([join_turns(pieces)]),
        speakers=tuple(Speaker(id=i, name=n) for i, n in names.items()),
    )


def _interpolated(cue: _Cue) -> tuple[Word, ...]:
    words = []
    span_ms = cue.end_ms - cue.start_ms
    offset = 0
    for text in cue.text.split():
        start = cue.start_ms + span_ms * offset // len(cue.text)
        offset += len(text) + 1
        end = cue.start_ms + span_ms * min(offset, len(cue.text)) // len(cue.text)
        words.append(Word(text=text, start_ms=start, end_ms=end, probability=1.0))
    return tuple(words)
