"""Transcripts of meetings as text: what Teams, Google Meet and Zoom write into DOCX and TXT files.

None of them documents its layout; these are the ones seen in exported files:

- Teams: ``0:0:3.450 --> 0:0:8.210``, then the name, then what was said, one line each;
- Teams since 2023, and Zoom: ``Marie Exemple   0:03`` or ``[Marie Exemple] 10:02:33``, then what
  was said;
- Google Meet: ``Marie Exemple: ...`` under a line with a time, one every five minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pipelines.extraction.blocks import clean
from schemas.content import Speaker, Transcript, Utterance
from schemas.naming import speaker_id_for
from schemas.span import TimeSpan

NO_TIMES: Final = "The transcript has no times: it cannot be opened at a moment."
COARSE_TIMES: Final = "The transcript has a time every few minutes only: hits open there."
_TIME: Final = r"(?:\d{1,2}:)?\d{1,2}:\d{2}"
_ARROW: Final = re.compile(
    r"^\s*(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})\s*-->\s*(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})\s*$"
)
_HEAD: Final = re.compile(
    rf"^\s*(?:\[(?P<zoom>[^\]\d][^\]]{{0,78}})\]\s+(?P<zoom_at>\d{{1,2}}:\d{{2}}:\d{{2}})"
    rf"|(?P<teams>[^\W\d_][^:]{{0,78}}?)(?:\s{{2,}}|\t)(?P<teams_at>{_TIME}))\s*$"
)
_TIME_ALONE: Final = re.compile(r"^\s*(\d{1,2}:\d{2}:\d{2})\s*$")
_NAMED: Final = re.compile(r"^\s*([^\W\d_][^:<>\n]{0,58}?)\s?:\s+(\S.*)$", re.DOTALL)
_MAX_NAME_WORDS: Final = 5
_TITLE: Final = re.compile(r"^\W*(?:transcript|transcription)\b|[-–—]\s*transcript", re.IGNORECASE)
_END: Final = re.compile(
    rf"^\W*(?:transcription ended after|(?:la )?transcription s.est terminée après)\s+({_TIME})",
    re.IGNORECASE,
)
_MIN_TURNS: Final = 2
_MIN_SHARE: Final = 0.2  # of the lines open a turn; a text that only mentions times has fewer
_MIN_NAMED_SHARE: Final = 0.5  # of the lines of a Meet transcript begin with a name
_UNKNOWN_MS: Final = 5 * 60_000  # between two times of Google Meet
_LAST_TURN_MS: Final = 10_000  # the last turn has no end: a sentence or two


class _Turn(NamedTuple):
    start_ms: int | None
    end_ms: int | None
    name: str | None
    text: str


class Meeting(NamedTuple):
    """A meeting's transcript, and what it lacks."""

    transcript: Transcript
    warnings: tuple[str, ...]


def read_meeting(lines: Sequence[str]) -> Meeting | None:
    """Return the transcript that these lines are, or ``None`` when they are none.

    Times are as fine as the file's: where one stands every five minutes, each turn between two of
    them has the span of both, since nobody knows more. Without any time, turns have no span.
    """
    written = [line for line in lines if line.strip()]
    layouts: tuple[Callable[[Sequence[str]], list[_Turn]], ...] = (_arrows, _heads, _named)
    for read in layouts:
        if turns := [turn for turn in read(written) if turn.text]:
            return Meeting(_to_transcript(turns), _warnings(turns))
    return None


def _arrows(lines: Sequence[str]) -> list[_Turn]:
    """Read ``start --> end``, name, text."""
    starts = [n for n, line in enumerate(lines) if _ARROW.match(line)]
    if len(starts) < max(_MIN_TURNS, _MIN_SHARE * len(lines)):
        return []
    turns = []
    for first, after in pairwise((*starts, len(lines))):
        times = _ARROW.match(lines[first])
        if times is None or after - first < 3:  # noqa: PLR2004 - times, name, text
            continue
        start_ms, end_ms = _to_ms(times.group(1)), _to_ms(times.group(2))
        text = clean(" ".join(lines[first + 2 : after]))
        turns.append(_Turn(start_ms, max(start_ms + 1, end_ms), clean(lines[first + 1]), text))
    return sorted(turns, key=lambda t: t.start_ms or 0)


