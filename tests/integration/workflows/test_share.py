"""An exchange that is shared: what students get, and that nothing in it tells who is who."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
import pytest

from fixtures.builders import an_exchange_dict
from indexer.catalog.sharings import Confirmed
from indexer.erasing.leftovers import referred
from indexer.erasing.plan import plan_of
from indexer.intake import Intake, Received, SubmissionOptions, receive
from indexer.recordings import Recording
from indexer.restricting import restrict
from indexer.sharing import desk
from indexer.sharing.preview import Preview, preview_of
from pipelines.bootstrap import Pipeline
from pipelines.workflows.ingest import finish, problem_of
from pipelines.workflows.steps import STEPS, run_stage
from schemas.content import Transcript, Utterance, Word
from schemas.document import Document, MediaKind, Visibility
from schemas.errors import ConflictError, CordeeError, InvalidInputError, NotFoundError
from schemas.feedback import Pseudonym
from schemas.identity import EVERYONE, Caller, Role
from schemas.ids import BlobKey, DocumentId, PersonId, Revision
from schemas.job import Job, JobState
from schemas.sharing import Decisions, FindingKind, Mark, Place, SharingState
from schemas.span import MessageSpan, TimeSpan
from tests.integration.workflows.conftest import a_worker, ended

CLAIRE = Caller(PersonId("m-claire"), Role.MENTOR, "Claire Roudanec")
TOLD = (
    "Bonjour Claire, c'est Léa Trémorvan, léa pour les intimes. Appelez-moi au 06 12 34 56 78.",
    "Bonjour Lea ! Écrivez à lea.tremorvan@terres.example et à ma collègue Gwénaëlle Tanguy.",
    "Le four, trémorvant l'a promis, chauffe à 1 250 degrés : qui paie l'électricité ?",
    "Vous, au prorata des cuissons. Gwénaëlle vous enverra un modèle de bail.",
)
NEVER = ("lea", "léa", "tremorvan", "trémorvan", "claire", "roudanec", "gwénaëlle", "tanguy",
         "06 12 34", "terres.example", "s-lea", "m-claire")  # fmt: skip


def an_exchange(**changes: object) -> bytes:
    people = {
        "student": {"id": "s-lea", "name": "Léa Trémorvan"},
        "mentor": {"id": "m-claire", "name": "Claire Roudanec"},
    }
    messages = [
        {"from": ("s-lea", "m-claire")[n % 2], "at": f"2026-03-02T1{n}:00:00+01:00", "text": text}
        for n, text in enumerate(TOLD)
    ]
    facts = {"title": "Léa Trémorvan et son four", "tags": [], "messages": messages}
    return msgspec.json.encode(an_exchange_dict(**(people | facts | changes)))


def send(intake: Intake, content: bytes, **options: object) -> Received:
    said = SubmissionOptions(**options)  # type: ignore[arg-type]
    return receive(intake, content, filename="lea.json", options=said, uploaded_by=None)


def work(pipeline: Pipeline, job: Job) -> Job:
    """Do all that a worker does for a job, without the worker's start and end."""
    keys: dict[str, BlobKey] = {}
    problem = None
    for stage in STEPS:
        try:
            keys |= run_stage(pipeline, job.id, stage, keys)
        except CordeeError as error:
            problem = problem_of(error, stage)
            break
    finish(pipeline, job.id, list(keys.values()), problem)
    done = pipeline.catalog.jobs.get(job.id)
    assert done is not None
    return done


def published(pipeline: Pipeline, received: Received) -> Document:
    assert work(pipeline, received.job).state is JobState.SUCCEEDED
    document = pipeline.catalog.documents.get(received.document_id)
    assert document is not None
    return document


def seen(intake: Intake, document: Document) -> Preview:
    sharing = intake.catalog.sharings.get(document.id)
    assert sharing is not None
    return preview_of(intake.catalog, intake.blobs, document, sharing.decisions)


def shared(intake: Intake, pipeline: Pipeline, document: Document) -> Document:
    """Confirm what the preview shows and return the copy."""
    job = desk.confirm(intake, document, seen(intake, document).version, CLAIRE)
    assert work(pipeline, job).state is JobState.SUCCEEDED
    copy = intake.catalog.documents.get(job.document_id)
    assert copy is not None
    return copy


def turns_of(intake: Intake, document: Document) -> list[str]:
    content = msgspec.json.decode(intake.blobs.read(document.content), type=Transcript)
    return [turn.text for turn in content.utterances]


