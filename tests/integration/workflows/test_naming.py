"""Named speakers reach transcript, participants, replies and passages; nothing is encoded again."""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from indexer.correcting import correct_turn
from indexer.intake import Intake, Received, SubmissionOptions, receive
from indexer.sharing.preview import cast_of
from indexer.speakers import name_speaker
from pipelines.bootstrap import Pipeline
from pipelines.workflows.correct import Applied, apply
from schemas.content import Content, Transcript
from schemas.document import Document, DocumentKind, Participant, ParticipantRole
from schemas.identity import Caller, Role, person_key
from schemas.ids import PersonId
from schemas.naming import speaker_id_for
from schemas.settings import ModelSettings, Settings
from tests.integration.workflows.conftest import FakeEncoder, a_worker, ended, until

CALL = """WEBVTT

00:00.000 --> 00:04.000
<v Cam>Comment fixer mes prix quand je débute sans aucun client ?

00:05.000 --> 00:12.000
<v Dom>Commence par compter toutes les heures que tu passes, puis ajoute tes charges.

00:13.000 --> 00:15.000
<v Cam>Merci beaucoup, je vais faire ce calcul ce soir.
"""
CAM, DOM = speaker_id_for("Cam"), speaker_id_for("Dom")
NOE = Participant(PersonId("s-noe"), "Noé Exemple", ParticipantRole.STUDENT)
DOMINIQUE = Participant(PersonId("m-4"), "Dominique Modèle", ParticipantRole.MENTOR)
MENTOR = Caller(DOMINIQUE.id, Role.MENTOR, DOMINIQUE.name)


@pytest.fixture
def settings(tmp_path: pytest.TempPathFactory) -> Settings:
    return Settings(
        data_dir=tmp_path,  # type: ignore[arg-type]
        models=ModelSettings(encoder="first"),
    )


def send(intake: Intake, content: str = CALL) -> Received:
    said = SubmissionOptions(source="call:1", kind=DocumentKind.EXCHANGE)
    return receive(intake, content.encode(), filename="appel.vtt", options=said, uploaded_by=None)


@pytest.fixture
def published(intake: Intake, pipeline: Pipeline) -> Document:
    with a_worker(pipeline):
        ended(intake, send(intake).job)
    return document_of(intake)


def document_of(intake: Intake) -> Document:
    (document_id,) = intake.catalog.documents.all_ids()
    document = intake.catalog.documents.get(document_id)
    assert document is not None
    return document


def transcript_of(intake: Intake) -> Transcript:
    content = msgspec.json.decode(intake.blobs.read(document_of(intake).content), type=Content)
    assert isinstance(content, Transcript)
    return content


def name(intake: Intake, heard: PersonId, person: Participant | None) -> None:
    document, content = document_of(intake), transcript_of(intake)
    name_speaker(intake, document, content, heard, person=person, by=MENTOR)


def who(intake: Intake) -> list[PersonId | None]:
    return [turn.speaker_id for turn in transcript_of(intake).utterances]


def test_naming_both_speakers_encodes_nothing_again(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    encoder = cast("FakeEncoder", pipeline.encoder("first"))
    n_before = encoder.n_encoded
    name(intake, CAM, NOE)
    name(intake, DOM, DOMINIQUE)

    applied = apply(pipeline, published.id)

    assert applied == Applied(2, published.n_passages, 0)
    assert encoder.n_encoded == n_before
    assert who(intake) == [NOE.id, DOMINIQUE.id, NOE.id]
    document = document_of(intake)
    assert set(document.participants) == {NOE, DOMINIQUE}
    (passage,) = intake.catalog.passages.of_document(document.id)
    assert set(passage.speaker_ids) == {NOE.id, DOMINIQUE.id}
    assert person_key(NOE.id) in passage.audiences
    (reply,) = intake.catalog.replies.of(document.id)
    assert (reply.asker_id, reply.answerer_id) == (NOE.id, DOMINIQUE.id)


def test_a_copy_hides_a_named_person_under_the_name_that_the_file_had_too(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    name(intake, CAM, NOE)
    apply(pipeline, published.id)

    people = cast_of(intake.catalog, document_of(intake)).participants

    assert {person.name for person in people if person.id == NOE.id} == {NOE.name, "Cam"}


def test_who_was_named_wrongly_loses_the_exchange(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    name(intake, CAM, NOE)
    apply(pipeline, published.id)
    seen = intake.catalog.documents.audiences(published.id)

    name(intake, CAM, None)
    apply(pipeline, published.id)

    assert person_key(NOE.id) in seen
    assert person_key(NOE.id) not in intake.catalog.documents.audiences(published.id)
    assert who(intake) == [CAM, DOM, CAM]
    assert set(document_of(intake).participants) == set(published.participants)


def test_names_and_the_speaker_of_a_turn_outlive_a_new_version_and_recognition(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    name(intake, CAM, NOE)
    correct_turn(
        intake,
        document_of(intake),
        transcript_of(intake),
        2,
        text="Merci beaucoup, je vais faire ce calcul ce soir.",
        speaker_id=DOM,
        by=MENTOR,
    )
    with a_worker(pipeline):
        until(lambda: intake.catalog.namings.waiting(1) == [])
        until(lambda: intake.catalog.corrections.waiting(1) == [])
        first = who(intake)
        again = ended(intake, send(intake, CALL.replace("puis ajoute", "et ajoute")).job)

    assert first == who(intake) == [NOE.id, DOM, DOM]
    assert NOE in document_of(intake).participants
    assert again.warnings == ()
    revision = document_of(intake).revision
    (kept,) = intake.catalog.namings.of(published.id, revision)
    assert (kept.person, kept.named_by_name) == (NOE, "Dominique Modèle")
    assert kept.applied_at is not None


def test_a_name_whose_voice_is_gone_is_kept_and_told(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    name(intake, CAM, NOE)
    with a_worker(pipeline):
        again = ended(intake, send(intake, CALL.replace("Cam", "Dom")).job)

    assert len(again.warnings) == 1
    assert again.warnings[0].startswith("Speakers who were named and are not found again")
    assert NOE.id not in {person.id for person in document_of(intake).participants}
    assert len(intake.catalog.namings.of(published.id, published.revision)) == 1
