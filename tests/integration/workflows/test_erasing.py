"""A person is erased: no byte of the data tells of them any more, and the receipt proves it."""

from __future__ import annotations

import json
import wave
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.intake import intake_of
from fixtures.builders import (
    a_judgment,
    a_phrasing,
    a_profile,
    a_search,
    an_event,
    an_exchange_dict,
)
from fixtures.fakes import FakeTranscriber
from indexer.backup import backup, restore
from indexer.catalog.tables import METADATA
from indexer.erasing.erase import erase
from indexer.erasing.ledger import LEDGER_FILE, Entry, entries, note
from indexer.erasing.pending import ensure_none_pending, erase_pending
from indexer.erasing.receipt import Receipt, person_hash, verify
from indexer.erasing.rows import person_columns
from indexer.feedback.pseudonyms import open_pseudonyms
from indexer.intake import Intake, SubmissionOptions, receive
from indexer.recordings import Recording
from pipelines.bootstrap import Pipeline
from pipelines.workflows.runtime import worker_slot
from schemas.errors import ConflictError, DamagedFileError, NotFoundError
from schemas.ids import DocumentId, PersonId
from schemas.job import JobState
from schemas.settings import Settings
from tests.integration.workflows.conftest import a_worker, ended

WHO = PersonId("s-zoe-karabelas")
NAME = "Zoé Karabelas"
SAID = "mon découvert atteint quarante mille"
THREAD = {
    "kind": "thread",
    "id": "th-1",
    "title": "Facturer un acompte",
    "authors": [
        {"id": WHO, "name": NAME, "role": "student"},
        {"id": "s-2", "name": "Camille Exemple", "role": "student"},
        {"id": "m-4", "name": "Dominique Modèle", "role": "mentor"},
    ],
    "started_at": "2026-03-02T10:00:00+01:00",
    "visibility": "students",
    "messages": [
        {"from": WHO, "at": "2026-03-02T10:00:00+01:00", "text": f"Bonjour, {SAID}, que faire ?"},
        {"from": "m-4", "at": "2026-03-02T10:10:00+01:00", "text": "Zoe, demandez un acompte."},
        {"from": "s-2", "at": "2026-03-02T10:20:00+01:00", "text": "Merci, cela marche pour moi."},
    ],
}
WORKSHOP = f"""WEBVTT

00:00:01.000 --> 00:00:04.000
{NAME}: Chez moi, {SAID}.

00:00:05.000 --> 00:00:09.000
Dominique Modèle: Merci Zoé, un acompte règle cela.

00:00:10.000 --> 00:00:12.000
<v {NAME}>Et {SAID} encore.</v>
"""
NOTE = f"# Acompte\n\nUn acompte se demande au devis. Exemple donné par {NAME.upper()}.\n"


def send(
    intake: Intake, content: bytes, name: str, media: Sequence[Recording] = (), **said: str
) -> DocumentId:
    options = SubmissionOptions(**said)  # type: ignore[arg-type]
    received = receive(
        intake, content, filename=name, options=options, uploaded_by=WHO, media=media
    )
    ended(intake, received.job)
    return received.document_id


def voices(folder: Path) -> list[Recording]:
    """Return two seconds of noise of each participant, under the names that the exchange gives."""
    rng, found = np.random.default_rng(7), []
    for n, name in enumerate((f"{NAME}.wav", "mentor.wav")):
        path = folder / f"voice-{n}.wav"
        with wave.open(str(path), "wb") as sound:
            sound.setparams((1, 2, 16_000, 0, "NONE", ""))
            sound.writeframes(rng.integers(-9_000, 9_000, 32_000).astype("<i2").tobytes())
        found.append(Recording(path, name))
    return found


@pytest.fixture
def school(
    intake: Intake, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, DocumentId]:
    """A school in which the person wrote, asked, searched, voted and built."""
    exchange = an_exchange_dict(student={"id": WHO, "name": NAME}, tags=[])
    exchange["messages"][0] |= {"from": WHO, "text": f"Bonjour, {SAID}."}
    exchange["media"] = [{"file": f"{NAME}.wav", "participant": WHO}, {"file": "mentor.wav"}]
    recordings = voices(tmp_path_factory.mktemp("voices"))
    with a_worker(msgspec.structs.replace(pipeline, transcriber=FakeTranscriber())):
        ids = {
            "exchange": send(intake, json.dumps(exchange).encode(), "ex.json", recordings),
            "thread": send(intake, json.dumps(THREAD, ensure_ascii=False).encode(), "th.json"),
            "note": send(
                intake,
                NOTE.encode(),
                f"Note de {NAME}.md",
                title=f"Note de {NAME}",
                source=f"note:{NAME}",
            ),
            "workshop": send(intake, WORKSHOP.encode(), "atelier.vtt"),
            "other": send(intake, b"# Devis\n\nUn devis engage celui qui le signe.", "d.md"),
        }
    catalog, now = intake.catalog, intake.clock()
    catalog.profiles.put(a_profile(WHO, name=NAME, description=SAID))
    other = catalog.documents.get(ids["other"])
    assert other is not None
    pseudonym = open_pseudonyms(intake.settings).of(WHO)
    asked = a_phrasing(f"dossier {NAME}")
    search = a_search("q-1", other, text=asked.text, person=pseudonym)
    catalog.feedback.append([search], events=[an_event(search, 1)], new=[asked])
    catalog.judgments.record(a_judgment(other, person_id=WHO, comment=f"Merci, {NAME}"))
    catalog.saved.add(WHO, other.id, now)
    (intake.settings.data_dir / "indexes").mkdir()
    (intake.settings.data_dir / "indexes" / "old").write_text(SAID)
    return ids