def test_an_exchange_that_wants_to_be_shared_waits_for_a_mentor(
    intake: Intake, pipeline: Pipeline
) -> None:
    received = send(intake, an_exchange(visibility="students"))

    with a_worker(pipeline):
        ended(intake, received.job)
        document = intake.catalog.documents.get(received.document_id)

    assert document is not None
    job = intake.catalog.jobs.get(received.job.id)
    sharing = intake.catalog.sharings.get(document.id)
    assert job is not None and job.warnings and "without names" in job.warnings[0]  # noqa: PT018
    assert document.visibility is Visibility.PARTICIPANTS
    assert EVERYONE not in intake.catalog.documents.audiences(document.id)
    assert sharing is not None
    assert (sharing.state, sharing.requested_by) == (SharingState.REQUESTED, None)
    assert [each.document_id for each in intake.catalog.sharings.waiting({"mentors"}, limit=9)] == [
        document.id
    ]
    assert intake.catalog.sharings.waiting({EVERYONE}, limit=9) == []


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({"visibility": "participants"}, {"visibility": Visibility.STUDENTS}),
        ({"visibility": "students"}, {"kind": "course"}),
    ],
)
def test_no_way_in_opens_an_exchange(
    intake: Intake, pipeline: Pipeline, changes: dict[str, str], options: dict[str, object]
) -> None:
    document = published(pipeline, send(intake, an_exchange(**changes), **options))

    assert document.visibility is Visibility.PARTICIPANTS
    assert intake.catalog.sharings.get(document.id) is not None


def test_a_visibility_chosen_once_opens_no_later_revision(
    intake: Intake, pipeline: Pipeline
) -> None:
    document = published(pipeline, send(intake, an_exchange(anonymised=True)))
    intake.catalog.documents.set_visibility(document.id, Visibility.STUDENTS)
    again = published(pipeline, send(intake, an_exchange(title="Autre")))

    assert again.id == document.id
    assert again.visibility is Visibility.PARTICIPANTS


def test_an_exchange_that_the_school_made_fit_for_students_is_open(
    intake: Intake, pipeline: Pipeline
) -> None:
    document = published(
        pipeline, send(intake, an_exchange(visibility="students", anonymised=True))
    )

    assert document.visibility is Visibility.STUDENTS
    assert intake.catalog.sharings.get(document.id) is None


def test_who_sends_an_exchange_may_say_that_it_is_fit_for_students(
    intake: Intake, pipeline: Pipeline
) -> None:
    said = {"visibility": Visibility.STUDENTS, "anonymised": True}
    document = published(pipeline, send(intake, an_exchange(), **said))
    again = send(intake, an_exchange(title="Autre"), visibility=Visibility.STUDENTS)

    assert document.visibility is Visibility.STUDENTS
    assert published(pipeline, again).visibility is Visibility.PARTICIPANTS


def test_nobody_sends_a_copy_from_outside(intake: Intake) -> None:
    with pytest.raises(InvalidInputError, match="by sharing"):
        send(intake, b"text", source="shared:d-1")


def test_no_byte_of_the_copy_tells_who_somebody_is(intake: Intake, pipeline: Pipeline) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    copy = shared(intake, pipeline, document)

    assert turns_of(intake, copy) == [
        "Bonjour [mentor], c'est [élève], [élève] pour les intimes. Appelez-moi au [téléphone].",
        "Bonjour [élève] ! Écrivez à [e-mail] et à ma collègue [personne 1].",
        "Le four, [élève] l'a promis, chauffe à 1 250 degrés : qui paie l'électricité ?",
        "Vous, au prorata des cuissons. [personne 1] vous enverra un modèle de bail.",
    ]
    assert copy.title == "[élève] et son four"
    assert copy.visibility is Visibility.STUDENTS
    assert EVERYONE in intake.catalog.documents.audiences(copy.id)
    assert [(p.name, p.role.value) for p in copy.participants] == [
        ("Élève", "speaker"),
        ("Mentor", "speaker"),
    ]
    rows = _rows_of(intake, copy)
    blobs = [intake.blobs.read(key) for key in (copy.original, copy.content)]
    sharing = intake.catalog.sharings.get(document.id)
    assert sharing is not None and sharing.plan is not None  # noqa: PT018
    told = " ".join([rows, *(blob.decode() for blob in (*blobs, intake.blobs.read(sharing.plan)))])
    assert [word for word in NEVER if word in told.lower()] == []
    # The original is whole, and its participants still see it.
    assert turns_of(intake, document) == list(TOLD)
    [reply] = intake.catalog.replies.of(copy.id)
    assert "qui paie l'électricité" in reply.title
    assert (reply.asker_id, reply.answerer_id) == ("anonymous:student", "anonymous:mentor")


