"""The log of searches and events, on both databases."""

from datetime import timedelta

import pytest

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_judgment,
    a_phrasing,
    a_search,
    an_event,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog
from schemas.document import Document
from schemas.errors import ConflictError
from schemas.feedback import Action, LogPosition, Pseudonym, Surface
from schemas.ids import QueryId
from schemas.span import TimeSpan


@pytest.fixture
def document(catalog: Catalog) -> Document:
    return publish(catalog, a_document())


def publish(catalog: Catalog, document: Document) -> Document:
    catalog.publishing.publish(document, some_passages(document), {AN_ENCODER: some_vectors(3)}, [])
    return document


def test_a_search_comes_back_as_it_was(catalog: Catalog, document: Document) -> None:
    search = a_search(
        "q-1",
        document,
        text="Combien ça coûte ?\0",
        confidence=0.25,
        is_doubtful=True,
        is_filtered=True,
        surface=Surface.PORTAL,
        experiment="second-passage",
    )

    catalog.feedback.append([search])

    found = catalog.feedback.search(QueryId("q-1"))
    assert found == a_search(
        "q-1",
        document,
        text="Combien ça coûte ?\ufffd",
        phrasing=search.phrasing,
        confidence=0.25,
        is_doubtful=True,
        is_filtered=True,
        surface=Surface.PORTAL,
        experiment="second-passage",
        line=1,
    )


def test_nothing_is_found_of_a_search_that_never_was(catalog: Catalog) -> None:
    assert catalog.feedback.search(QueryId("q-forged")) is None


def test_events_come_back_as_they_were_in_order(catalog: Catalog, document: Document) -> None:
    search = a_search("q-1", document)
    click = an_event(search, passage=2)
    play = an_event(search, action=Action.PLAY, spans=(TimeSpan(0, 900), TimeSpan(5_000, 9_000)))
    dwell = an_event(search, action=Action.DWELL, dwell_ms=31_000)

    catalog.feedback.append([search], events=[click])
    catalog.feedback.append(events=[play, dwell])

    found = list(catalog.feedback.events_after(0))
    assert [each.line for each in found] == [1, 2, 3]
    assert [each.action for each in found] == [Action.CLICK, Action.PLAY, Action.DWELL]
    assert found[0].passage == 2
    assert found[1].spans == play.spans
    assert found[2].dwell_ms == 31_000


def test_the_events_of_one_search_are_found_in_order(catalog: Catalog, document: Document) -> None:
    mine, other = a_search("q-1", document), a_search("q-2", document)
    copy = an_event(mine, action=Action.COPY)
    catalog.feedback.append([mine, other], events=[an_event(mine), an_event(other), copy])

    found = catalog.feedback.events_of(mine.query_id)

    assert [(each.line, each.action) for each in found] == [(1, Action.CLICK), (3, Action.COPY)]
    assert catalog.feedback.events_of(QueryId("q-forged")) == []


def test_a_reader_gets_what_is_behind_where_it_was(catalog: Catalog, document: Document) -> None:
    for number in range(1, 6):
        catalog.feedback.append([a_search(f"q-{number}", document)])

    behind = [each.query_id for each in catalog.feedback.searches_after(2, until=4)]

    assert behind == ["q-3", "q-4"]
    assert [each.line for each in catalog.feedback.searches_after(4)] == [5]


def test_a_batch_is_added_whole_or_not_at_all(catalog: Catalog, document: Document) -> None:
    catalog.feedback.append([a_search("q-1", document)])

    with pytest.raises(ConflictError):
        catalog.feedback.append([a_search("q-2", document), a_search("q-1", document)])

    assert catalog.feedback.search(QueryId("q-2")) is None


def test_what_was_done_with_a_document_goes_with_it(catalog: Catalog, document: Document) -> None:
    other = publish(catalog, a_document("other"))
    search = a_search("q-1", document, other)
    catalog.feedback.append([search], events=[an_event(search, 1), an_event(search, 2)])

    catalog.documents.delete(document.id)
    catalog.feedback.append(events=[an_event(search, 1, action=Action.COPY)])

    assert [each.document_id for each in catalog.feedback.events_after(0)] == [other.id]


def test_the_first_wording_of_a_phrasing_stays(catalog: Catalog) -> None:
    first = a_phrasing("Fixer ses prix ?")
    again = a_phrasing("fixer ses prix", vector=b"\x00\x00")

    catalog.feedback.append(new=[first])
    catalog.feedback.append(new=[again, a_phrasing("tva")])

    found = catalog.feedback.phrasings(AN_ENCODER)
    assert again.id == first.id
    assert found[first.id] == first
    assert len(found) == 2
    assert catalog.feedback.phrasings(AN_ENCODER, [a_phrasing("tva").id]).keys() == {
        a_phrasing("tva").id
    }
    assert not catalog.feedback.phrasings("another")


def test_the_end_says_how_far_each_part_is(catalog: Catalog, document: Document) -> None:
    assert catalog.feedback.end() == LogPosition()

    search = a_search("q-1", document)
    catalog.feedback.append([search, a_search("q-2", document)], events=[an_event(search)])
    catalog.judgments.record(a_judgment(document))

    assert catalog.feedback.end() == LogPosition(search=2, event=1, judgment=1)
    assert catalog.judgments.after(0) == [(1, a_judgment(document))]
    assert catalog.judgments.after(1) == []


def test_a_person_s_searches_come_newest_first(catalog: Catalog, document: Document) -> None:
    late = A_MOMENT + timedelta(days=1)
    catalog.feedback.append([
        a_search("q-1", document),
        a_search("q-2", document, person=Pseudonym("another")),
        a_search("q-3", document, at=late),
    ])
    camille = a_search().person

    assert [each.query_id for each in catalog.feedback.searches_of(camille)] == ["q-3", "q-1"]
    assert [each.query_id for each in catalog.feedback.searches_of(camille, since=late)] == ["q-3"]
