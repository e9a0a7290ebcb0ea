"""Transcripts as files to keep."""

from __future__ import annotations

import pytest

from api.views.subrip import to_chapters, to_plain_text, to_srt
from schemas.content import Chapter, Speaker, Transcript, Utterance
from schemas.errors import ConflictError
from schemas.ids import PersonId
from schemas.span import TimeSpan

NORA, JEAN = Speaker(PersonId("m-1"), "Nora Fictive"), Speaker(PersonId("s-1"), "Jean Inventé")
TALK = Transcript(
    utterances=(
        Utterance(0, "Bonjour.", speaker_id=NORA.id, span=TimeSpan(0, 1_250)),
        Utterance(1, "On parle\n--> des prix.", speaker_id=NORA.id, span=TimeSpan(1_300, 2_000)),
        Utterance(2, "Merci.", speaker_id=JEAN.id, span=TimeSpan(3_661_005, 3_662_000)),
    ),
    speakers=(NORA, JEAN),
    chapters=(Chapter("Prix & <devis>", TimeSpan(0, 60_000)),),
)


def test_subrip_numbers_its_cues_and_names_who_begins_to_speak() -> None:
    assert to_srt(TALK) == (
        "1\n00:00:00,000 --> 00:00:01,250\nNora Fictive : Bonjour.\n\n"
        "2\n00:00:01,300 --> 00:00:02,000\nOn parle → des prix.\n\n"
        "3\n01:01:01,005 --> 01:01:02,000\nJean Inventé : Merci.\n"
    )


def test_plain_text_has_a_paragraph_per_speaker() -> None:
    assert to_plain_text(TALK) == (
        "Nora Fictive : Bonjour. On parle --> des prix.\n\nJean Inventé : Merci.\n"
    )


def test_chapters_become_a_track_with_titles_that_are_no_tags() -> None:
    assert to_chapters(TALK) == (
        "WEBVTT\n\n00:00:00.000 --> 00:01:00.000\nPrix &amp; &lt;devis&gt;\n"
    )


def test_messages_are_no_subtitles_but_a_text() -> None:
    written = Transcript((Utterance(0, "Bonjour"),))
    with pytest.raises(ConflictError):
        to_srt(written)
    assert to_plain_text(written) == "Bonjour\n"