def test_what_a_mentor_decides_is_what_is_shared(intake: Intake, pipeline: Pipeline) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    found = seen(intake, document).findings
    person = next(one for one in found if one.kind is FindingKind.PERSON)
    at = TOLD[2].index("électricité")
    desk.decide(
        intake,
        document,
        Decisions(
            kept=(Mark(person.place, person.text),),
            added=(Mark(Place(2, at, at + 11), "électricité"),),
            names_mentor=True,
        ),
    )
    copy = shared(intake, pipeline, document)

    turns = turns_of(intake, copy)
    assert turns[0].startswith("Bonjour Claire, c'est [élève]")
    assert "ma collègue Gwénaëlle Tanguy" in turns[1]
    assert turns[2].endswith("qui paie l'[masqué] ?")
    assert ("m-claire", "Claire Roudanec") in {(p.id, p.name) for p in copy.participants}


def test_only_what_was_looked_at_is_shared(intake: Intake, pipeline: Pipeline) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    before = seen(intake, document)
    place = before.findings[0]
    desk.decide(intake, document, Decisions(kept=(Mark(place.place, place.text),)))

    with pytest.raises(ConflictError, match="look at it again"):
        desk.confirm(intake, document, before.version, CLAIRE)
    with pytest.raises(InvalidInputError, match="do not fit"):
        desk.decide(intake, document, Decisions(kept=(Mark(place.place, "autre"),)))
    assert intake.catalog.documents.get(_copy_id(intake, document)) is None


def test_a_changed_original_takes_its_copy_back(intake: Intake, pipeline: Pipeline) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    copy = shared(intake, pipeline, document)
    other = an_exchange(title="Le four de Léa Trémorvan")
    again = published(pipeline, send(intake, other))
    sharing = intake.catalog.sharings.get(document.id)
    gone = intake.catalog.documents.get(copy.id)
    anew = shared(intake, pipeline, again)

    assert sharing is not None
    assert (sharing.state, gone) == (SharingState.STALE, None)
    assert (anew.id, anew.title) == (copy.id, "Le four de [élève]")


def test_what_is_hidden_meanwhile_is_not_shared(intake: Intake, pipeline: Pipeline) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    sharing = desk.ask(intake, document, CLAIRE)
    confirmed = Confirmed(
        CLAIRE.person_id, intake.clock(), document.content, BlobKey("plan"), Revision("r")
    )
    seen_before = seen(intake, document)
    restrict(
        intake,
        document,
        MessageSpan(2, 3),
        visibility=Visibility.MENTORS,
        reason="",
        by=CLAIRE,
    )

    # The desk read the document before that, and writes after it.
    with pytest.raises(ConflictError, match="hidden from students"):
        intake.catalog.sharings.confirm(document.id, sharing.decisions, confirmed)
    with pytest.raises(ConflictError, match="hidden from students"):
        desk.confirm(intake, document, seen_before.version, CLAIRE)
    assert intake.catalog.jobs.latest_for(_copy_id(intake, document)) is None


@pytest.mark.parametrize("way", ["withdraw", "delete the original", "delete the copy"])
def test_a_copy_goes_when_it_is_shared_no_longer(
    intake: Intake, pipeline: Pipeline, way: str
) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    copy = shared(intake, pipeline, document)

    match way:
        case "withdraw":
            desk.withdraw(intake, document)
        case "delete the original":
            intake.catalog.documents.delete(document.id)
        case _:
            intake.catalog.documents.delete(copy.id)

    assert intake.catalog.documents.get(copy.id) is None
    assert intake.catalog.sharings.get(document.id) is None
    with pytest.raises(NotFoundError):
        desk.withdraw(intake, document)


def test_a_copy_taken_back_while_it_is_made_is_not_published(
    intake: Intake, pipeline: Pipeline
) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    job = desk.confirm(intake, document, seen(intake, document).version, CLAIRE)
    desk.withdraw(intake, document)

    done = work(pipeline, job)

    assert done.state is JobState.FAILED
    assert done.problem is not None
    assert "nothing is shared" in done.problem.detail
    assert intake.catalog.documents.get(job.document_id) is None


