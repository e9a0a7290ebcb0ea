"""What was recognised comes back, whatever people and the glossary made of it."""

from __future__ import annotations

import msgspec

from fixtures.builders import A_MOMENT, a_body, a_correction, a_document, a_transcript
from indexer.recognised import as_recognised
from pipelines.correcting import with_corrections
from pipelines.speaking import with_speakers
from schemas.content import Speaker, Transcript, Utterance, Word
from schemas.document import Participant, ParticipantRole
from schemas.ids import PersonId
from schemas.naming import Naming
from schemas.span import TimeSpan

CAMILLE = Participant(PersonId("m-camille"), "Camille", ParticipantRole.MENTOR)


def test_corrected_words_and_named_speakers_are_undone() -> None:
    heard = a_transcript(["La TVA est un impopayé.", "Voilà pour le principe."])
    document, by = a_document(), PersonId("m-4")
    (voice,) = heard.speakers
    naming = Naming(document.id, document.revision, voice, None, CAMILLE, by, "", A_MOMENT)
    made = [
        a_correction(heard.utterances[0], "La TVA est un impôt.", speaker=Speaker(by, "Autre")),
    ]
    stored = with_speakers(with_corrections(heard, made), [naming], made)

    assert stored != heard
    assert as_recognised(stored, made) == heard


def test_words_of_the_glossary_are_those_that_were_heard() -> None:
    words = (Word("Kbis", 0, 500, 0.9, heard="cas bis"), Word("lu", 500, 800, 0.9))
    turn = Utterance(3, "Kbis lu", None, TimeSpan(0, 800), words=words)

    found = as_recognised(Transcript((turn,)), [])

    assert isinstance(found, Transcript)
    (heard,) = found.utterances
    assert (heard.text, heard.words[0]) == ("cas bis lu", Word("cas bis", 0, 500, 0.9))
    assert heard.ordinal == 3


def test_a_text_without_turns_is_what_it_was() -> None:
    body = a_body()

    assert as_recognised(body, []) is body


def test_what_nobody_touched_is_as_it_was() -> None:
    heard = a_transcript()

    assert msgspec.json.encode(as_recognised(heard, [])) == msgspec.json.encode(heard)
