"""Passages and vectors, on both databases."""

import numpy as np
import pytest

from fixtures.builders import (
    AN_ENCODER,
    a_document,
    a_passage,
    a_revision,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from schemas.errors import NotFoundError
from schemas.ids import PassageId, PersonId
from schemas.passage import Passage, WordAnchor
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan

NEW_ENCODER = "new-encoder"


def publish(catalog: Catalog, *passages: Passage, source: str = "exchange:ex-2031") -> None:
    document = a_document(source)
    catalog.publishing.publish(document, passages, {AN_ENCODER: some_vectors(len(passages))}, [])


@pytest.mark.parametrize(
    "locator",
    [TimeSpan(0, 9_000_000), PageSpan(1, 3), MessageSpan(4, 6), BlockSpan(0, 1)],
    ids=lambda locator: type(locator).__name__,
)
def test_every_locator_comes_back(catalog: Catalog, locator: Locator) -> None:
    passage = a_passage(locator=locator)
    publish(catalog, passage)

    assert catalog.passages.get_many([passage.id])[passage.id].locator == locator


def test_speech_keeps_its_words_and_speakers(catalog: Catalog) -> None:
    passage = a_passage(
        anchors=(WordAnchor(0, 120, 400), WordAnchor(5, 400, 910)),
        speaker_ids=(PersonId("m-4"), PersonId("s-17")),
    )
    publish(catalog, passage)

    assert catalog.passages.get_many([passage.id]) == {passage.id: passage}


def test_the_largest_passage_id_fits(catalog: Catalog) -> None:
    passage = a_passage(id=PassageId(2**63 - 1))
    publish(catalog, passage)

    assert list(catalog.passages.get_many([passage.id])) == [2**63 - 1]


def test_passages_come_in_order(catalog: Catalog) -> None:
    publish(catalog, *reversed(some_passages(n=12)))

    assert [p.ordinal for p in catalog.passages.of_document(a_document().id)] == list(range(12))


def test_vectors_come_in_the_order_asked_for(catalog: Catalog) -> None:
    passages = some_passages(n=3)
    publish(catalog, *passages)

    found = catalog.passages.vectors([passages[2].id, passages[0].id], AN_ENCODER)

    assert np.array_equal(found, some_vectors(3)[[2, 0]])


def test_a_missing_vector_is_an_error(catalog: Catalog) -> None:
    publish(catalog, a_passage())

    with pytest.raises(NotFoundError, match=r"1 of 2 .*test-encoder"):
        catalog.passages.vectors([a_passage().id, PassageId(1)], AN_ENCODER)


def test_what_a_new_encoder_lacks_is_told_in_batches_until_nothing_is_left(
    catalog: Catalog,
) -> None:
    passages = some_passages(n=5)
    publish(catalog, *passages)
    seen: list[str] = []

    while batch := catalog.passages.without_vector(NEW_ENCODER, limit=2):
        ids = [id_ for id_, _, _ in batch]
        seen += [f"{title} : {text}" for _, title, text in batch]
        catalog.passages.add_vectors(NEW_ENCODER, ids, some_vectors(len(ids)))

    assert sorted(seen) == sorted(f"{a_document().title} : {p.text}" for p in passages)


def test_superseded_passages_need_no_vector(catalog: Catalog) -> None:
    publish(catalog, *some_passages())
    catalog.publishing.publish(a_document(revision=a_revision("second")), [], {}, [])

    assert catalog.passages.without_vector(NEW_ENCODER, limit=10) == []


def test_adding_vectors_again_replaces_them(catalog: Catalog) -> None:
    publish(catalog, a_passage())
    catalog.passages.add_vectors(NEW_ENCODER, [a_passage().id], some_vectors(1, seed=1))

    catalog.passages.add_vectors(NEW_ENCODER, [a_passage().id], some_vectors(1, seed=2))

    found = catalog.passages.vectors([a_passage().id], NEW_ENCODER)
    assert np.array_equal(found, some_vectors(1, seed=2))


def test_vectors_of_a_passage_gone_meanwhile_are_passed_over(catalog: Catalog) -> None:
    publish(catalog, a_passage())
    ids = [PassageId(1), a_passage().id]

    catalog.passages.add_vectors(NEW_ENCODER, ids, some_vectors(2))

    found = catalog.passages.vectors([a_passage().id], NEW_ENCODER)
    assert np.array_equal(found, some_vectors(2)[[1]])


def test_many_vectors_are_added_in_several_statements(catalog: Catalog) -> None:
    passages = some_passages(n=2_100)
    publish(catalog, *passages)
    ids = [passage.id for passage in passages]

    catalog.passages.add_vectors(NEW_ENCODER, ids, some_vectors(2_100, seed=3))

    assert np.array_equal(catalog.passages.vectors(ids, NEW_ENCODER), some_vectors(2_100, seed=3))
