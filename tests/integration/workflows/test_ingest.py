"""Ingestion on the real workflow engine, with written documents and a fake encoder."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from fixtures.builders import an_exchange_json
from indexer.intake import Intake, Received, SubmissionOptions, receive, retry
from pipelines.bootstrap import Pipeline
from pipelines.workflows import steps
from schemas.document import DocumentKind, Visibility
from schemas.errors import ConflictError, TransientError
from schemas.job import JobState, Stage
from schemas.settings import Settings
from tests.integration.workflows.conftest import a_worker, ended, until, with_settings

TEXT = b"# Fixer ses prix\n\nUn prix couvre le temps, les charges et la marge.\n"


def send(intake: Intake, content: bytes, name: str = "prix.md", **options: object) -> Received:
    said = SubmissionOptions(**options)  # type: ignore[arg-type]
    return receive(intake, content, filename=name, options=said, uploaded_by=None)


def test_a_text_is_published_with_its_title_tags_and_language(
    intake: Intake, pipeline: Pipeline
) -> None:
    received = send(intake, TEXT, tags=("topic.pricing",))

    with a_worker(pipeline):
        job = ended(intake, received.job)

    document = intake.catalog.documents.get(received.document_id)
    assert document is not None
    assert (job.state, job.problem, job.warnings) == (JobState.SUCCEEDED, None, ())
    assert (document.title, document.kind, document.language) == (
        "Fixer ses prix",
        DocumentKind.SHEET,
        "fr",
    )
    tags = intake.catalog.documents.tags([document.id])[document.id]
    assert [tag.tag_id for tag in tags] == ["topic.pricing"]
    assert "la marge" in intake.catalog.passages.of_document(document.id)[0].text


def test_an_unknown_tag_fails_the_job_and_names_itself(intake: Intake, pipeline: Pipeline) -> None:
    received = send(intake, TEXT, tags=("topic.unheard-of",))

    with a_worker(pipeline):
        job = ended(intake, received.job)

    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert job.problem.code == "unknown-tag"
    assert "'topic.unheard-of'" in job.problem.detail


def test_an_exchange_is_private_unless_it_says_otherwise(
    intake: Intake, pipeline: Pipeline
) -> None:
    content = msgspec.json.decode(an_exchange_json())
    content.pop("visibility", None)
    received = send(intake, msgspec.json.encode(content), "ex.json")

    with a_worker(pipeline):
        ended(intake, received.job)

    document = intake.catalog.documents.get(received.document_id)
    assert document is not None
    assert document.visibility is Visibility.PARTICIPANTS
    passage = intake.catalog.passages.of_document(document.id)[0]
    assert "everyone" not in passage.audiences


def test_bad_json_fails_with_a_reason_and_keeps_the_original(
    intake: Intake, pipeline: Pipeline
) -> None:
    received = send(intake, b'{"kind": "exchange", "id": ', "ex.json")

    with a_worker(pipeline):
        job = ended(intake, received.job)

    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert (job.problem.code, job.problem.stage) == ("damaged-file", Stage.EXTRACT)
    original = intake.catalog.jobs.submission(job.id).original
    assert intake.blobs.size(original) == len(b'{"kind": "exchange", "id": ')


def test_a_failed_job_holds_up_no_other(intake: Intake, pipeline: Pipeline) -> None:
    bad = send(intake, b"%PDF-1.7 and then nothing", "sheet.pdf")
    good = send(intake, TEXT)

    with a_worker(pipeline):
        states = [ended(intake, r.job).state for r in (bad, good)]

    assert states == [JobState.FAILED, JobState.SUCCEEDED]


def test_only_originals_and_contents_stay_in_the_store(
    intake: Intake, pipeline: Pipeline, settings: Settings
) -> None:
    received = send(intake, TEXT)

    with a_worker(pipeline):
        ended(intake, received.job)
        document = intake.catalog.documents.get(received.document_id)
        assert document is not None
        kept = {document.original, document.content}
        until(lambda: _stored(settings.data_dir / "blobs") == len(kept))


def test_a_new_revision_replaces_the_old_one(intake: Intake, pipeline: Pipeline) -> None:
    first = send(intake, TEXT, source="sheet:1")
    with a_worker(pipeline):
        ended(intake, first.job)
        second = send(intake, TEXT.replace(b"la marge", b"le risque"), source="sheet:1")
        ended(intake, second.job)

    assert second.document_id == first.document_id
    assert intake.catalog.documents.all_ids() == [first.document_id]
    assert "le risque" in intake.catalog.passages.of_document(first.document_id)[0].text


def test_what_is_said_anew_of_known_bytes_is_named(intake: Intake, pipeline: Pipeline) -> None:
    first = send(intake, TEXT, title="Un prix")
    with a_worker(pipeline):
        ended(intake, first.job)
    same = send(intake, TEXT, title="Un prix")
    other = send(intake, TEXT, title="Deux prix", tags=("topic.pricing",))

    assert (first.unheeded, same.unheeded) == ((), ())
    assert (other.is_new, other.unheeded) == (False, ("title", "tags"))


def test_an_older_revision_never_overwrites_a_newer_one(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = send(intake, TEXT, source="sheet:1")
    new = send(intake, TEXT.replace(b"la marge", b"le risque"), source="sheet:1")
    slow = steps.STEPS[Stage.ENRICH]

    def wait_for_the_newer(run: steps.StageRun) -> steps.NewKeys:
        if run.job_id == old.job.id:
            ended(intake, new.job)
        return slow(run)

    monkeypatch.setitem(steps.STEPS, Stage.ENRICH, wait_for_the_newer)
    two = msgspec.structs.replace(pipeline.settings.ingestion, workers=2)
    both = with_settings(pipeline, msgspec.structs.replace(pipeline.settings, ingestion=two))
    with a_worker(both):
        overtaken = ended(intake, old.job)

    assert overtaken.warnings == (steps.SUPERSEDED_WARNING,)
    assert "le risque" in intake.catalog.passages.of_document(new.document_id)[0].text


def test_what_may_pass_is_tried_again_and_what_will_not_is_not(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Stage] = []
    segment = steps.STEPS[Stage.SEGMENT]

    def fails_once(run: steps.StageRun) -> steps.NewKeys:
        tries.append(Stage.SEGMENT)
        if len(tries) == 1:
            raise TransientError("The store does not answer.")
        return segment(run)

    monkeypatch.setitem(steps.STEPS, Stage.SEGMENT, fails_once)
    received = send(intake, TEXT)
    with a_worker(pipeline):
        job = ended(intake, received.job)

    assert (job.state, len(tries)) == (JobState.SUCCEEDED, 2)


def test_a_crash_of_ours_is_a_plain_sentence(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashes(run: steps.StageRun) -> steps.NewKeys:
        raise KeyError("a secret of the document")

    monkeypatch.setitem(steps.STEPS, Stage.ENCODE, crashes)
    received = send(intake, TEXT)
    with a_worker(pipeline):
        job = ended(intake, received.job)

    assert job.problem is not None
    assert (job.problem.code, job.problem.detail) == ("internal", steps.INTERNAL_MESSAGE)


def test_a_failed_job_is_tried_again_on_request_and_only_then(
    intake: Intake, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, a_worker(pipeline):
        broken.setitem(steps.STEPS, Stage.ENCODE, lambda run: {}["nothing"])
        failed = ended(intake, send(intake, TEXT).job)
    with a_worker(pipeline):
        again = ended(intake, retry(intake, failed.id))

    assert (again.state, again.attempt) == (JobState.SUCCEEDED, 2)
    with pytest.raises(ConflictError):
        retry(intake, again.id)


def test_a_job_that_was_never_queued_is_found_by_the_worker(
    intake: Intake, pipeline: Pipeline
) -> None:
    class DeadQueue:
        def enqueue_ingest(self, job_id: str, *, long_media: bool, size_bytes: int = 0) -> None:
            raise TransientError("The job queue cannot be reached.")

        def enqueue_reencode(self, encoder: str) -> str:
            raise AssertionError

    received = send(msgspec.structs.replace(intake, queue=DeadQueue()), TEXT)

    with a_worker(pipeline):
        job = ended(intake, received.job)

    assert job.state is JobState.SUCCEEDED


def test_another_encoder_encodes_what_is_published_and_asks_for_indexes(
    intake: Intake, pipeline: Pipeline
) -> None:
    with a_worker(pipeline):
        received = send(intake, TEXT)
        ended(intake, received.job)
        intake.queue.enqueue_reencode("second")
        until(lambda: intake.catalog.generations.current().encoder == "second")

    ids = [p.id for p in intake.catalog.passages.of_document(received.document_id)]
    assert intake.catalog.passages.vectors(ids, "second").shape == (len(ids), 8)


def _stored(directory: Path) -> int:
    return sum(path.is_file() for path in directory.rglob("*"))
