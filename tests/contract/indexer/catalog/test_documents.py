"""Reading, hiding and deleting documents, on both databases."""

from datetime import timedelta

import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_mentor,
    a_revision,
    a_student,
    a_tag,
    an_exchange,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from indexer.catalog.records import ChangeKind
from schemas.content import Speaker
from schemas.document import Document, DocumentKind, Visibility
from schemas.errors import InvalidInputError, NotFoundError
from schemas.identity import EVERYONE, MENTORS, Caller, Role, person_key
from schemas.ids import DocumentId, PersonId

STUDENT = Caller(PersonId("s-17"), Role.STUDENT)
STRANGER = Caller(PersonId("s-99"), Role.STUDENT)
MENTOR = Caller(PersonId("m-1"), Role.MENTOR)


def publish(catalog: Catalog, *documents: Document) -> None:
    for document in documents:
        vectors = {AN_ENCODER: some_vectors(3)}
        catalog.publishing.publish(document, some_passages(document), vectors, [a_tag()])


@pytest.mark.parametrize(
    ("visibility", "caller", "sees"),
    [
        (Visibility.PARTICIPANTS, STUDENT, True),
        (Visibility.PARTICIPANTS, STRANGER, False),
        (Visibility.PARTICIPANTS, MENTOR, True),
        (Visibility.MENTORS, STUDENT, False),
        (Visibility.MENTORS, STRANGER, False),
        (Visibility.MENTORS, MENTOR, True),
        (Visibility.STUDENTS, STUDENT, True),
        (Visibility.STUDENTS, STRANGER, True),
        (Visibility.STUDENTS, MENTOR, True),
    ],
)
def test_visibility_decides_who_reads_and_who_lists(
    catalog: Catalog, visibility: Visibility, caller: Caller, *, sees: bool
) -> None:
    document = an_exchange(visibility=visibility, n_passages=3)
    publish(catalog, document)

    keys, absent = caller.audiences, DocumentId("d-none")

    listed, total = catalog.documents.list_recent(keys)

    assert (listed, total) == (([document], 1) if sees else ([], 0))
    if sees:
        assert catalog.documents.visible(document.id, caller.audiences) == document
        assert catalog.documents.visible_among([document.id, absent], keys) == {document.id}
    else:
        assert catalog.documents.visible_among([document.id, absent], keys) == set()
        with pytest.raises(NotFoundError):
            catalog.documents.visible(document.id, caller.audiences)


def test_a_hidden_document_and_a_missing_one_look_alike(catalog: Catalog) -> None:
    hidden = an_exchange()
    publish(catalog, hidden)

    with pytest.raises(NotFoundError) as of_hidden:
        catalog.documents.visible(hidden.id, STRANGER.audiences)
    with pytest.raises(NotFoundError) as of_missing:
        catalog.documents.visible(DocumentId("d-none"), STRANGER.audiences)

    assert str(of_hidden.value) == str(of_missing.value)


def test_no_audience_sees_nothing(catalog: Catalog) -> None:
    publish(catalog, a_document())

    assert catalog.documents.list_recent([]) == ([], 0)


def test_recent_documents_come_newest_first_in_pages(catalog: Catalog) -> None:
    documents = [
        a_document(f"exchange:{n}", created_at=A_MOMENT + timedelta(days=n), n_passages=3)
        for n in range(5)
    ]
    publish(catalog, *documents)

    second, total = catalog.documents.list_recent({EVERYONE}, page=2, per_page=2)

    assert (second, total) == ([documents[2], documents[1]], 5)


def test_recent_documents_can_be_of_some_kinds_only(catalog: Catalog) -> None:
    publish(catalog, a_document("a"), a_document("b", kind=DocumentKind.COURSE))

    found, total = catalog.documents.list_recent({EVERYONE}, kinds=[DocumentKind.COURSE])

    assert ([d.kind for d in found], total) == ([DocumentKind.COURSE], 1)


def test_many_documents_are_found_at_once(catalog: Catalog) -> None:
    first, second = a_document("a", n_passages=3), an_exchange("b", n_passages=3)
    publish(catalog, first, second)

    found = catalog.documents.get_many([second.id, DocumentId("d-none"), first.id, first.id])

    assert found == {first.id: first, second.id: second}


def test_more_ids_than_one_statement_takes_are_looked_up(catalog: Catalog) -> None:
    document = a_document(n_passages=3)
    publish(catalog, document)
    ids = [DocumentId(f"d-{n}") for n in range(2_500)]

    assert catalog.documents.get_many([*ids, document.id]) == {document.id: document}


def test_a_document_is_found_by_its_bytes(catalog: Catalog) -> None:
    publish(catalog, a_document())

    found = catalog.documents.find_by_revision(a_revision())

    assert found == a_document().id
    assert catalog.documents.find_by_revision(a_revision("other")) is None


def test_the_first_of_two_documents_with_the_same_bytes_is_found(catalog: Catalog) -> None:
    later = a_document("a", published_at=A_MOMENT + timedelta(days=1))
    first = a_document("b", published_at=A_MOMENT)
    publish(catalog, later, first)

    assert catalog.documents.find_by_revision(a_revision()) == first.id


def test_ids_and_their_number_agree(catalog: Catalog) -> None:
    publish(catalog, a_document("a"), a_document("b"))

    assert catalog.documents.all_ids() == sorted([a_document("a").id, a_document("b").id])
    assert catalog.documents.n_published() == 2


