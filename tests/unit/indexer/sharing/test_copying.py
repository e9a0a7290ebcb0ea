"""What the copy of an exchange is made of."""

from __future__ import annotations

from fixtures.builders import a_document, a_student
from indexer.sharing.copying import copy_of
from indexer.sharing.preview import Preview
from schemas.content import Chapter, Speaker, Transcript, Utterance
from schemas.document import Document, DocumentKind, MediaKind, Participant, ParticipantRole
from schemas.ids import PersonId
from schemas.sharing import TITLE, Decisions
from schemas.span import TimeSpan

GUEST = Participant(PersonId("voice-1"), "Yann Exemple", ParticipantRole.SPEAKER)
UNKNOWN = PersonId("voice-2")


def a_call() -> tuple[Document, Transcript]:
    document = a_document(
        "exchange:1",
        kind=DocumentKind.EXCHANGE,
        media_kind=MediaKind.TRANSCRIPT,
        participants=(a_student("s-lea", "Léa Modèle"), GUEST),
    )
    speakers = (PersonId("s-lea"), GUEST.id, UNKNOWN)
    turns = tuple(
        Utterance(n, "Bonjour.", who, TimeSpan(n * 1000, n * 1000 + 900))
        for n, who in enumerate(speakers)
    )
    named = tuple(Speaker(who, str(who)) for who in speakers)
    chapters = (Chapter("Le projet de Léa", TimeSpan(0, 3000)),)
    return document, Transcript(turns, named, chapters=chapters)


def preview() -> Preview:
    document, content = a_call()
    texts = {TITLE: "Bilan"} | {turn.ordinal: turn.text for turn in content.utterances}
    return Preview(document, content, texts, (), frozenset(), Decisions(), "v")


def test_a_voice_that_nobody_knows_is_not_taken_for_a_known_speaker() -> None:
    content = copy_of(preview()).content

    assert isinstance(content, Transcript)
    assert [turn.speaker_id for turn in content.utterances] == [
        "anonymous:student",
        "anonymous:speaker",
        "anonymous:speaker-2",
    ]
    assert [each.name for each in content.speakers] == ["Élève", "Personne", "Personne 2"]


def test_titles_of_chapters_stay_with_the_original() -> None:
    content = copy_of(preview()).content

    assert isinstance(content, Transcript)
    assert content.chapters == ()
