"""The change log, on both databases."""

import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_tag,
    an_exchange,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from indexer.catalog.records import Change, ChangeKind
from schemas.document import Document
from schemas.errors import ConflictError
from schemas.ids import DocumentId, PersonId
from schemas.passage import IndexEntry


def publish(catalog: Catalog, document: Document) -> int:
    vectors = {AN_ENCODER: some_vectors(3)}
    return catalog.publishing.publish(document, some_passages(document), vectors, [a_tag()])


def test_nothing_has_happened_in_a_new_catalog(catalog: Catalog) -> None:
    assert (catalog.changes.after(0, 10), catalog.changes.last_position()) == ([], 0)


def test_changes_come_in_order_after_a_position(catalog: Catalog) -> None:
    first, second = a_document("a"), a_document("b")
    positions = [publish(catalog, first), publish(catalog, second)]

    found = catalog.changes.after(positions[0], 10)

    assert found == [Change(positions[1], ChangeKind.PUBLISHED, second.id, second.published_at)]


def test_changes_come_in_batches(catalog: Catalog) -> None:
    for source in "abc":
        publish(catalog, a_document(source))

    positions = [change.position for change in catalog.changes.after(0, limit=2)]

    assert positions == [1, 2]


def test_positions_are_not_used_again_after_a_deletion(catalog: Catalog) -> None:
    document = a_document()
    publish(catalog, document)
    catalog.documents.delete(document.id)

    assert publish(catalog, document) == 3


def test_an_entry_holds_what_filters_need(catalog: Catalog) -> None:
    document = an_exchange()
    publish(catalog, document)

    entries, _ = catalog.changes.entries(document.id, AN_ENCODER)

    assert entries == [
        IndexEntry(
            passage=passage,
            title=document.title,
            kind="exchange",
            tags=("pricing",),
            mentor_ids=(PersonId("m-4"),),
            created_at_s=int(A_MOMENT.timestamp()),
        )
        for passage in some_passages(document)
    ]


def test_a_document_that_is_not_published_has_no_entries(catalog: Catalog) -> None:
    entries, vectors = catalog.changes.entries(DocumentId("d-none"), AN_ENCODER)

    assert (entries, vectors.shape) == ([], (0, 0))


def test_entries_without_vectors_are_an_error_that_says_what_to_do(catalog: Catalog) -> None:
    document = a_document()
    publish(catalog, document)

    with pytest.raises(ConflictError, match="3 passages have no vector of encoder 'other'"):
        catalog.changes.entries(document.id, "other")
