"""What people of a sector find useful, on every database; of fewer than five nothing is told."""

from __future__ import annotations

from datetime import timedelta

from fixtures.builders import A_MOMENT, a_document, a_judgment, a_profile, some_vectors
from indexer.catalog.catalog import Catalog
from schemas.document import Document
from schemas.ids import PersonId, TagId
from schemas.judgment import Verdict

FOOD, ARTS = TagId("sector.food"), TagId("sector.arts")


def publish(catalog: Catalog) -> Document:
    document = a_document()
    catalog.publishing.publish(document, [], {"test-encoder": some_vectors(0)}, ())
    return document


def build(catalog: Catalog, n: int, sector: TagId, *, at: int = 0) -> None:
    profile = a_profile(f"s-{n}", sectors=(sector,), updated_at=A_MOMENT + timedelta(seconds=at))
    catalog.profiles.put(profile)


def praise(catalog: Catalog, document: Document, n: int, **changes: object) -> None:
    catalog.judgments.record(a_judgment(document, person_id=PersonId(f"s-{n}"), **changes))


def test_people_are_told_by_sector_from_five_on(catalog: Catalog) -> None:
    document = publish(catalog)
    for n in range(9):
        build(catalog, n, FOOD if n < 5 else ARTS)
        praise(catalog, document, n)

    tastes = catalog.tastes

    assert tastes.of_sectors([FOOD], at_least=5) == {document.id: 5}
    assert tastes.of_sectors([ARTS], at_least=5) == {}
    assert tastes.of_sectors([ARTS, FOOD], at_least=5) == {document.id: 5}
    assert tastes.of_sectors([], at_least=5) == {}
    assert tastes.of_everybody(at_least=5) == {document.id: 9}


def test_who_asks_is_not_counted(catalog: Catalog) -> None:
    document = publish(catalog)
    for n in range(5):
        build(catalog, n, FOOD)
        praise(catalog, document, n)

    assert catalog.tastes.of_sectors([FOOD], at_least=5, without=PersonId("s-1")) == {}
    assert catalog.tastes.of_everybody(at_least=5, without=PersonId("s-1")) == {}


def test_a_word_taken_back_and_a_changed_project_are_followed(catalog: Catalog) -> None:
    document = publish(catalog)
    for n in range(6):
        build(catalog, n, FOOD)
        praise(catalog, document, n)
    before = catalog.tastes.of_sectors([FOOD], at_least=5)

    praise(catalog, document, 0, value=Verdict.WITHDRAWN)
    after = catalog.tastes.of_sectors([FOOD], at_least=5)
    build(catalog, 1, ARTS, at=60)

    assert (before, after) == ({document.id: 6}, {document.id: 5})
    assert catalog.tastes.of_sectors([FOOD], at_least=5) == {}
    assert catalog.tastes.of_everybody(at_least=5) == {document.id: 5}
