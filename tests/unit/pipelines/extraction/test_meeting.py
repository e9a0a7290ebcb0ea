"""Transcripts of meetings as Teams, Google Meet and Zoom write them into text."""

from __future__ import annotations

import pytest

from pipelines.extraction.meeting import COARSE_TIMES, NO_TIMES, Meeting, read_meeting

TEAMS_OLD = """0:0:3.450 --> 0:0:8.210
Marie Exemple
Bonjour à tous.
0:0:9.0 --> 0:0:12.500
Karim Modèle
Bonjour Marie,
comment vas-tu ?"""
TEAMS = """Atelier prix-20260302_100000-Enregistrement de la réunion
2 mars 2026, 09:00AM
12 m 30 s

Marie Exemple a démarré la transcription

Marie Exemple   0:03
Bonjour à tous.
On parle de prix.

Karim Modèle\t0:21
Bonjour.

Marie Exemple   1:02:05
Voilà la marge."""
ZOOM = """[Marie Exemple] 10:02:33
Bonjour à tous.

[Karim Modèle] 10:02:41
Bonjour.

[Marie Exemple] 10:03:33
Alors, le prix."""
MEET = """Participants
Marie Exemple, Karim Modèle

Transcription

00:00:00

Marie Exemple: Bonjour à tous.
Karim Modèle: Bonjour : on commence ?

00:05:00

Marie Exemple: Le prix plancher.
Il couvre la matière.

Transcription ended after 00:07:12"""


def turns(meeting: Meeting | None) -> list[tuple[int | None, int | None, str, str]]:
    assert meeting is not None
    names = {s.id: s.name for s in meeting.transcript.speakers}
    return [
        (
            u.span.start_ms if u.span else None,
            u.span.end_ms if u.span else None,
            names[u.speaker_id] if u.speaker_id else "",
            u.text,
        )
        for u in meeting.transcript.utterances
    ]


def read(text: str) -> Meeting | None:
    return read_meeting(text.split("\n"))


def test_teams_writes_both_ends_of_each_turn() -> None:
    assert turns(read(TEAMS_OLD)) == [
        (3450, 8210, "Marie Exemple", "Bonjour à tous."),
        (9000, 12500, "Karim Modèle", "Bonjour Marie, comment vas-tu ?"),
    ]


def test_a_turn_of_the_newer_teams_layout_lasts_to_the_next_one() -> None:
    assert turns(read(TEAMS)) == [
        (3000, 21000, "Marie Exemple", "Bonjour à tous. On parle de prix."),
        (21000, 3725000, "Karim Modèle", "Bonjour."),
        (3725000, 3735000, "Marie Exemple", "Voilà la marge."),
    ]


def test_the_clock_of_zoom_counts_from_its_first_time() -> None:
    assert [t[:3] for t in turns(read(ZOOM))] == [
        (0, 8000, "Marie Exemple"),
        (8000, 60000, "Karim Modèle"),
        (60000, 70000, "Marie Exemple"),
    ]


def test_turns_of_meet_have_the_five_minutes_they_were_said_in() -> None:
    meeting = read(MEET)
    assert turns(meeting) == [
        (0, 300_000, "Marie Exemple", "Bonjour à tous."),
        (0, 300_000, "Karim Modèle", "Bonjour : on commence ?"),
        (300_000, 432_000, "Marie Exemple", "Le prix plancher. Il couvre la matière."),
    ]
    assert meeting is not None
    assert meeting.warnings == (COARSE_TIMES,)


def test_meet_without_times_is_kept_and_says_so() -> None:
    lines = [line for line in MEET.split("\n") if ":00" not in line and "ended" not in line]
    meeting = read_meeting(lines)
    assert [t[0] for t in turns(meeting)] == [None] * 3
    assert meeting is not None
    assert meeting.warnings == (NO_TIMES,)


def test_times_that_run_backwards_are_not_followed() -> None:
    meeting = read(ZOOM.replace("10:02:41", "10:01:00"))
    assert [t[:2] for t in turns(meeting)] == [(0, 1), (0, 60000), (60000, 70000)]


@pytest.mark.parametrize(
    "text",
    [
        "Programme\nAccueil   9:00\nLe hall\nAtelier prix   10:30\nSalle B",
        "Attention : lire la notice.\nPrix : 12 €\nTotal : 24 €",
        "On se voit à 10:30 :\n- le prix\n- la marge",
        "Un sous-titre commence ainsi :\n0:0:3.450 --> 0:0:8.210\nMarie Exemple\nBonjour.",
        "0:0:3.4 --> 0:0:8.2\nA\nB\n0:0:9.0 --> 0:0:12.5\nA\nB" + "\nUn long texte." * 10,
        "Rendez-vous\n00:05:00\nLe minuteur sonne après cinq minutes.\nOn mange.",
        "",
    ],
)
def test_a_text_that_mentions_times_or_colons_is_no_transcript(text: str) -> None:
    assert read(text) is None
