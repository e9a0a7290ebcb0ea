"""What is hidden cuts the passages at its edges, and is neither heard nor seen in the copy."""

from __future__ import annotations

import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import msgspec
import numpy as np
import pytest
from dbos import DBOS
from sqlalchemy import update

from api.pages.hiding import unit_of
from fixtures.documents import Slide, a_deck, saved
from indexer.catalog.tables import documents
from indexer.intake import Intake, SubmissionOptions, receive
from indexer.masking import masked
from indexer.restricting import is_ready, lift, restrict
from pipelines.bootstrap import Pipeline
from pipelines.workflows.correct import apply
from pipelines.workflows.mask import mask_media
from pipelines.workflows.repair import hide_waiting
from schemas.content import Body
from schemas.document import Document, MediaFiles, Visibility
from schemas.errors import InvalidInputError
from schemas.hiding import Restriction, as_seen, has_no_mask, hidden_from
from schemas.identity import EVERYONE, MENTORS, Caller, Role
from schemas.ids import DocumentId, PersonId
from schemas.job import correct_workflow_id
from schemas.span import BlockSpan, PageSpan, TimeSpan
from tests.integration.workflows.conftest import a_worker, ended, until
from tests.integration.workflows.test_correct import document_of, published, send, settings
from tests.integration.workflows.test_share import work

__all__ = ["published", "settings"]
CLAIRE: Final = Caller(PersonId("m-claire"), Role.MENTOR, "Claire")
MINUTE: Final = TimeSpan(60_000, 90_000)
RATE: Final = 16_000


def hide(intake: Intake, place: TimeSpan = MINUTE) -> Restriction:
    document = document_of(intake)
    intake.catalog.documents.set_visibility(document.id, Visibility.STUDENTS)
    return restrict(intake, document, place, visibility=Visibility.MENTORS, reason="", by=CLAIRE)


def shown(intake: Intake) -> str:
    passages = intake.catalog.passages.of_document(document_of(intake).id)
    return " ".join(p.text for p in passages if EVERYONE in p.audiences)


def said(n: int) -> str:
    return f"numéro {n} pendant"


