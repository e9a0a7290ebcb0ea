"""Replies of documents, on both databases."""

from datetime import UTC, datetime

from fixtures.builders import AN_ENCODER, a_document, a_revision, some_passages, some_vectors
from indexer.catalog.catalog import Catalog
from schemas.ids import PersonId, TagId
from schemas.reply import Reply
from schemas.span import MessageSpan, TimeSpan

ID = a_document().id
WRITTEN = Reply(
    ordinal=0,
    title="Je facture combien ?",
    question=MessageSpan(0, 1),
    answers=(MessageSpan(1, 2), MessageSpan(3, 4)),
    asker_id=PersonId("s-17"),
    answerer_id=PersonId("m-4"),
    asked_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    topic=TagId("topic.pricing"),
)
SPOKEN = Reply(
    ordinal=1,
    title="Et la TVA ?",
    question=TimeSpan(0, 900),
    answers=(TimeSpan(1_000, 2_000),),
    asker_id=None,
    answerer_id=None,
)


def publish(catalog: Catalog, revision: str, *replies: Reply) -> None:
    document = a_document(revision=a_revision(revision))
    passages = some_passages(document)
    vectors = {AN_ENCODER: some_vectors(3)}
    catalog.publishing.publish(document, passages, vectors, (), replies=replies)


def test_replies_come_back_as_they_were_published(catalog: Catalog) -> None:
    publish(catalog, "first", WRITTEN, SPOKEN)

    assert catalog.replies.of(ID) == (WRITTEN, SPOKEN)


def test_a_page_brings_the_replies_of_its_documents(catalog: Catalog) -> None:
    publish(catalog, "first", WRITTEN)

    assert catalog.reader.get_page([ID], []).replies == {ID: (WRITTEN,)}


def test_a_new_revision_replaces_the_replies(catalog: Catalog) -> None:
    publish(catalog, "first", WRITTEN, SPOKEN)

    publish(catalog, "second", WRITTEN)

    assert catalog.replies.of(ID) == (WRITTEN,)


def test_a_deleted_document_leaves_no_reply(catalog: Catalog) -> None:
    publish(catalog, "first", WRITTEN)

    catalog.documents.delete(ID)

    assert catalog.replies.of(ID) == ()
