"""A person is erased from the catalog alike on every database: no row tells of them any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from fixtures.builders import (
    a_body,
    a_document,
    a_judgment,
    a_phrasing,
    a_profile,
    a_question,
    a_search,
    a_student,
    a_submission,
    an_event,
    an_exchange,
)
from indexer.blobs import open_blobs
from indexer.catalog.catalog import Catalog
from indexer.catalog.erasure_tables import erasures
from indexer.catalog.questions import Change
from indexer.catalog.tables import METADATA
from indexer.erasing.erase import erase
from indexer.feedback.pseudonyms import open_pseudonyms
from indexer.intake import Intake
from schemas.document import DocumentKind, MediaKind
from schemas.ids import DocumentId, PersonId
from schemas.job import JobState
from schemas.question import Likeness, Step, StepKind
from schemas.settings import Settings
from tests.e2e.api.school import ListQueue

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WHO = PersonId("s-zoe-karabelas")
NAME = "Zoé Karabelas"


class IdleQueue(ListQueue):
    """A queue on which nothing was ever worked."""

    def forget(self, document_ids: Collection[DocumentId]) -> int:
        """Return that nothing was kept of them."""
        return 0 * len(document_ids)

    def compact(self) -> None:
        """Do nothing: there is no database."""


@pytest.fixture
def intake(catalog: Catalog, tmp_path: Path) -> Intake:
    return Intake(
        catalog=catalog,
        blobs=open_blobs((tmp_path / "blobs").as_uri()),
        queue=IdleQueue(),
        settings=Settings(data_dir=tmp_path),
        clock=lambda: NOW,
    )


@pytest.fixture
def school(intake: Intake) -> dict[str, DocumentId]:
    """A school in which the person wrote, asked, searched, voted and built."""
    catalog, blobs = intake.catalog, intake.blobs
    body = blobs.put(msgspec.json.encode(a_body((f"Exemple donné par {NAME}.",))))
    exchange = an_exchange(
        participants=(a_student(WHO, NAME),), content=body, original=blobs.put(NAME.encode())
    )
    note = a_document(
        "note:1",
        title=f"Note de {NAME}",
        kind=DocumentKind.SHEET,
        media_kind=MediaKind.TEXT,
        original=blobs.put(f"# Note\n\nExemple donné par {NAME}.".encode()),
        content=body,
    )
    devis = blobs.put(msgspec.json.encode(a_body(("Un devis engage celui qui le signe.",))))
    other = a_document("sheet:other", content=devis, original=devis)
    for document in (exchange, note, other):
        catalog.publishing.publish(document, [], {}, [])
        sent = a_submission(
            document.source,
            filename=f"{NAME}.md",
            title=NAME,
            uploaded_by=WHO,
            original=document.original,
            revision=document.revision,
        )
        job, _ = catalog.jobs.create(sent, now=NOW)
        catalog.jobs.update(job.id, now=NOW, state=JobState.SUCCEEDED)
    catalog.sharings.request(other.id, WHO, NOW)
    catalog.profiles.put(a_profile(WHO, name=NAME))
    asked = a_phrasing(f"dossier {NAME}")
    person = open_pseudonyms(intake.settings).of(WHO)
    search = a_search("q-1", other, text=asked.text, person=person)
    catalog.feedback.append([search], events=[an_event(search, 1)], new=[asked])
    catalog.judgments.record(a_judgment(other, person_id=WHO, comment=f"Merci, {NAME}"))
    catalog.saved.add(WHO, other.id, NOW)
    question = a_question(asker_id=WHO, asker_name=NAME)
    step = Step(question.id, StepKind.ASKED, NOW, WHO, NAME)
    likeness = Likeness("test-encoder", b"\x00\x3c", ())
    catalog.questions.ask(Change(question, (step,)), likeness)
    return {"exchange": exchange.id, "note": note.id, "other": other.id}


def told(catalog: Catalog) -> dict[str, str]:
    """Return everything that stands in the catalog, by table."""
    with catalog.database.reading() as connection:
        return {
            table.name: repr(connection.execute(select(table)).all())
            for table in METADATA.sorted_tables
        }


def tables_that_tell(catalog: Catalog) -> set[str]:
    words = (WHO, NAME, "Karabelas")
    return {name for name, rows in told(catalog).items() if any(word in rows for word in words)}


def test_no_row_tells_of_somebody_who_was_erased(
    intake: Intake, catalog: Catalog, school: dict[str, DocumentId]
) -> None:
    before = tables_that_tell(catalog)

    receipt = erase(intake, WHO, version="1")

    assert before >= {
        "documents", "participants", "jobs", "profiles", "questions", "judgments", "phrasings",
        "saved_documents", "searches", "sharings",
    }  # fmt: skip
    assert tables_that_tell(catalog) == set()
    assert receipt.erasure.documents_removed == (school["exchange"],)
    assert receipt.erasure.documents_rewritten == (school["note"],)
    assert catalog.documents.get(school["exchange"]) is None
    assert catalog.documents.get(school["other"]) is not None
    with catalog.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(erasures)).scalar_one() == 1
