"""Publishing, on both databases."""

from datetime import timedelta

import numpy as np
import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_passage,
    a_revision,
    a_tag,
    an_exchange,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from schemas.document import Document, Visibility
from schemas.errors import ConflictError
from schemas.identity import EVERYONE, MENTORS, person_key
from schemas.ids import PersonId


def publish(catalog: Catalog, document: Document, n: int = 3) -> int:
    vectors = {AN_ENCODER: some_vectors(n)}
    return catalog.publishing.publish(document, some_passages(document, n), vectors, [a_tag()])


def test_a_document_comes_back_as_it_was_published(catalog: Catalog) -> None:
    document = an_exchange(n_passages=3, n_pages=2, duration_ms=9_000_000_000)

    publish(catalog, document)

    assert catalog.documents.get(document.id) == document


def test_passages_come_back_as_they_were_published(catalog: Catalog) -> None:
    document = an_exchange()

    publish(catalog, document)

    assert catalog.passages.of_document(document.id) == some_passages(document)


def test_publishing_twice_changes_nothing(catalog: Catalog) -> None:
    document = a_document()
    first = publish(catalog, document)

    second = publish(catalog, a_document(title="Other", published_at=A_MOMENT))

    assert (second, catalog.changes.last_position()) == (first, first)
    assert catalog.documents.get(document.id) == a_document(n_passages=3)


def test_a_new_revision_replaces_the_old_one(catalog: Catalog) -> None:
    publish(catalog, a_document())
    revised = a_document(revision=a_revision("second"), title="Fixer ses tarifs")

    publish(catalog, revised, n=2)

    found = catalog.documents.get(revised.id)
    assert found is not None
    assert (found.title, found.n_passages) == ("Fixer ses tarifs", 2)
    assert catalog.passages.of_document(revised.id) == some_passages(revised, 2)


def test_superseded_passages_stay_readable_until_swept(catalog: Catalog) -> None:
    before = a_document()
    after = a_document(
        revision=a_revision("second"), published_at=before.published_at + timedelta(hours=1)
    )
    publish(catalog, before)
    publish(catalog, after)
    old = [passage.id for passage in some_passages(before)]

    kept = catalog.passages.get_many(old)
    n_early = catalog.passages.sweep_superseded(older_than=after.published_at)
    n_late = catalog.passages.sweep_superseded(older_than=after.published_at + timedelta(seconds=1))

    assert (len(kept), n_early, n_late) == (3, 0, 3)
    assert catalog.passages.get_many(old) == {}
    assert len(catalog.passages.of_document(after.id)) == 3


def test_bytes_may_come_back_as_they_once_were(catalog: Catalog) -> None:
    publish(catalog, a_document())
    publish(catalog, a_document(revision=a_revision("second")))

    publish(catalog, a_document())

    assert catalog.passages.of_document(a_document().id) == some_passages(a_document())
    assert len(catalog.changes.after(0, 10)) == 3


def test_a_failed_publication_leaves_no_trace(catalog: Catalog) -> None:
    document = a_document()

    with pytest.raises(ValueError, match="zip"):
        catalog.publishing.publish(
            document, some_passages(document), {AN_ENCODER: some_vectors(2)}, []
        )

    assert catalog.documents.get(document.id) is None
    assert catalog.changes.last_position() == 0


def test_vectors_of_the_served_encoder_are_required(catalog: Catalog) -> None:
    catalog.generations.ensure("served-encoder")

    with pytest.raises(ConflictError, match="served-encoder"):
        publish(catalog, a_document())


def test_who_may_see_a_passage_follows_from_the_document(catalog: Catalog) -> None:
    document = an_exchange()
    leaking = a_passage(document, audiences=(EVERYONE,))

    catalog.publishing.publish(document, [leaking], {AN_ENCODER: some_vectors(1)}, [])

    stored = catalog.passages.get_many([leaking.id])[leaking.id]
    assert stored.audiences == (MENTORS, person_key(PersonId("m-4")), person_key(PersonId("s-17")))


def test_a_visibility_that_a_person_chose_survives_a_new_revision(catalog: Catalog) -> None:
    document = a_document(visibility=Visibility.STUDENTS)
    publish(catalog, document)
    catalog.documents.set_visibility(document.id, Visibility.MENTORS)

    publish(catalog, a_document(revision=a_revision("second"), visibility=Visibility.STUDENTS))

    assert catalog.documents.audiences(document.id) == {MENTORS}


def test_characters_that_postgresql_refuses_keep_their_place(catalog: Catalog) -> None:
    document = a_document(title="Page\0 1")
    passage = a_passage(document, text="un\0deux", heading="\0")

    catalog.publishing.publish(document, [passage], {AN_ENCODER: some_vectors(1)}, [])

    stored = catalog.passages.get_many([passage.id])[passage.id]
    assert (stored.text, stored.heading) == ("un\ufffddeux", "\ufffd")


def test_a_document_without_passages_can_be_published(catalog: Catalog) -> None:
    document = a_document()

    catalog.publishing.publish(document, [], {}, [])

    entries, vectors = catalog.changes.entries(document.id, AN_ENCODER)
    assert (entries, vectors.shape) == ([], (0, 0))


def test_vectors_come_back_bit_for_bit(catalog: Catalog) -> None:
    document = a_document()
    publish(catalog, document)

    _, vectors = catalog.changes.entries(document.id, AN_ENCODER)

    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, some_vectors(3))
