"""Transcripts as WebVTT, which players show as subtitles."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from schemas.content import Transcript, Utterance
from schemas.errors import ConflictError
from schemas.ids import PersonId


def to_webvtt(transcript: Transcript) -> str:
    """Write timed turns as WebVTT cues, with a voice tag for each known speaker.

    Raises:
        ConflictError: If no turn has a time: written messages are no subtitles.

    Source:
        W3C, WebVTT: the Web Video Text Tracks Format.
    """
    names = {speaker.id: speaker.name for speaker in transcript.speakers}
    cues = list(_iter_cues(transcript.utterances, names))
    if not cues:
        raise ConflictError("This transcript has no times, so it cannot become subtitles.")
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _iter_cues(utterances: tuple[Utterance, ...], names: Mapping[PersonId, str]) -> Iterator[str]:
    for utterance in utterances:
        if utterance.span is None:
            continue
        # A blank line would end the cue, an angle bracket start a tag.
        text = html.escape(" ".join(utterance.text.split()), quote=False)
        name = html.escape(names.get(utterance.speaker_id or PersonId(""), ""), quote=False)
        voice = f"<v {' '.join(name.split())}>" if name else ""
        yield f"{_time(utterance.span.start_ms)} --> {_time(utterance.span.end_ms)}\n{voice}{text}"


def _time(time_ms: int) -> str:
    seconds, rest_ms = divmod(time_ms, 1000)
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    return f"{hours:02d}:{rest_min:02d}:{rest_s:02d}.{rest_ms:03d}"