def everything(data_dir: Path) -> dict[str, bytes]:
    """Return the bytes of every file."""
    found = {}
    for path in (each for each in data_dir.rglob("*") if each.is_file()):
        data = path.read_bytes()
        found[str(path.relative_to(data_dir))] = data
    return found


def traces(data_dir: Path, *words: str) -> list[str]:
    """Return the files in which any of these words stands, in either encoding, in any case."""
    wanted = [
        each.encode(encoding).lower()
        for word in words
        for each in (word, json.dumps(word)[1:-1])
        for encoding in ("utf-8", "utf-16-le")
    ]
    return sorted(
        name
        for name, data in everything(data_dir).items()
        if any(each in data.lower() or each in name.lower().encode() for each in wanted)
    )


def test_nothing_of_the_person_is_left_in_any_byte(
    intake: Intake, pipeline: Pipeline, school: dict[str, DocumentId]
) -> None:
    data_dir = intake.settings.data_dir
    words = (NAME, NAME.upper(), "Karabelas", WHO, SAID)
    assert len(traces(data_dir, *words)) > 5

    receipt = erase(intake, WHO, version="1")

    left = traces(data_dir, *words)
    assert left == []
    assert set(receipt.erasure.documents_removed) == {school["exchange"]}
    assert set(receipt.erasure.documents_rewritten) == {
        school[name] for name in ("thread", "note", "workshop")
    }
    assert receipt.erasure.documents_still_named == ()
    assert len(receipt.erasure.blobs_removed) >= 5


def test_what_others_wrote_is_searchable_again_without_the_person(
    intake: Intake, pipeline: Pipeline, school: dict[str, DocumentId]
) -> None:
    erase(intake, WHO, version="1")
    with a_worker(pipeline):
        for name in ("thread", "note", "workshop"):
            job = intake.catalog.jobs.latest_for(school[name])
            assert job is not None
            assert ended(intake, job).state is JobState.SUCCEEDED

    text = {
        name: " ".join(p.text for p in intake.catalog.passages.of_document(school[name]))
        for name in ("thread", "note", "workshop", "other")
    }
    thread = intake.catalog.documents.get(school["thread"])
    assert thread is not None
    assert "[message effacé]" in text["thread"]
    assert "demandez un acompte" in text["thread"]
    assert "Zoe" not in text["thread"]
    assert "Exemple donné par [personne effacée]" in text["note"]
    assert text["workshop"].count("[message effacé]") == 2
    assert "Merci [personne effacée], un acompte règle cela." in text["workshop"]
    workshop = intake.catalog.documents.get(school["workshop"])
    assert workshop is not None
    assert {p.name for p in workshop.participants} == {"Personne effacée", "Dominique Modèle"}
    assert "engage celui qui le signe" in text["other"]
    assert [p.name for p in thread.participants][1:] == ["Camille Exemple", "Dominique Modèle"]
    assert traces(intake.settings.data_dir, "Karabelas", WHO, SAID) == []


def test_votes_stay_and_belong_to_nobody(intake: Intake, school: dict[str, DocumentId]) -> None:
    erase(intake, WHO, version="1")

    said = intake.catalog.judgments.after(0)
    assert [judgment.comment for _, judgment in said] == [""]
    assert WHO not in {judgment.person_id for _, judgment in said}
    assert intake.catalog.saved.all_of(WHO) == frozenset()
    assert intake.catalog.profiles.get(WHO) is None


def test_the_receipt_verifies_names_nobody_and_cannot_be_changed(
    intake: Intake, school: dict[str, DocumentId]
) -> None:
    receipt = erase(intake, WHO, version="1")

    verify(receipt)
    assert receipt.erasure.person == person_hash(intake.settings.data_dir, WHO)
    told = msgspec.json.encode(receipt).decode()
    assert WHO not in told
    assert NAME not in told
    changed = msgspec.structs.replace(receipt.erasure, documents_removed=())
    with pytest.raises(DamagedFileError, match="changed"):
        verify(Receipt(changed, receipt.public_key, receipt.signature))
    with pytest.raises(NotFoundError):
        erase(intake, WHO, version="1")


