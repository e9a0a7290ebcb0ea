"""Transcripts and threads from elsewhere, known by what is in them."""

from __future__ import annotations

import json

import pytest

from fixtures.documents import a_word_file, saved
from schemas.content import Extraction, Transcript
from schemas.document import DocumentKind, MediaKind, Visibility
from schemas.errors import NoTextError
from schemas.span import TimeSpan
from tests.integration.pipelines.extraction.conftest import ExtractBytes

TEAMS = ("0:0:3.450 --> 0:0:8.210\nMarie Exemple\nBonjour.", "0:0:9.0 --> 0:0:9.5\nKarim\nOui.")
MEET = ("Transcription", "00:00:00", "Marie Exemple: Bonjour.", "Karim: Oui.", "00:05:00")
PRIVATE = "10:02:33 From Karim to Marie Exemple (Direct Message):\n\tJe suis perdu\n"


def spans(found: Extraction) -> list[TimeSpan | None]:
    assert isinstance(found.content, Transcript)
    return [u.span for u in found.content.utterances]


@pytest.mark.parametrize("is_word", [True, False])
def test_a_transcript_of_teams_has_speakers_and_times(
    extract_bytes: ExtractBytes, *, is_word: bool
) -> None:
    data = saved(a_word_file(*TEAMS)) if is_word else "\r\n".join(TEAMS).encode()
    found = extract_bytes("reunion.docx" if is_word else "reunion.txt", data)
    assert found.media_kind is MediaKind.TRANSCRIPT
    assert [p.name for p in found.participants] == ["Marie Exemple", "Karim"]
    assert spans(found) == [TimeSpan(3450, 8210), TimeSpan(9000, 9500)]
    assert found.duration_ms == 9500


def test_a_transcript_of_meet_is_no_plain_word_file(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("meet.docx", saved(a_word_file(*MEET)))
    assert spans(found) == [TimeSpan(0, 300_000)] * 2
    assert found.warnings[0].startswith("The transcript has a time every few minutes only")


def test_meet_without_times_is_a_conversation(extract_bytes: ExtractBytes) -> None:
    found = extract_bytes("meet.docx", saved(a_word_file(MEET[0], *MEET[2:4])))
    assert found.media_kind is MediaKind.MESSAGES
    assert spans(found) == [None, None]
    assert found.warnings[0].startswith("The transcript has no times")


def test_a_chat_with_private_messages_only_holds_nothing_to_share(
    extract_bytes: ExtractBytes,
) -> None:
    with pytest.raises(NoTextError, match="a chat without any message to all"):
        extract_bytes("chat.txt", PRIVATE.encode())


def test_a_topic_of_a_forum_is_a_thread(extract_bytes: ExtractBytes) -> None:
    post = {"username": "lea", "cooked": "<p>Combien ?</p>", "created_at": "2026-03-02T10:00:00Z"}
    topic = {"title": "Fixer ses prix", "post_stream": {"posts": [post]}}
    found = extract_bytes("topic.json", json.dumps(topic).encode())
    assert (found.kind, found.title, found.visibility) == (
        DocumentKind.THREAD,
        "Fixer ses prix",
        None,
    )
    assert found.created_at is not None
    private = topic | {"archetype": "private_message"}
    found = extract_bytes("topic.json", json.dumps(private).encode())
    assert found.visibility is Visibility.PARTICIPANTS