class Hears:
    """Hears a name from 1.0 to 1.6 s of whatever it is given."""

    def transcribe(self, wav: Path, **_: object) -> Transcript:
        said = (("Bonjour", 200, 900), ("Trémorvan,", 1000, 1600), ("ça", 1650, 1900),
                ("chauffe", 1900, 2600))  # fmt: skip
        words = tuple(Word(text, start, end, 0.9) for text, start, end in said)
        text = " ".join(word.text for word in words)
        return Transcript((
            Utterance(0, text, PersonId("s-lea"), TimeSpan(200, 2600), words=words),
        ))


def test_names_are_silent_in_the_sound_and_everything_else_is_heard(
    intake: Intake, pipeline: Pipeline, tmp_path: Path
) -> None:
    recording = _tone(tmp_path / "léa trémorvan.wav")
    hears = msgspec.structs.replace(pipeline, transcriber=Hears())
    received = receive(
        intake,
        an_exchange(messages=[], media="call.wav", channel="call"),
        filename="lea.json",
        options=SubmissionOptions(),
        uploaded_by=None,
        media=[Recording(recording, recording.name)],
    )
    document = published(hears, received)
    desk.ask(intake, document, CLAIRE)
    copy = shared(intake, hears, document)

    content = msgspec.json.decode(intake.blobs.read(copy.content), type=Transcript)
    assert [w.text for w in content.utterances[0].words] == [
        "Bonjour", "[élève],", "ça", "chauffe",
    ]  # fmt: skip
    assert copy.media_kind is MediaKind.AUDIO
    assert copy.media.playable is not None
    assert b"morvan" not in intake.blobs.read(copy.media.playable)
    loud = _loudness(intake.blobs.read(copy.media.playable), tmp_path)
    assert loud(1.0, 1.6) < 0.001
    assert min(loud(0.2, 0.85), loud(1.75, 2.6)) > 0.1


def _tone(path: Path) -> Path:
    """Write 3 s of 440 Hz."""
    samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(3 * 16_000) / 16_000)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def _loudness(encoded: bytes, folder: Path) -> Callable[[float, float], float]:
    """Return what tells the root mean square of a stretch of seconds, 0 to 1."""
    source, target = folder / "heard.m4a", folder / "heard.wav"
    source.write_bytes(encoded)
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-i", source, "-ar", "16000", "-ac", "1", target],
        check=True,
        capture_output=True,
    )
    with wave.open(str(target)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32767

    def between(start_s: float, end_s: float) -> float:
        part = samples[int(start_s * 16_000) : int(end_s * 16_000)]
        return float(np.sqrt(np.mean(part**2)))

    return between


def _copy_id(intake: Intake, document: Document) -> DocumentId:
    sharing = intake.catalog.sharings.get(document.id)
    assert sharing is not None
    return sharing.copy_id


def _rows_of(intake: Intake, copy: Document) -> str:
    """Return every row of the catalog that is the copy's, and its job, as one text."""
    path = re.sub(r"^sqlite:///", "", intake.settings.catalog_url)
    wanted = {"documents": "id", "participants": "document_id", "passages": "document_id",
              "tag_assignments": "document_id", "replies": "document_id",
              "document_audiences": "document_id"}  # fmt: skip
    with sqlite3.connect(path) as connection:
        rows = [
            row
            for table, column in wanted.items()
            for row in connection.execute(f"select * from {table} where {column} = ?", (copy.id,))  # noqa: S608
        ]
        jobs = connection.execute(
            "select filename, warnings, json_remove(submission, '$.uploaded_by') from jobs "
            "where document_id = ?",
            (copy.id,),
        )
        return repr([*rows, *jobs])


def test_erasing_a_student_takes_the_copy_and_all_it_is_made_of(
    intake: Intake, pipeline: Pipeline
) -> None:
    document = published(pipeline, send(intake, an_exchange()))
    desk.ask(intake, document, CLAIRE)
    copy = shared(intake, pipeline, document)
    plan = intake.catalog.sharings.get(document.id)
    assert plan is not None
    assert plan.plan in set(referred(intake.catalog))

    decided = plan_of(intake.catalog, intake.blobs, PersonId("s-lea"), Pseudonym("p"))

    assert set(decided.removed) == {document.id, copy.id}
