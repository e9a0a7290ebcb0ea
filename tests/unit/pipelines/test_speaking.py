"""Who speaks, as people say: applied from what was heard, taken back without a trace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from fixtures.builders import A_MOMENT, a_correction, a_document, a_revision, a_transcript
from pipelines.correcting import with_corrections
from pipelines.speaking import carried_namings, participants_with, unheard, with_speakers
from schemas.content import Speaker, Transcript, Utterance
from schemas.correction import place_of
from schemas.document import Participant, ParticipantRole
from schemas.ids import PersonId
from schemas.naming import UNKNOWN, Naming, speaker_id_for

LEFT = Speaker(PersonId("voice:d-1:left"), "Voix gauche")
RIGHT = Speaker(PersonId("voice:d-1:right"), "Voix droite")
CAMILLE = Participant(PersonId("m-camille"), "Camille R.", ParticipantRole.MENTOR)
NOE = Participant(PersonId("s-noe"), "Noé", ParticipantRole.STUDENT)
SAID = (
    "Bonjour, comment fixer mes prix de vente ?",
    "Commence par compter toutes tes heures.",
    "Même celles que je passe en réunion ?",
    "Surtout celles que tu passes en réunion.",
)


def a_call(said: tuple[str, ...] = SAID, *, swapped: bool = False) -> Transcript:
    """Return a call whose turns come from the left and the right in turn."""
    turns = a_transcript(said).utterances
    sides = (RIGHT, LEFT) if swapped else (LEFT, RIGHT)
    told = (msgspec.structs.replace(t, speaker_id=sides[n % 2].id) for n, t in enumerate(turns))
    return Transcript(tuple(told), (LEFT, RIGHT))


def a_naming(heard: Speaker, person: Participant | None, **changes: Any) -> Naming:
    document = a_document()
    naming = Naming(
        document.id, document.revision, heard, None, person, PersonId("m-4"), "Dominique", A_MOMENT
    )
    return msgspec.structs.replace(naming, **changes)


def who(content: Any) -> list[PersonId | None]:
    return [turn.speaker_id for turn in content.utterances]


def test_every_turn_of_a_named_voice_is_the_persons() -> None:
    told = with_speakers(a_call(), [a_naming(RIGHT, CAMILLE)])

    assert who(told) == [LEFT.id, CAMILLE.id, LEFT.id, CAMILLE.id]
    assert isinstance(told, Transcript)
    assert told.speakers == (LEFT, Speaker(CAMILLE.id, CAMILLE.name))
    assert told.recognised == (LEFT, RIGHT)


def test_naming_twice_changes_nothing_and_taking_it_back_leaves_no_trace() -> None:
    naming = a_naming(RIGHT, CAMILLE)
    once = with_speakers(a_call(), [naming])

    assert with_speakers(once, [naming]) == once
    back = with_speakers(once, [msgspec.structs.replace(naming, person=None)])
    assert msgspec.json.encode(back) == msgspec.json.encode(a_call())


def test_who_is_named_anew_takes_the_place_of_who_was_named_wrongly() -> None:
    wrong = with_speakers(a_call(), [a_naming(RIGHT, NOE)])

    right = with_speakers(wrong, [a_naming(RIGHT, CAMILLE), a_naming(LEFT, NOE)])

    assert who(right) == [NOE.id, CAMILLE.id, NOE.id, CAMILLE.id]


def test_one_turn_is_given_to_another_speaker_and_follows_when_that_one_is_named() -> None:
    call = a_call()
    one = a_correction(call.utterances[0], SAID[0], speaker=RIGHT)

    alone = with_speakers(with_corrections(call, [one]), [], [one])
    named = with_speakers(with_corrections(alone, [one]), [a_naming(RIGHT, CAMILLE)], [one])

    assert who(alone) == [RIGHT.id, RIGHT.id, LEFT.id, RIGHT.id]
    assert who(named) == [CAMILLE.id, CAMILLE.id, LEFT.id, CAMILLE.id]
    assert isinstance(named, Transcript)
    assert place_of(named.utterances[0]) == place_of(call.utterances[0])
    assert with_speakers(with_corrections(named, []), []) == call


def test_nobody_known_is_named_and_messages_stay_their_authors() -> None:
    message = Utterance(0, "Voici mon appel.", NOE.id)
    spoken = msgspec.structs.replace(a_call().utterances[1], ordinal=1, speaker_id=None)
    content = Transcript((message, spoken), (Speaker(NOE.id, NOE.name),))
    namings = [
        a_naming(Speaker(UNKNOWN, ""), CAMILLE),
        a_naming(Speaker(NOE.id, NOE.name), CAMILLE),
    ]

    assert who(with_speakers(content, namings)) == [NOE.id, CAMILLE.id]


def test_a_named_person_takes_part_in_the_place_of_the_voice() -> None:
    heard = Participant(speaker_id_for("Cam R"), "Cam R", ParticipantRole.SPEAKER)
    other = Participant(speaker_id_for("Noé"), "Noé", ParticipantRole.SPEAKER)
    voice = Speaker(heard.id, heard.name)
    turns = (msgspec.structs.replace(a_call().utterances[0], speaker_id=heard.id),)
    before = Transcript(turns, (voice, Speaker(other.id, other.name)))
    naming = a_naming(voice, CAMILLE, heard_role=ParticipantRole.SPEAKER)

    named = participants_with((heard, other), before, [naming])
    after = with_speakers(before, [naming])
    back = participants_with(named, after, [msgspec.structs.replace(naming, person=None)])

    assert named == (CAMILLE, other)
    assert set(back) == {heard, other}


def test_who_was_named_wrongly_takes_part_no_more_and_the_documents_own_people_stay() -> None:
    mentor = Participant(PersonId("m-4"), "Dominique", ParticipantRole.MENTOR)
    call = msgspec.structs.replace(
        a_call(), speakers=(LEFT, RIGHT, Speaker(mentor.id, mentor.name))
    )
    wrong = a_naming(RIGHT, NOE)
    people = participants_with((mentor,), call, [wrong])
    named = with_speakers(call, [wrong])

    again = participants_with(people, named, [a_naming(RIGHT, CAMILLE)])
    renamed = with_speakers(named, [a_naming(RIGHT, CAMILLE)])
    own = participants_with(again, renamed, [a_naming(RIGHT, mentor)])

    assert (people, again, own) == ((mentor, NOE), (mentor, CAMILLE), (mentor,))


def test_a_naming_follows_the_voice_to_the_side_on_which_it_is_heard_now() -> None:
    before = with_speakers(a_call(), [a_naming(RIGHT, CAMILLE)])
    now = a_call(("Bonjour, comment fixer mes prix de ventes ?", *SAID[1:]), swapped=True)

    (found,) = carried_namings(now, before, [a_naming(RIGHT, CAMILLE)], a_revision("second"))

    assert (found.heard, found.person) == (LEFT, CAMILLE)
    assert found.revision == a_revision("second")


def test_a_voice_that_says_something_else_is_not_named() -> None:
    other = a_call(("Parlons donc de la TVA.", "Elle est due chaque mois.", "Et si", "Non"))

    assert carried_namings(other, a_call(), [a_naming(RIGHT, CAMILLE)], a_revision("2")) == []


def test_a_speaker_named_by_the_file_stays_named_whatever_is_said() -> None:
    cam = Speaker(speaker_id_for("Cam R"), "Cam R")

    def said(text: str) -> Transcript:
        turn = msgspec.structs.replace(a_transcript([text]).utterances[0], speaker_id=cam.id)
        return Transcript((turn,), (cam,))

    naming = a_naming(cam, CAMILLE, named_at=A_MOMENT + timedelta(days=1))
    (found,) = carried_namings(said("Autre chose."), said("Bonjour."), [naming], a_revision("2"))

    assert found.person == CAMILLE
    assert unheard(said("Autre chose."), [naming, a_naming(LEFT, NOE)]) == [a_naming(LEFT, NOE)]
