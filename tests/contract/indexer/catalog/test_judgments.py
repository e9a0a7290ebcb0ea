"""The log of judgments and the word in force, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from fixtures.builders import (
    A_MOMENT,
    AN_ENCODER,
    a_document,
    a_judgment,
    a_revision,
    an_exchange,
    some_passages,
    some_vectors,
)
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.catalog.feedback_tables import judgments as log
from schemas.document import Document, Visibility
from schemas.errors import NotFoundError
from schemas.identity import EVERYONE, MENTORS, Role
from schemas.ids import PersonId, QueryId
from schemas.judgment import Judgment, Reason, Verdict

LATER = A_MOMENT + timedelta(minutes=1)
CAMILLE, DOMINIQUE = PersonId("s-17"), PersonId("m-4")
STUDENTS = {EVERYONE}


@pytest.fixture
def document(catalog: Catalog) -> Document:
    return publish(catalog, a_document())


@pytest.fixture
def another(catalog: Catalog, catalog_url: str) -> Iterator[Catalog]:
    """The same database through a pool of its own, as another process has it."""
    opened = open_catalog(catalog_url)
    yield opened
    opened.close()


def publish(catalog: Catalog, document: Document) -> Document:
    vectors = {AN_ENCODER: some_vectors(3)}
    catalog.publishing.publish(document, some_passages(document), vectors, [])
    return document


def n_lines(catalog: Catalog) -> int:
    with catalog.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(log)).scalar_one()


def current(catalog: Catalog, person_id: PersonId = CAMILLE) -> list[Judgment]:
    return catalog.judgments.current(person_id, STUDENTS)[0]


def test_a_judgment_comes_back_whole(catalog: Catalog, document: Document) -> None:
    said = a_judgment(
        document,
        role=Role.SERVICE,
        value=Verdict.NOT_USEFUL,
        reason=Reason.TOO_ADVANCED,
        comment="Trop de sigles.",
        query_id=QueryId("q-1"),
        passage=2,
    )

    recorded = catalog.judgments.record(said)

    assert recorded == said
    assert current(catalog) == [said]


def test_the_same_word_again_adds_no_line(catalog: Catalog, document: Document) -> None:
    first = catalog.judgments.record(a_judgment(document))
    typed = a_judgment(document, query_text=" fixer SES prix", judged_at=LATER)

    again = catalog.judgments.record(typed)

    assert again == first
    assert n_lines(catalog) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"value": Verdict.NOT_USEFUL},
        {"comment": "Merci."},
        {"passage": 1},
        {"revision": a_revision("second")},
    ],
    ids=str,
)
def test_another_word_is_another_line_and_is_in_force(
    catalog: Catalog, document: Document, changed: dict[str, object]
) -> None:
    catalog.judgments.record(a_judgment(document))
    changed_mind = a_judgment(document, **changed, judged_at=LATER)

    catalog.judgments.record(changed_mind)

    assert n_lines(catalog) == 2
    assert current(catalog) == [changed_mind]


def test_what_is_withdrawn_is_not_said_any_more_and_can_be_said_again(
    catalog: Catalog, document: Document
) -> None:
    catalog.judgments.record(a_judgment(document))
    catalog.judgments.record(a_judgment(document, value=Verdict.WITHDRAWN))
    withdrawn = catalog.judgments.current(CAMILLE, STUDENTS)

    catalog.judgments.record(a_judgment(document))

    assert withdrawn == ([], 0)
    assert len(current(catalog)) == 1
    assert n_lines(catalog) == 3


def test_each_person_query_and_document_has_a_word_of_its_own(
    catalog: Catalog, document: Document
) -> None:
    other = publish(catalog, a_document("sheet:other"))
    said = [
        a_judgment(document),
        a_judgment(document, query_text="tarif"),
        a_judgment(document, query_text=""),
        a_judgment(other),
        a_judgment(document, person_id=DOMINIQUE, value=Verdict.NOT_USEFUL),
    ]
    for judgment in said:
        catalog.judgments.record(judgment)

    assert current(catalog) == said[3::-1]
    assert current(catalog, DOMINIQUE) == said[4:]


def test_judgments_are_found_by_document_and_by_query(catalog: Catalog, document: Document) -> None:
    other = publish(catalog, a_document("sheet:other"))
    said = [
        a_judgment(document),
        a_judgment(document, query_text=""),
        a_judgment(other),
    ]
    for judgment in said:
        catalog.judgments.record(judgment)

    def found(**which: object) -> list[Judgment]:
        return catalog.judgments.current(CAMILLE, STUDENTS, **which)[0]  # type: ignore[arg-type]

    assert found(documents=[document.id]) == said[1::-1]
    assert found(query_text="FIXER ses prix!") == [said[2], said[0]]
    assert found(query_text="") == [said[1]]
    assert found(documents=[other.id], query_text="fixer ses prix") == [said[2]]
    assert found(documents=[]) == []


def test_judgments_come_in_pages_newest_first(catalog: Catalog, document: Document) -> None:
    said = [a_judgment(document, query_text=str(n)) for n in range(5)]
    for judgment in said:
        catalog.judgments.record(judgment)

    page, total = catalog.judgments.current(CAMILLE, STUDENTS, page=2, per_page=2)

    assert (page, total) == ([said[2], said[1]], 5)


def test_what_is_said_of_a_document_that_was_made_private_is_kept_from_its_author(
    catalog: Catalog, document: Document
) -> None:
    catalog.judgments.record(a_judgment(document))
    catalog.documents.set_visibility(document.id, Visibility.MENTORS)

    assert catalog.judgments.current(CAMILLE, STUDENTS) == ([], 0)
    assert len(catalog.judgments.current(CAMILLE, {MENTORS})[0]) == 1


def test_judgments_outlive_a_revision_and_go_with_their_document(
    catalog: Catalog, document: Document
) -> None:
    catalog.judgments.record(a_judgment(document))
    publish(catalog, a_document(revision=a_revision("second")))
    kept = n_lines(catalog)

    catalog.documents.delete(document.id)

    assert (kept, n_lines(catalog)) == (1, 0)


def test_a_document_that_is_gone_takes_no_judgment(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError):
        catalog.judgments.record(a_judgment(an_exchange("exchange:gone")))


def test_of_many_equal_calls_at_once_one_adds_a_line(
    catalog: Catalog, another: Catalog, document: Document
) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = [
            pool.submit(each.judgments.record, a_judgment(document))
            for each in [catalog, another] * 8
        ]

    assert {call.result() for call in said} == {a_judgment(document)}
    assert n_lines(catalog) == 1


def test_the_longest_query_that_folding_makes_longer_still_fits(
    catalog: Catalog, document: Document
) -> None:
    said = a_judgment(document, query_text="\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 1000)

    catalog.judgments.record(said)

    assert current(catalog) == [said]


def say(catalog: Catalog, document: Document, *people: str, **changes: Any) -> None:
    for number, person in enumerate(people):
        judged_at = A_MOMENT + timedelta(seconds=number)
        catalog.judgments.record(
            a_judgment(document, person_id=PersonId(person), judged_at=judged_at, **changes)
        )


def test_a_query_is_shared_once_so_many_people_found_something_useful(
    catalog: Catalog, document: Document
) -> None:
    say(catalog, document, "s-1", "s-2", query_text="fixer ses prix")
    say(catalog, document, "s-1", query_text="Fixer SES prix ?", comment="Vraiment.")
    assert catalog.judgments.shared(3) == ()

    say(catalog, document, "s-3", query_text="Fixer ses prix ?")

    (query,) = catalog.judgments.shared(3)
    assert query.key == "fixer ses prix"
    assert query.useful == {document.id: {"s-1", "s-2", "s-3"}}


def test_a_shared_query_reads_as_most_people_typed_it(catalog: Catalog, document: Document) -> None:
    say(catalog, document, "s-1", query_text="FIXER ses prix")
    say(catalog, document, "s-2", "s-3", query_text="Fixer ses  prix ?")

    assert [query.text for query in catalog.judgments.shared(3)] == ["Fixer ses prix ?"]


def test_people_of_several_documents_add_up_to_one_shared_query(
    catalog: Catalog, document: Document
) -> None:
    other = publish(catalog, an_exchange("exchange:other"))
    say(catalog, document, "s-1", "s-2")
    say(catalog, other, "s-2", "s-3")

    (query,) = catalog.judgments.shared(3)

    assert query.useful == {document.id: {"s-1", "s-2"}, other.id: {"s-2", "s-3"}}
    assert catalog.judgments.shared(4) == ()


def test_who_took_it_back_or_was_not_helped_shares_no_query(
    catalog: Catalog, document: Document
) -> None:
    say(catalog, document, "s-1", "s-2", "s-3")
    say(catalog, document, "s-4", value=Verdict.NOT_USEFUL)
    assert catalog.judgments.shared(4) == ()

    say(catalog, document, "s-3", value=Verdict.WITHDRAWN)

    assert catalog.judgments.shared(3) == ()


def test_what_was_found_without_a_query_shares_none(catalog: Catalog, document: Document) -> None:
    say(catalog, document, "s-1", "s-2", query_text="")

    assert catalog.judgments.shared(1) == ()


def test_the_last_line_rises_with_every_judgment(catalog: Catalog, document: Document) -> None:
    before = catalog.judgments.last_line()
    say(catalog, document, "s-1")
    between = catalog.judgments.last_line()
    say(catalog, document, "s-1", value=Verdict.WITHDRAWN)

    assert before < between < catalog.judgments.last_line()


def test_what_searches_read_of_shared_queries_follows_the_log(
    catalog: Catalog, document: Document
) -> None:
    say(catalog, document, "s-1", "s-2")
    assert catalog.reader.get_shared_queries(3) == ()

    say(catalog, document, "s-3")
    assert catalog.reader.get_shared_queries(3) == catalog.judgments.shared(3) != ()
    assert catalog.reader.get_shared_queries(4) == ()

    say(catalog, document, "s-2", value=Verdict.WITHDRAWN)
    assert catalog.reader.get_shared_queries(3) == ()
