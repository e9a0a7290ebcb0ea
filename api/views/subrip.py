"""Transcripts as files to keep: SubRip subtitles, plain text, and chapters as WebVTT."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import groupby

from schemas.content import Transcript, Utterance
from schemas.errors import ConflictError


def to_srt(transcript: Transcript) -> str:
    """Write timed turns as SubRip subtitles, which most editors and players read.

    SubRip has no voices: the name stands before the words where the speaker changes.

    Raises:
        ConflictError: If no turn has a time: written messages are no subtitles.
    """
    timed = [u for u in transcript.utterances if u.span is not None]
    if not timed:
        raise ConflictError("This transcript has no times, so it cannot become subtitles.")
    return "\n".join(_iter_srt(timed, transcript))


def to_plain_text(transcript: Transcript) -> str:
    """Write all turns and messages, each speaker's in one paragraph under the name."""
    paragraphs = []
    for name, turns in groupby(transcript.utterances, key=lambda u: _name(u, transcript)):
        text = " ".join(" ".join(turn.text.split()) for turn in turns)
        paragraphs.append(f"{name} : {text}" if name else text)
    return "\n\n".join(paragraphs) + "\n"


def to_chapters(transcript: Transcript) -> str:
    """Write the chapters as a WebVTT file for ``<track kind=chapters>``; empty without any.

    Source:
        W3C, WebVTT, section 1.5: chapter titles are the texts of the cues.
    """
    cues = (
        f"{timestamp(c.span.start_ms, '.')} --> {timestamp(c.span.end_ms, '.')}\n"
        f"{html.escape(' '.join(c.title.split()), quote=False)}"
        for c in transcript.chapters
    )
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _iter_srt(timed: list[Utterance], transcript: Transcript) -> Iterator[str]:
    before = ""
    for number, utterance in enumerate(timed, start=1):
        if utterance.span is None:
            continue
        name = _name(utterance, transcript)
        # An arrow in the text would be read as the next cue's time.
        text = " ".join(utterance.text.split()).replace("-->", "→")
        said = f"{name} : {text}" if name and name != before else text
        before = name
        start, end = timestamp(utterance.span.start_ms), timestamp(utterance.span.end_ms)
        yield f"{number}\n{start} --> {end}"
        yield f"{said}\n"


def _name(utterance: Utterance, transcript: Transcript) -> str:
    names = (s.name for s in transcript.speakers if s.id == utterance.speaker_id)
    return " ".join(next(names, "").split())


def timestamp(time_ms: int, mark: str = ",") -> str:
    """Write a time as SubRip does; WebVTT has a point for the mark before milliseconds."""
    seconds, rest_ms = divmod(time_ms, 1000)
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    return f"{hours:02d}:{rest_min:02d}:{rest_s:02d}{mark}{rest_ms:03d}"