def _heads(lines: Sequence[str]) -> list[_Turn]:
    """Read lines with a name and a time, each followed by what was said until the next one."""
    heads = [(n, found) for n, line in enumerate(lines) if (found := _HEAD.match(line))]
    if len(heads) < max(_MIN_TURNS, _MIN_SHARE * len(lines)):
        return []
    names = [clean(found["zoom"] or found["teams"]) for _, found in heads]
    if len(set(names)) == len(names):  # nobody speaks twice: a programme of a day, say
        return []
    times = [_to_ms(found["zoom_at"] or found["teams_at"]) for _, found in heads]
    # The clock on the wall, as Zoom writes it, says nothing before its first time.
    zero_ms = times[0] if heads[0][1]["zoom"] else 0
    rising = [max(times[: n + 1]) - zero_ms for n in range(len(times))]
    turns = []
    for n, (at, _) in enumerate(heads):
        is_last = n + 1 == len(heads)
        until = len(lines) if is_last else heads[n + 1][0]
        end_ms = rising[n] + _LAST_TURN_MS if is_last else rising[n + 1]
        text = clean(" ".join(lines[at + 1 : until]))
        turns.append(_Turn(rising[n], max(rising[n] + 1, end_ms), names[n], text))
    return turns


def _named(lines: Sequence[str]) -> list[_Turn]:
    """Read ``Name: text`` under a time now and then, below a line that says "transcript"."""
    title = next((n for n, line in enumerate(lines) if _TITLE.search(line)), None)
    first_time = next((n for n, line in enumerate(lines) if _TIME_ALONE.match(line)), None)
    first = first_time if first_time is not None else title
    if first is None:
        return []
    inside = lines[first:]
    spoken = [line for line in inside if _names_speaker(line)]
    others = [x for x in inside if not _TIME_ALONE.match(x) and not _END.match(x)]
    if len(spoken) < max(_MIN_TURNS, _MIN_NAMED_SHARE * len(others)):
        return []
    return list(_iter_named(inside))


def _iter_named(lines: Sequence[str]) -> Iterator[_Turn]:
    times = [_to_ms(m.group(1)) for x in lines if (m := _TIME_ALONE.match(x) or _END.match(x))]
    n_seen = 0
    open_turn: _Turn | None = None
    for line in lines:
        is_mark = bool(_TIME_ALONE.match(line) or _END.match(line))
        n_seen += is_mark
        found = _names_speaker(line)
        if open_turn and (is_mark or found):
            yield open_turn
            open_turn = None
        if found:
            start_ms, end_ms = _between(times, n_seen)
            open_turn = _Turn(start_ms, end_ms, clean(found.group(1)), clean(found.group(2)))
        elif open_turn:
            open_turn = open_turn._replace(text=f"{open_turn.text} {clean(line)}")
    if open_turn:
        yield open_turn


def _between(times: Sequence[int], n_seen: int) -> tuple[int | None, int | None]:
    if not times:
        return None, None
    start_ms = times[n_seen - 1] if n_seen else 0
    known = times[n_seen] if n_seen < len(times) else start_ms + _UNKNOWN_MS
    return start_ms, max(start_ms + 1, known)


def _names_speaker(line: str) -> re.Match[str] | None:
    found = _NAMED.match(line)
    is_name = found and found.group(1)[0].isupper()
    is_short = found and len(found.group(1).split()) <= _MAX_NAME_WORDS
    return found if is_name and is_short else None


def _to_ms(time: str) -> int:
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total * 1000)


def _to_transcript(turns: Sequence[_Turn]) -> Transcript:
    names = {speaker_id_for(turn.name): turn.name for turn in reversed(turns) if turn.name}
    spoken = [speaker_id_for(turn.name) if turn.name else None for turn in turns]
    order = dict.fromkeys(i for i in spoken if i)
    return Transcript(
        utterances=tuple(
            Utterance(
                ordinal=n,
                text=turn.text,
                speaker_id=speaker,
                span=None
                if turn.start_ms is None or turn.end_ms is None
                else TimeSpan(turn.start_ms, turn.end_ms),
            )
            for n, (turn, speaker) in enumerate(zip(turns, spoken, strict=True))
        ),
        speakers=tuple(Speaker(id=i, name=names[i]) for i in order),
    )


def _warnings(turns: Sequence[_Turn]) -> tuple[str, ...]:
    spans = [(t.start_ms, t.end_ms) for t in turns if t.start_ms is not None]
    if not spans:
        return (NO_TIMES,)
    return (COARSE_TIMES,) if len(set(spans)) < len(spans) else ()