def test_passages_are_hidden_first_and_then_cut_so_that_nothing_shown_is_lost(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    hide(intake)
    at_once = shown(intake)
    apply(pipeline, published.id)

    after = shown(intake)
    hidden = range(10, 15)  # turns of six seconds each
    assert not any(said(n) in at_once for n in hidden)
    assert [n for n in range(30) if said(n) in after] == [n for n in range(30) if n not in hidden]
    everything = intake.catalog.passages.of_document(published.id)
    assert all(MENTORS in passage.audiences for passage in everything)
    assert all(said(n) in " ".join(p.text for p in everything) for n in range(30))
    assert is_ready(intake, document_of(intake))


def test_only_touched_passages_are_encoded_again_and_lifting_brings_all_back(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    texts = [p.text for p in intake.catalog.passages.of_document(published.id)]
    made = hide(intake)

    applied = apply(pipeline, published.id)
    again = apply(pipeline, published.id)
    lift(intake, published.id, made.id)
    apply(pipeline, published.id)

    assert 1 <= applied.n_encoded <= 6 < applied.n_passages
    assert again.n_encoded == 0
    assert [p.text for p in intake.catalog.passages.of_document(published.id)] == texts
    assert intake.catalog.restrictions.waiting() == []


def test_what_is_hidden_stays_so_when_the_document_comes_again(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    hide(intake)
    with a_worker(pipeline):
        ended(intake, send(intake, "le bilan").job)

    assert document_of(intake).revision != published.revision
    assert [n for n in range(30) if said(n) in shown(intake)] == [*range(10), *range(15, 30)]


def test_a_hidden_slide_of_a_deck_is_unseen(intake: Intake, pipeline: Pipeline) -> None:
    deck = saved(a_deck(Slide("Le prix"), Slide("Les chiffres"), Slide("La suite")))
    said = SubmissionOptions(visibility=Visibility.STUDENTS)
    work(pipeline, receive(intake, deck, filename="a.pptx", options=said, uploaded_by=None).job)
    slide = PageSpan(2, 3)

    restrict(
        intake, document_of(intake), slide, visibility=Visibility.MENTORS, reason="", by=CLAIRE
    )
    apply(pipeline, document_of(intake).id)

    document = document_of(intake)
    content = msgspec.json.decode(intake.blobs.read(document.content), type=Body)
    read = masked(content, hidden_from(document, {EVERYONE}))
    assert [word in shown(intake) for word in ("prix", "chiffres", "suite")] == [True, False, True]
    assert "chiffres" not in repr(read)
    assert unit_of(document) == "page"
    with pytest.raises(InvalidInputError):
        restrict(
            intake, document, BlockSpan(0, 1), visibility=Visibility.MENTORS, reason="", by=CLAIRE
        )


@pytest.fixture
def recorded(intake: Intake, pipeline: Pipeline, published: Document, tmp_path: Path) -> Document:
    """Give the document a recording: three seconds of a tone and of white pictures."""
    path = tmp_path / "tone.mp4"
    inputs = ("-f", "lavfi", "-i", "sine=440:d=3", "-f", "lavfi", "-i", "color=white:s=64x48:d=3")
    tags = ("-metadata", "title=secret", "-pix_fmt", "yuv420p", "-c:a", "aac")
    _ffmpeg(*inputs, *tags, str(path))
    media = MediaFiles(playable=pipeline.blobs.put(path), playable_type="video/mp4")
    _give(intake, published.id, media)
    return msgspec.structs.replace(published, media=media)


def _give(intake: Intake, document_id: DocumentId, media: MediaFiles) -> None:
    with intake.catalog.database.writing() as connection:
        connection.execute(
            update(documents).where(documents.c.id == document_id).values(media=media)
        )


def test_the_copy_is_silent_and_black_where_it_must_be_and_keeps_the_rest(
    intake: Intake, pipeline: Pipeline, recorded: Document
) -> None:
    hide(intake, TimeSpan(1000, 2000))
    student = as_seen(document_of(intake), {EVERYONE})
    assert (student.media.playable, student.original) == (None, "")

    mask_media(pipeline, document_of(intake))

    copy = as_seen(document_of(intake), {EVERYONE}).media.playable
    assert copy is not None
    assert as_seen(document_of(intake), {MENTORS}).media.playable == recorded.media.playable
    with pipeline.blobs.local_path(copy) as path:
        sound, picture = _sound(path), _brightness(path)
        assert b"secret" not in path.read_bytes()
    assert len(sound) == pytest.approx(3 * RATE, rel=0.05)
    assert np.abs(sound[RATE : 2 * RATE]).max() <= 1
    assert min(np.abs(sound[: RATE * 8 // 10]).max(), np.abs(sound[RATE * 22 // 10 :]).max()) > 1000
    third = len(picture) // 3
    assert picture[third + 1 : 2 * third - 1].max() < 30
    assert min(picture[: third - 3].min(), picture[2 * third + 3 :].min()) > 200


def test_a_copy_that_cannot_be_made_is_noted_once_and_nobody_gets_more(
    intake: Intake, pipeline: Pipeline, recorded: Document
) -> None:
    hide(intake, TimeSpan(1000, 2000))
    apply(pipeline, recorded.id)
    broken = MediaFiles(playable=pipeline.blobs.put(b"no recording"), playable_type="video/mp4")
    _give(intake, recorded.id, broken)
    before = intake.catalog.restrictions.waiting()

    mask_media(pipeline, document_of(intake))

    document = document_of(intake)
    assert (before, intake.catalog.restrictions.waiting()) == ([document.id], [])
    assert has_no_mask(document)
    assert as_seen(document, {EVERYONE}).media.playable is None
    assert as_seen(document, {MENTORS}).media.playable == broken.playable


def test_repairs_queue_nothing_of_a_document_that_is_worked_on(
    intake: Intake, pipeline: Pipeline, published: Document
) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def count_slowly(texts: list[str]) -> list[int]:
        at_work.set()
        go_on.wait(30)
        return [len(text.split()) for text in texts]

    slow = msgspec.structs.replace(pipeline, count_tokens=count_slowly)
    with a_worker(slow):
        hide(intake)
        assert at_work.wait(30)
        for minutes in range(3):
            later = intake.clock() + timedelta(minutes=minutes)
            hide_waiting(msgspec.structs.replace(pipeline, clock=lambda now=later: now))
        queued = DBOS.list_workflows(workflow_id_prefix=correct_workflow_id(published.id))
        go_on.set()
        until(lambda: is_ready(intake, document_of(intake)))

    assert len(queued) == 1


def _sound(path: Path) -> np.ndarray:
    raw = _ffmpeg("-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-")
    return np.frombuffer(raw, dtype="<i2").astype(np.int32)


def _brightness(path: Path) -> np.ndarray:
    raw = _ffmpeg("-i", str(path), "-f", "rawvideo", "-pix_fmt", "gray", "-")
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, 64 * 48).mean(axis=1)


def _ffmpeg(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout
