"""One answer, once: what says the same stands under the best of it, for whoever may see it."""

from __future__ import annotations

import pytest

from api.guards import SESSION_COOKIE
from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of

TEXT = (
    "Pétrissez le brioché au levain, laissez-le lever deux heures, puis chauffez le moule à "
    "savarin une heure avant de cuire."
)
QUERY = "brioché levain savarin"


@pytest.fixture(scope="module")
def public(school: School) -> Document:
    return school.publish(
        "sheet:brioche",
        TEXT,
        title="Cuire une brioche",
        kind=DocumentKind.SHEET,
        visibility=Visibility.STUDENTS,
    )


@pytest.fixture(scope="module")
def private(school: School) -> Document:
    return exchange_of(school, "exchange:brioche", TEXT, title="Ma brioche ne lève pas")


def names(school: School, caller: Caller, *documents: Document) -> list[set[str]]:
    """Return what each hit stands for, of these documents only."""
    ids = [document.id for document in documents]
    found = school.get(caller, "/v1/search", q=QUERY, document=ids)
    assert found["total"] == len(found["hits"])
    return [
        {hit["document_id"], *(each["document_id"] for each in hit["similar"])}
        for hit in found["hits"]
    ]


def test_documents_of_one_text_are_one_hit_that_names_the_others(
    school: School, public: Document, private: Document
) -> None:
    for caller in (LEA, CLAIRE):
        assert names(school, caller, public, private) == [{public.id, private.id}]


def test_what_one_may_not_see_is_neither_counted_nor_named(
    school: School, public: Document, private: Document
) -> None:
    found = school.get(KARIM, "/v1/search", q=QUERY)

    assert names(school, KARIM, public, private) == [{public.id}]
    assert private.id not in str(found)
    assert "lève pas" not in str(found)


def test_the_page_of_results_says_how_many_are_similar(
    school: School, public: Document, private: Document
) -> None:
    for caller, says in ((LEA, True), (KARIM, False)):
        cookie = {"Cookie": f"{SESSION_COOKIE}={school.token(caller)}"}
        page = school.client.get("/", params={"q": QUERY}, headers=cookie).text
        assert ("1 similaire<" in page) == says
        assert (private.id in page) == says


def test_every_page_is_cut_from_the_same_answers(
    school: School, public: Document, private: Document
) -> None:
    pages = [school.get(LEA, "/v1/search", q=QUERY, per_page=1, page=page) for page in range(1, 4)]

    assert len({page["total"] for page in pages}) == 1
    seen = [hit["document_id"] for page in pages for hit in page["hits"]]
    assert len(seen) == len(set(seen))
    assert not {public.id, private.id} <= set(seen)