def test_an_erasure_cut_short_goes_on_as_the_same_one(
    intake: Intake, school: dict[str, DocumentId], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("indexer.erasing.erase.remove_leftovers", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(intake, WHO, version="1")
    begun = entries(intake.settings.data_dir / LEDGER_FILE)

    receipt = erase(intake, WHO, version="1")

    assert [entry.is_done for entry in begun] == [False]
    done = entries(intake.settings.data_dir / LEDGER_FILE)
    assert [(entry.id, entry.is_done) for entry in done] == [(receipt.erasure.id, True)]
    assert set(receipt.erasure.documents_removed) == {school["exchange"]}
    assert traces(intake.settings.data_dir, NAME, WHO, SAID) == []


def test_nobody_is_erased_while_a_worker_runs(
    intake: Intake, pipeline: Pipeline, tmp_path: Path
) -> None:
    with worker_slot(intake.settings.data_dir), pytest.raises(ConflictError, match="worker runs"):
        erase(intake, WHO, version="1")


def test_an_older_backup_is_clean_before_it_is_served(
    intake: Intake, school: dict[str, DocumentId], tmp_path: Path
) -> None:
    copies, now = tmp_path / "copies", intake.clock()
    old, _ = backup(intake.settings, copies, now=now, version="1")
    erase(intake, WHO, version="1")
    backup(intake.settings, copies, now=now + timedelta(days=1), version="1")
    new = Settings(data_dir=tmp_path / "new", models=intake.settings.models)

    restore(new, old)

    with intake_of(new) as restored:
        assert restored.catalog.documents.get(school["exchange"]) is not None
        with pytest.raises(ConflictError, match="cordee erase --pending"):
            ensure_none_pending(new, restored.catalog)
        receipts = erase_pending(restored, version="1")
        ensure_none_pending(new, restored.catalog)
        assert restored.catalog.documents.get(school["exchange"]) is None
    assert len(receipts) == 1
    verify(receipts[0])
    assert traces(new.data_dir, NAME, "Karabelas", WHO, SAID) == []


def test_a_backup_is_whole_and_says_when_it_is_not(
    intake: Intake, school: dict[str, DocumentId], tmp_path: Path
) -> None:
    snapshot, manifest = backup(
        intake.settings, tmp_path / "copies", now=intake.clock(), version="1"
    )
    new = Settings(data_dir=tmp_path / "new")
    restore(new, snapshot)
    with intake_of(new) as restored:
        assert {path.name for path in new.data_dir.glob("*.key")} == {
            path.name for path in intake.settings.data_dir.glob("*.key")
        }
        for document_id in school.values():
            document = restored.catalog.documents.get(document_id)
            assert document == intake.catalog.documents.get(document_id)
            assert restored.blobs.size(document.original) > 0
    with pytest.raises(ConflictError, match="in use"):
        restore(new, snapshot)

    damaged = tmp_path / "copies" / "blobs" / manifest.blobs[0][:2] / manifest.blobs[0]
    damaged.write_bytes(b"another")
    with pytest.raises(DamagedFileError, match="missing or was changed"):
        restore(Settings(data_dir=tmp_path / "third"), snapshot)
    assert not (tmp_path / "third" / "catalog.sqlite").exists()


def test_the_command_finishes_an_erasure_that_was_cut_short(
    intake: Intake, school: dict[str, DocumentId], monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir = intake.settings.data_dir
    with monkeypatch.context() as broken:
        broken.setattr("indexer.erasing.erase.remove_leftovers", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(intake, WHO, version="1")
    with pytest.raises(ConflictError, match="cut short"):
        ensure_none_pending(intake.settings, intake.catalog)

    done = CliRunner().invoke(app, ["erase", WHO, "--yes", "--data-dir", str(data_dir)])

    assert done.exit_code == 0, done.output
    ensure_none_pending(intake.settings, intake.catalog)
    assert traces(data_dir, NAME, WHO, SAID) == []
    assert len(list((data_dir / "receipts").iterdir())) == 1


def test_a_document_is_not_lost_when_its_new_job_cannot_be_written(
    intake: Intake,
    pipeline: Pipeline,
    school: dict[str, DocumentId],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("indexer.erasing.erase.insert_job", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(intake, WHO, version="1")
    erase(intake, WHO, version="1")
    with a_worker(pipeline):
        job = intake.catalog.jobs.latest_for(school["thread"])
        assert job is not None
        assert ended(intake, job).state is JobState.SUCCEEDED

    passages = intake.catalog.passages.of_document(school["thread"])
    assert "demandez un acompte" in " ".join(passage.text for passage in passages)


def test_a_line_of_the_ledger_that_was_cut_off_swallows_nothing(tmp_path: Path) -> None:
    ledger = tmp_path / LEDGER_FILE
    note(ledger, Entry("a", "x", "y", is_done=True))
    with ledger.open("ab") as file:
        file.write(b'{"id":"b","per')

    note(ledger, Entry("c", "x", "y", is_done=False))
    note(ledger, Entry("d", "x", "y", is_done=False))

    assert [entry.id for entry in entries(ledger)] == ["a", "c", "d"]


def test_every_column_that_names_a_person_is_known_to_erasing() -> None:
    endings = ("by", "person_id", "asker_id", "mentor_id", "answerer_id", "speaker_id")
    named = {
        column
        for table in METADATA.tables.values()
        for column in table.columns
        if column.name.endswith(endings)
    }
    gone_with_their_document = {
        column
        for column in named
        if column.table.name in {"replies", "corrections"} and column.name != "person_id"
    }

    assert named - gone_with_their_document <= set(person_columns())
