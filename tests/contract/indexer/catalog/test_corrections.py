"""Corrections of what was heard, on both databases."""

from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_blob_key,
    a_correction,
    a_document,
    a_passage,
    a_revision,
    a_transcript,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from schemas.content import Utterance
from schemas.correction import Correction
from schemas.document import Document
from schemas.errors import ConflictError, NotFoundError, TransientError

LATER = A_MOMENT + timedelta(minutes=1)
SECOND_REVISION = a_revision("second")


def turns() -> tuple[Utterance, ...]:
    return a_transcript(["La TVA est un impopayé.", "Voilà pour le principe."]).utterances


def of(document: Document, turn: int = 0, text: str = "La TVA est un impôt.", **more: Any) -> Any:
    given = {"document_id": document.id, "revision": document.revision} | more
    return a_correction(turns()[turn], text, **given)


def publish(catalog: Catalog, n: int = 3, **changes: Any) -> Document:
    document = a_document(**changes)
    vectors = {AN_ENCODER: some_vectors(n)}
    catalog.publishing.publish(document, some_passages(document, n), vectors, [])
    found = catalog.documents.get(document.id)
    assert found is not None
    return found


def apply(
    catalog: Catalog, document: Document, *corrections: Correction, n: int = 3, **more: Any
) -> int:
    given = {"content": a_blob_key("corrected"), "now": LATER} | more
    passages = some_passages(document, n)
    vectors = {AN_ENCODER: some_vectors(n)}
    return catalog.publishing.correct(document, passages, vectors, applied=corrections, **given)


def test_corrections_come_back_as_they_were_made_in_order_of_time(catalog: Catalog) -> None:
    document = publish(catalog)
    last, first = of(document, 1, "Voilà."), of(document)
    catalog.corrections.save(last)
    catalog.corrections.save(first)

    assert catalog.corrections.of(document.id, document.revision) == [first, last]


def test_the_latest_text_stands_and_what_was_heard_first_stays(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.corrections.save(of(document, text="La TVA est un impôt."))
    reread = msgspec.structs.replace(turns()[0], text="La TVA est un impôt.")
    latest = of(document, text="La TVA est une taxe.", corrected_at=LATER)
    latest = msgspec.structs.replace(latest, heard=reread)

    catalog.corrections.save(latest)

    (kept,) = catalog.corrections.of(document.id, document.revision)
    assert (kept.text, kept.corrected_at) == ("La TVA est une taxe.", LATER)
    assert kept.heard == turns()[0]


def test_another_revision_is_not_corrected_by_mistake(catalog: Catalog) -> None:
    document = publish(catalog)

    with pytest.raises(ConflictError):
        catalog.corrections.save(of(document, revision=SECOND_REVISION))
    with pytest.raises(NotFoundError):
        catalog.corrections.save(of(a_document("sheet:none")))


def test_corrections_of_a_revision_are_there_again_when_its_bytes_come_back(
    catalog: Catalog,
) -> None:
    first = publish(catalog)
    catalog.corrections.save(of(first))
    publish(catalog, revision=SECOND_REVISION)
    meanwhile = catalog.corrections.of(first.id, SECOND_REVISION)

    publish(catalog)

    assert meanwhile == []
    assert catalog.corrections.of(first.id, first.revision) == [of(first)]


def test_a_deleted_document_takes_its_corrections_along(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.corrections.save(of(document))

    catalog.documents.delete(document.id)

    assert catalog.corrections.of(document.id, document.revision) == []
    assert catalog.corrections.waiting(10) == []


def test_what_waits_is_what_is_published_and_not_applied(catalog: Catalog) -> None:
    document, other = publish(catalog), publish(catalog, source="sheet:other")
    gone = publish(catalog, source="sheet:gone")
    for one in (document, other, gone):
        catalog.corrections.save(of(one))
    catalog.corrections.save(of(document, 1, "Voilà.", corrected_at=LATER))
    publish(catalog, source="sheet:gone", revision=SECOND_REVISION)

    assert catalog.corrections.waiting(10) == [(other.id, A_MOMENT), (document.id, LATER)]
    assert catalog.corrections.waiting(1) == [(other.id, A_MOMENT)]


def test_applying_replaces_text_and_passages_at_once_and_tells_the_indexes(
    catalog: Catalog,
) -> None:
    document = publish(catalog)
    catalog.corrections.save(of(document))
    before = catalog.changes.last_position()
    text = a_passage(document, 1, text="La TVA est un impôt.")

    position = catalog.publishing.correct(
        document,
        [a_passage(document, 0), text],
        {AN_ENCODER: some_vectors(2)},
        content=a_blob_key("corrected"),
        applied=[of(document)],
        now=LATER,
    )

    found = catalog.documents.get(document.id)
    assert found == msgspec.structs.replace(document, content=a_blob_key("corrected"), n_passages=2)
    assert catalog.passages.of_document(document.id) == [a_passage(document, 0), text]
    assert position > before
    (kept,) = catalog.corrections.of(document.id, document.revision)
    assert kept.applied_at == LATER
    assert catalog.corrections.waiting(10) == []


def test_a_correction_changed_while_it_was_applied_goes_on_waiting(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.corrections.save(of(document))
    catalog.corrections.save(of(document, text="La TVA est une taxe.", corrected_at=LATER))

    apply(catalog, document, of(document))

    assert catalog.corrections.waiting(10) == [(document.id, LATER)]


def test_what_another_has_published_meanwhile_is_not_overwritten(catalog: Catalog) -> None:
    document = publish(catalog)
    apply(catalog, document)

    with pytest.raises(TransientError):
        apply(catalog, document)  # read before the first one
    publish(catalog, revision=SECOND_REVISION)
    with pytest.raises(TransientError):
        apply(catalog, document)
    catalog.documents.delete(document.id)
    with pytest.raises(NotFoundError):
        apply(catalog, document)


def test_a_failed_correction_leaves_no_trace(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.corrections.save(of(document))
    before = catalog.changes.last_position()
    catalog.generations.ensure(AN_ENCODER)

    with pytest.raises(ConflictError):
        catalog.publishing.correct(
            document,
            some_passages(document),
            {},
            content=a_blob_key("corrected"),
            applied=[of(document)],
            now=LATER,
        )

    assert catalog.documents.get(document.id) == document
    assert catalog.changes.last_position() == before
    assert catalog.corrections.waiting(10) == [(document.id, A_MOMENT)]


def test_vectors_are_read_per_passage_also_when_some_have_none(catalog: Catalog) -> None:
    document = publish(catalog)
    ids = [passage.id for passage in some_passages(document)]
    catalog.passages.add_vectors("second", ids[:1], some_vectors(1))

    first, second = (catalog.passages.vectors_of(document.id, e) for e in (AN_ENCODER, "second"))

    assert (list(first), list(second)) == (ids, ids[:1])
    assert np.array_equal(np.stack(list(first.values())), some_vectors(3))
