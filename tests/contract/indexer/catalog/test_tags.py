"""Tags of machines and people, on both databases."""

import pytest

from fixtures.builders import (
    AN_ENCODER,
    a_document,
    a_revision,
    a_tag,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from schemas.errors import NotFoundError
from schemas.ids import DocumentId, PersonId, TagId
from schemas.tag import TagAssigner, TagAssignment

MENTOR = PersonId("m-4")
ID = a_document().id


def publish(catalog: Catalog, revision: str, *tags: TagAssignment) -> None:
    document = a_document(revision=a_revision(revision))
    passages = some_passages(document)
    catalog.publishing.publish(document, passages, {AN_ENCODER: some_vectors(3)}, tags)


def decide(catalog: Catalog, *tag_ids: str) -> int:
    return catalog.documents.set_person_tags(ID, [TagId(t) for t in tag_ids], MENTOR)


def tag_ids(catalog: Catalog) -> list[str]:
    return [tag.tag_id for tag in catalog.documents.tags([ID])[ID]]


def test_the_surest_tags_come_first_after_a_persons(catalog: Catalog) -> None:
    declared = a_tag("z", assigner=TagAssigner.PERSON, confidence=1.0, person_id="m-4")

    publish(catalog, "first", a_tag("a", confidence=0.6), a_tag("b", confidence=0.8), declared)

    assert tag_ids(catalog) == ["z", "b", "a"]


def test_a_tag_found_twice_counts_once_as_the_surer(catalog: Catalog) -> None:
    unsure = a_tag(assigner=TagAssigner.ENCODER, confidence=0.5)

    publish(catalog, "first", a_tag(), unsure)

    assert catalog.documents.tags([ID]) == {ID: (a_tag(),)}


def test_machine_tags_follow_the_revision(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("old"))

    publish(catalog, "second", a_tag("new"))

    assert tag_ids(catalog) == ["new"]


def test_a_persons_tag_survives_a_new_revision(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("machine"))
    decide(catalog, "machine", "mine")

    publish(catalog, "second")

    kept = TagAssignment(TagId("mine"), TagAssigner.PERSON, 1.0, MENTOR)
    assert catalog.documents.tags([ID]) == {ID: (kept,)}


def test_a_machine_tag_that_a_person_removed_stays_removed(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("wrong"), a_tag("right"))
    decide(catalog, "right")

    publish(catalog, "second", a_tag("wrong"), a_tag("right"))

    assert tag_ids(catalog) == ["right"]


def test_a_person_may_change_their_mind(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("a"))
    decide(catalog)
    decide(catalog, "a")

    publish(catalog, "second")

    assert tag_ids(catalog) == ["a"]


def test_a_tag_that_is_kept_keeps_its_assigner(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("a"))

    decide(catalog, "a", "b")

    assigners = {tag.tag_id: tag.assigner for tag in catalog.documents.tags([ID])[ID]}
    assert assigners == {"a": TagAssigner.ALIAS, "b": TagAssigner.PERSON}


def test_new_tags_are_a_change_and_the_same_tags_are_none(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("a"))

    positions = [decide(catalog, "b"), decide(catalog, "b")]

    assert positions == [2, 2]
    assert catalog.changes.last_position() == 2


def test_the_index_gets_the_tags_in_force(catalog: Catalog) -> None:
    publish(catalog, "first", a_tag("wrong"), a_tag("right"))
    decide(catalog, "right", "mine")

    entries, _ = catalog.changes.entries(ID, AN_ENCODER)

    assert {entry.tags for entry in entries} == {("mine", "right")}


def test_every_document_asked_for_has_an_entry(catalog: Catalog) -> None:
    assert catalog.documents.tags([DocumentId("d-none")]) == {"d-none": ()}


def test_a_missing_document_takes_no_tags(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError):
        catalog.documents.set_person_tags(DocumentId("d-none"), [TagId("a")], MENTOR)