def test_documents_and_passages_are_counted_by_kind(catalog: Catalog) -> None:
    nothing = catalog.documents.counts()
    publish(catalog, a_document("sheet:one"), a_document("sheet:two"), an_exchange())

    by_kind, n_passages = catalog.documents.counts()

    assert nothing == (dict.fromkeys(DocumentKind, 0), 0)
    assert (by_kind[DocumentKind.SHEET], by_kind[DocumentKind.EXCHANGE]) == (2, 1)
    assert (sum(by_kind.values()), n_passages) == (3, 9)


def test_a_deleted_document_is_gone_from_every_read(catalog: Catalog) -> None:
    document = an_exchange()
    publish(catalog, document)
    ids = [passage.id for passage in some_passages(document)]

    was_there = catalog.documents.delete(document.id)

    assert was_there
    assert catalog.documents.get(document.id) is None
    assert catalog.documents.list_recent({MENTORS}) == ([], 0)
    assert catalog.documents.find_by_revision(document.revision) is None
    assert catalog.documents.tags([document.id]) == {document.id: ()}
    assert catalog.documents.people([PersonId("s-17")]) == {}
    assert catalog.documents.audiences(document.id) == frozenset()
    assert catalog.passages.get_many(ids) == {}
    assert catalog.changes.entries(document.id, AN_ENCODER)[0] == []
    with pytest.raises(NotFoundError):
        catalog.passages.vectors(ids, AN_ENCODER)


def test_a_deletion_is_told_once(catalog: Catalog) -> None:
    document = a_document()
    publish(catalog, document)

    answers = [catalog.documents.delete(document.id), catalog.documents.delete(document.id)]

    kinds = [change.kind for change in catalog.changes.after(0, 10)]
    assert (answers, kinds) == ([True, False], [ChangeKind.PUBLISHED, ChangeKind.DELETED])


def test_a_deleted_document_can_be_published_again(catalog: Catalog) -> None:
    document = a_document(n_passages=3)
    publish(catalog, document)
    catalog.documents.delete(document.id)

    publish(catalog, document)

    assert catalog.documents.get(document.id) == document


def test_a_new_visibility_holds_at_once_for_passages_too(catalog: Catalog) -> None:
    document = a_document()
    publish(catalog, document)
    before = catalog.changes.last_position()

    position = catalog.documents.set_visibility(document.id, Visibility.MENTORS)

    passage = some_passages(document)[0]
    assert catalog.passages.get_many([passage.id])[passage.id].audiences == (MENTORS,)
    assert catalog.documents.list_recent({EVERYONE}) == ([], 0)
    assert position == catalog.changes.last_position() == before + 1


def test_the_same_visibility_changes_nothing(catalog: Catalog) -> None:
    document = a_document()
    publish(catalog, document)

    position = catalog.documents.set_visibility(document.id, document.visibility)

    assert position == catalog.changes.last_position() == 1


def test_a_missing_document_has_no_visibility_to_set(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError):
        catalog.documents.set_visibility(DocumentId("d-none"), Visibility.MENTORS)


def test_audiences_are_the_keys_of_visibility_and_participants(catalog: Catalog) -> None:
    document = an_exchange()
    publish(catalog, document)

    keys = {MENTORS, person_key(PersonId("s-17")), person_key(PersonId("m-4"))}
    assert catalog.documents.audiences(document.id) == keys


def test_people_are_named_as_the_latest_publication_does(catalog: Catalog) -> None:
    publish(catalog, an_exchange("a"))
    publish(catalog, an_exchange("b", participants=(a_student(name="Camille Renommée"),)))

    found = catalog.documents.people([PersonId("s-17"), PersonId("m-4"), PersonId("nobody")])

    assert found == {
        PersonId("s-17"): Speaker(PersonId("s-17"), "Camille Renommée"),
        PersonId("m-4"): Speaker(PersonId("m-4"), a_mentor().name),
    }


def test_a_person_of_another_document_is_not_forgotten_with_this_one(catalog: Catalog) -> None:
    publish(catalog, an_exchange("a"), an_exchange("b", participants=(a_mentor(),)))

    catalog.documents.delete(an_exchange("a").id)

    found = catalog.documents.people([PersonId("s-17"), PersonId("m-4")])
    assert list(found) == [PersonId("m-4")]


def test_a_person_left_out_of_a_new_revision_is_forgotten(catalog: Catalog) -> None:
    publish(catalog, an_exchange())

    publish(catalog, an_exchange(revision=a_revision("second"), participants=(a_mentor(),)))

    assert list(catalog.documents.people([PersonId("s-17"), PersonId("m-4")])) == ["m-4"]


def test_an_id_that_no_database_keeps_is_the_mistake_of_who_asks(catalog: Catalog) -> None:
    made_up = "d-\0"

    with pytest.raises((NotFoundError, InvalidInputError)):
        catalog.documents.visible(DocumentId(made_up), {EVERYONE})


def test_mentors_are_those_of_documents_that_one_may_see(catalog: Catalog) -> None:
    private = an_exchange(participants=(a_student(STUDENT.person_id), a_mentor("m-1", "Un Secret")))
    shared = an_exchange(
        "exchange:2",
        visibility=Visibility.STUDENTS,
        participants=(a_student("s-99"), a_mentor("m-4", "Une Autre")),
    )
    publish(catalog, private, shared)

    found = {who: set(catalog.documents.mentors(who.audiences)) for who in (STUDENT, STRANGER)}

    assert found == {STUDENT: {"m-1", "m-4"}, STRANGER: {"m-4"}}
    assert catalog.reader.get_mentors(STRANGER.audiences) == {
        PersonId("m-4"): Speaker(PersonId("m-4"), "Une Autre")
    }
    assert catalog.documents.mentors(()) == {}
