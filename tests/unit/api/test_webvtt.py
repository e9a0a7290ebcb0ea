"""Subtitles: cues with times and voices, and text that cannot break out of its cue."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from api.views.webvtt import to_webvtt
from schemas.content import Speaker, Transcript, Utterance
from schemas.errors import ConflictError
from schemas.ids import PersonId
from schemas.span import TimeSpan


def test_turns_become_cues_with_voices() -> None:
    transcript = Transcript(
        utterances=(
            Utterance(0, "Bonjour à tous.", PersonId("m"), TimeSpan(0, 1500)),
            Utterance(1, "Prix < coût & 2\n\n00:01 --> x", None, TimeSpan(3_661_001, 3_662_999)),
        ),
        speakers=(Speaker(PersonId("m"), "Claire <R>"),),
    )

    assert to_webvtt(transcript) == snapshot("""\
WEBVTT

00:00:00.000 --> 00:00:01.500
<v Claire &lt;R&gt;>Bonjour à tous.

01:01:01.001 --> 01:01:02.999
Prix &lt; coût &amp; 2 00:01 --&gt; x
""")


def test_written_messages_are_no_subtitles() -> None:
    with pytest.raises(ConflictError):
        to_webvtt(Transcript(utterances=(Utterance(0, "Bonjour"),)))
