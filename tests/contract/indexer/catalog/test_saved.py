"""Documents that people keep, on both databases."""

from datetime import timedelta

import pytest

from fixtures.builders import A_MOMENT, AN_ENCODER, a_document, some_passages, some_vectors
from indexer.catalog.catalog import Catalog
from schemas.document import Document, Visibility
from schemas.errors import NotFoundError
from schemas.identity import EVERYONE, MENTORS
from schemas.ids import DocumentId, PersonId

CAMILLE, DOMINIQUE = PersonId("s-17"), PersonId("m-4")
STUDENTS = {EVERYONE}
LATER = A_MOMENT + timedelta(minutes=1)


def publish(catalog: Catalog, source: str = "sheet:one") -> Document:
    document = a_document(source)
    vectors = {AN_ENCODER: some_vectors(3)}
    catalog.publishing.publish(document, some_passages(document), vectors, [])
    found = catalog.documents.get(document.id)
    assert found is not None
    return found


def test_the_document_kept_last_comes_first(catalog: Catalog) -> None:
    one, two = publish(catalog, "sheet:one"), publish(catalog, "sheet:two")
    catalog.saved.add(CAMILLE, one.id, A_MOMENT)
    catalog.saved.add(CAMILLE, two.id, LATER)

    assert catalog.saved.current(CAMILLE, STUDENTS) == ([(two, LATER), (one, A_MOMENT)], 2)
    assert catalog.saved.current(CAMILLE, STUDENTS, page=2, per_page=1) == ([(one, A_MOMENT)], 2)


def test_keeping_again_changes_nothing(catalog: Catalog) -> None:
    document = publish(catalog)

    since = [catalog.saved.add(CAMILLE, document.id, now) for now in (A_MOMENT, LATER)]

    assert since == [A_MOMENT, A_MOMENT]
    assert catalog.saved.current(CAMILLE, STUDENTS) == ([(document, A_MOMENT)], 1)


def test_everybody_has_a_list_of_their_own(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.saved.add(CAMILLE, document.id, A_MOMENT)

    catalog.saved.remove(DOMINIQUE, document.id)

    assert catalog.saved.current(DOMINIQUE, {EVERYONE, MENTORS}) == ([], 0)
    assert catalog.saved.those_of(CAMILLE, [document.id, DocumentId("d-none")]) == {document.id}
    assert catalog.saved.those_of(DOMINIQUE, [document.id]) == frozenset()


def test_what_is_taken_off_the_list_is_gone_and_taking_it_off_again_is_no_error(
    catalog: Catalog,
) -> None:
    document = publish(catalog)
    catalog.saved.add(CAMILLE, document.id, A_MOMENT)

    for _ in range(2):
        catalog.saved.remove(CAMILLE, document.id)

    assert catalog.saved.current(CAMILLE, STUDENTS) == ([], 0)


def test_a_document_made_private_is_not_listed_until_it_is_shared_again(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.saved.add(CAMILLE, document.id, A_MOMENT)
    catalog.documents.set_visibility(document.id, Visibility.MENTORS)
    private = catalog.saved.current(CAMILLE, STUDENTS)

    catalog.documents.set_visibility(document.id, Visibility.STUDENTS)

    assert private == ([], 0)
    assert catalog.saved.current(CAMILLE, STUDENTS)[1] == 1


def test_a_deleted_document_leaves_every_list(catalog: Catalog) -> None:
    document = publish(catalog)
    catalog.saved.add(CAMILLE, document.id, A_MOMENT)

    catalog.documents.delete(document.id)

    assert catalog.saved.those_of(CAMILLE, [document.id]) == frozenset()


def test_a_document_that_is_gone_cannot_be_kept(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError):
        catalog.saved.add(CAMILLE, DocumentId("d-none"), A_MOMENT)
