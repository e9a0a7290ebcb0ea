"""Corrected turns reach the stored transcript and its passages; only new texts are encoded."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import msgspec
import numpy as np
import pytest

from indexer.intake import Intake, Received, SubmissionOptions, receive
from pipelines.bootstrap import Pipeline
from pipelines.workflows.correct import Applied, apply
from schemas.content import Content, Transcript, Utterance
from schemas.correction import Correction
from schemas.document import Document, DocumentKind
from schemas.errors import TransientError
from schemas.ids import DocumentId, PersonId
from schemas.settings import IngestionSettings, ModelSettings, Settings
from tests.integration.workflows.conftest import FakeEncoder, a_worker, ended, until

N_TURNS = 30
CORRECTED = "Le tour douze parle enfin de la comptabilité en partie double."


def subtitles(topic: str) -> bytes:
    """Return turns of one sentence each, all different."""
    cues = (
        f"{clock(n * 6)} --> {clock(n * 6 + 4)}\n"
        f"Le tour {n} parle de {topic} numéro {n} pendant un bon moment.\n"
        for n in range(N_TURNS)
    )
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def clock(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}.000"


@pytest.fixture
def settings(tmp_path: pytest.TempPathFactory) -> Settings:
    small = IngestionSettings(passage_tokens=40, passage_overlap_tokens=12)
    return Settings(
        data_dir=tmp_path,  # type: ignore[arg-type]
        models=ModelSettings(encoder="first"),
        ingestion=small,
    )


def send(intake: Intake, topic: str = "la trésorerie") -> Received:
    said = SubmissionOptions(source="talk:1", kind=DocumentKind.COURSE)
    return receive(intake, subtitles(topic), filename="atelier.vtt", options=said, uploaded_by=None)


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


def turns_of(intake: Intake) -> tuple[Utterance, ...]:
    stored = intake.blobs.read(document_of(intake).content)
    content: Content = msgspec.json.decode(stored, type=Content)
    assert isinstance(content, Transcript)
    return content.utterances


def texts_of(intake: Intake, document_id: DocumentId) -> list[str]:
    return [passage.text for passage in intake.catalog.passages.of_document(document_id)]


def correct(intake: Intake, turn: int = 12, text: str = CORRECTED, later_s: int = 0) -> Correction:
    document = document_of(intake)
    correction = Correction(
        document_id=document.id,
        revision=document.revision,
        heard=turns_of(intake)[turn],
        text=text,
        person_id=PersonId("m-4"),
        person_name="Dominique Modèle",
        corrected_at=intake.clock() + timedelta(seconds=later_s),
    )
    intake.catalog.corrections.save(correction)
    return correction


def test_only_passages_with_a_new_text_are_encoded_again(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    encoder = cast("FakeEncoder", pipeline.encoder("first"))
    before, n_before = texts_of(intake, published.id), encoder.n_encoded
    vectors_before = intake.catalog.passages.vectors_of(published.id, "first")
    correct(intake)

    applied = apply(pipeline, published.id)

    after = texts_of(intake, published.id)
    new = set(after) - set(before)
    assert 1 <= len(new) <= 3  # the turn's own passage, and those that it overlaps
    assert applied == Applied(1, len(after), len(new))
    assert applied.n_kept == len(after) - len(new) >= 5
    assert encoder.n_encoded - n_before == len(new)
    vectors = intake.catalog.passages.vectors_of(published.id, "first")
    for passage_id, text in zip(vectors, after, strict=True):
        if text in before:
            assert np.array_equal(vectors[passage_id], vectors_before[passage_id])


def test_a_correction_is_applied_by_the_worker_and_told_to_the_indexes(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    position = intake.catalog.changes.last_position()
    correction = correct(intake)

    with a_worker(pipeline):
        intake.queue.enqueue_corrections(published.id, correction.corrected_at)
        until(lambda: intake.catalog.corrections.waiting(1) == [])

    assert turns_of(intake)[12].text == CORRECTED
    assert any("partie double" in text for text in texts_of(intake, published.id))
    assert not any("numéro 12" in text for text in texts_of(intake, published.id))
    assert intake.catalog.changes.last_position() == position + 1
    assert document_of(intake).revision == published.revision


def test_a_correction_that_was_never_queued_is_found_by_the_worker(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    correct(intake)

    with a_worker(pipeline):
        until(lambda: intake.catalog.corrections.waiting(1) == [])

    assert turns_of(intake)[12].text == CORRECTED


def test_corrections_applied_already_cost_nothing(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    correct(intake)
    correct(intake, turn=3, text="Le tour trois se tait.")
    both = apply(pipeline, published.id)
    position = intake.catalog.changes.last_position()

    again = apply(pipeline, published.id)

    assert (both.n_corrections, again) == (2, Applied(0, 0, 0))
    assert intake.catalog.changes.last_position() == position


def test_taking_a_correction_back_brings_the_old_passages_back(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    before, heard = texts_of(intake, published.id), turns_of(intake)[12]
    correct(intake)
    apply(pipeline, published.id)

    correct(intake, text=heard.text, later_s=1)
    apply(pipeline, published.id)

    assert texts_of(intake, published.id) == before
    assert turns_of(intake)[12] == heard


def test_a_revision_ingested_once_more_keeps_its_corrections(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    correct(intake)
    apply(pipeline, published.id)
    with a_worker(pipeline):
        ended(intake, send(intake, "la marge").job)
        other = turns_of(intake)[12].text
        back = ended(intake, send(intake).job)

    assert "la marge" in other
    assert turns_of(intake)[12].text == CORRECTED
    assert any("partie double" in text for text in texts_of(intake, published.id))
    assert back.warnings == ()


def test_a_correction_made_while_another_was_published_is_applied_on_top(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    correct(intake)
    slow = msgspec.structs.replace(pipeline, language_of=lambda _: interrupted())

    def interrupted() -> str:
        """Let another worker apply a second correction in the middle of the first."""
        if turns_of(intake)[3].text != "Le tour trois se tait.":
            correct(intake, turn=3, text="Le tour trois se tait.", later_s=1)
            apply(pipeline, published.id)
        return "fr"

    with pytest.raises(TransientError):
        apply(slow, published.id)
    apply(pipeline, published.id)

    assert turns_of(intake)[3].text == "Le tour trois se tait."
    assert turns_of(intake)[12].text == CORRECTED


def test_a_document_deleted_meanwhile_is_left_alone(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    correct(intake)
    intake.catalog.documents.delete(published.id)

    assert apply(pipeline, published.id) == Applied(0, 0, 0)


def send_again(intake: Intake, content: bytes) -> Received:
    said = SubmissionOptions(source="talk:1", kind=DocumentKind.COURSE)
    return receive(intake, content, filename="atelier.vtt", options=said, uploaded_by=None)


def test_a_correction_goes_to_the_same_turn_of_a_new_revision(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    made = correct(intake)
    shifted = subtitles("la trésorerie").replace(b"00:01:12.000", b"00:01:12.300")
    edited = shifted.replace(b"Le tour 3 parle", b"Le tour trois parle donc")

    with a_worker(pipeline):
        again = ended(intake, send_again(intake, edited).job)

    turns = turns_of(intake)
    assert (turns[12].text, turns[3].text[:12]) == (CORRECTED, "Le tour troi")
    (kept,) = intake.catalog.corrections.of(published.id, document_of(intake).revision)
    assert (kept.text, kept.person_name, kept.corrected_at) == (
        CORRECTED,
        made.person_name,
        made.corrected_at,
    )
    assert kept.heard.text.startswith("Le tour 12")
    assert kept.applied_at is not None
    assert again.warnings == ()


def test_a_correction_that_fits_no_turn_is_kept_and_told(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    correct(intake)
    other = b"WEBVTT\n\n00:01:12.000 --> 00:01:16.000\nOn ne parle plus du tout de cela ici.\n"

    with a_worker(pipeline):
        again = ended(intake, send_again(intake, other).job)

    assert [turn.text for turn in turns_of(intake)] == ["On ne parle plus du tout de cela ici."]
    assert len(again.warnings) == 1
    assert again.warnings[0].startswith("Corrected turns that are not heard in the same place")
    assert len(intake.catalog.corrections.of_others(published.id, again.document_id)) == 1
