"""What is wrong in an index is found, and mended through the change log alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from api.adapters.job_queue import open_job_queue
from fixtures.entries import an_entry
from indexer import comparing
from indexer.blobs import open_blobs
from indexer.catalog.database import utc_now
from indexer.comparing import compare_at_rest
from indexer.doctor import Finding, Health, check_content
from indexer.intake import Intake
from indexer.position import INDEX_FORMAT, Position, write_position
from schemas.comparison import Comparison, Difference, Fault, IndexName
from schemas.document import Document
from schemas.errors import ConflictError
from schemas.ids import DocumentId, PassageId
from schemas.passage import IndexEntry
from tests.integration.indexer.conftest import PATIENCE_S, School

STRAY = PassageId(7)


@pytest.fixture
def devis(school: School) -> Document:
    school.publish("b", ["Le bilan.", "Le compte de résultat."], title="Bilan")
    return school.publish("a", ["Le devis.", "La facture."], title="Devis")


def faults(school: School, *, deep: bool = False) -> list[tuple[IndexName, Fault]]:
    return [(d.index, d.fault) for d in school.handle.compare(deep=deep).differences]


def entries_of(school: School, document: Document) -> tuple[list[IndexEntry], Any]:
    return school.catalog.changes.entries(document.id, "hashing")


def write_rows(school: School, owner: DocumentId, entries: list[IndexEntry]) -> None:
    with school.handle.engine.indexes.lease() as pair:
        pair.lexical.replace(owner, entries)
        pair.lexical.commit()


def write_points(school: School, owner: DocumentId, entries: list[IndexEntry], rows: Any) -> None:
    with school.handle.engine.indexes.lease() as pair:
        pair.dense.replace(owner, entries, rows)


def a_stray(owner: str) -> IndexEntry:
    entry = an_entry(STRAY)
    return replace(entry, passage=replace(entry.passage, document_id=DocumentId(owner)))


def drop_and_stray(school: School, document: Document) -> None:
    """Take one passage out of each index, and put one of an unknown document into each."""
    entries, vectors = entries_of(school, document)
    write_rows(school, document.id, entries[:1])
    write_points(school, document.id, entries[:1], vectors[:1])
    write_rows(school, DocumentId("d-stray"), [a_stray("d-stray")])
    write_points(school, DocumentId("d-stray"), [a_stray("d-stray")], vectors[:1])


def test_a_fault_is_found_and_mended_through_the_change_log(
    school: School, devis: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = school.handle.compare(deep=True)
    monkeypatch.setattr(comparing, "_PAGE", 1)  # more pages than one
    drop_and_stray(school, devis)
    found = school.handle.compare(deep=False)

    said = examined(school, lambda: found)
    mended = examined(school, lambda: found, repair=True)
    school.wait()

    assert (sound.n_passages, sound.differences, sound.is_whole) == (4, (), True)
    assert {(d.index, d.fault, d.document_id) for d in found.differences} == {
        (index, fault, owner)
        for index in IndexName
        for fault, owner in ((Fault.MISSING, devis.id), (Fault.LEFT_OVER, "d-stray"))
    }
    assert len(found.differences) == 4
    assert said.health is Health.ERROR
    assert "1 missing (lexical)" in said.says
    assert "1 left over (dense)" in said.says
    assert mended.health is Health.REPAIRED
    assert "2 documents are indexed again" in mended.says
    assert faults(school, deep=True) == []


def test_other_words_and_vectors_under_the_same_passages_are_found(
    school: School, devis: Document
) -> None:
    entries, vectors = entries_of(school, devis)
    write_rows(school, devis.id, [an_entry(e.passage.id, "Tout autre chose") for e in entries])
    write_points(school, devis.id, entries, vectors[::-1])

    assert faults(school) == []
    assert sorted(faults(school, deep=True)) == [
        *[(IndexName.DENSE, Fault.CHANGED)] * 2,
        *[(IndexName.LEXICAL, Fault.CHANGED)] * 2,
    ]


def test_what_a_newer_revision_replaced_is_stale(school: School, devis: Document) -> None:
    before, old = entries_of(school, devis)
    school.publish("a", ["Le devis, tout autrement."], title="Devis")
    now, new = entries_of(school, devis)
    write_points(school, devis.id, [*before, *now], np.concatenate([old, new]))

    assert faults(school) == [(IndexName.DENSE, Fault.STALE)] * 2


def test_a_point_of_nobody_is_mended_by_building_anew(school: School, devis: Document) -> None:
    _, vectors = entries_of(school, devis)
    write_points(school, DocumentId(""), [a_stray("")], vectors[:1])
    found, number = school.handle.compare(deep=False), school.handle.generation

    mended = examined(school, lambda: found, repair=True)

    stray = Difference(IndexName.DENSE, Fault.LEFT_OVER, STRAY, DocumentId(""))
    assert found.differences == (stray,)
    assert f"generation {number + 1} anew" in mended.says
    assert school.handle.wait_for_generation(number + 1, PATIENCE_S)
    assert faults(school) == []


def test_what_changes_meanwhile_is_left_out_and_very_much_is_cut(
    school: School, devis: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_and_stray(school, devis)
    with school.handle.engine.indexes.lease() as pair:
        moving = comparing.compare(pair, 0, school.catalog, deep=False)
    monkeypatch.setattr(comparing, "MOST_DIFFERENCES", 1)
    cut = school.handle.compare(deep=False)

    mended = examined(school, lambda: cut, repair=True)

    assert {each.document_id for each in moving.differences} == {"d-stray"}
    assert (len(cut.differences), cut.is_whole) == (1, False)
    assert "and more" in mended.says
    assert "anew" in mended.says


def test_indexes_at_rest_are_compared_without_a_model(school: School, devis: Document) -> None:
    settings, position = school.settings, school.handle.position
    with pytest.raises(ConflictError, match="in use"):
        compare_at_rest(settings, school.catalog, deep=False)
    number = school.handle.generation
    drop_and_stray(school, devis)
    school.handle.close()
    try:
        found = compare_at_rest(settings, school.catalog, deep=False)
        # It stands at an older change: what came since is the server's to bring in.
        write_position(
            settings.index_dir / str(number), Position(INDEX_FORMAT, "hashing", position - 1)
        )
        behind = compare_at_rest(settings, school.catalog, deep=False)
    finally:
        school.handle = school.open()

    assert found is not None
    assert len(found.differences) == 4
    assert behind is not None
    assert {each.document_id for each in behind.differences} == {"d-stray"}


def examined(school: School, compare: Callable[[], Comparison], *, repair: bool = False) -> Finding:
    settings = school.settings
    with closing(open_job_queue(settings)) as queue:
        intake = Intake(
            catalog=school.catalog,
            blobs=open_blobs(settings.blob_url),
            queue=queue,
            settings=settings,
            clock=utc_now,
        )
        return check_content(intake, repair, compare)
