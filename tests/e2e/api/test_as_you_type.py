"""What shows while one types, over HTTP: instant results, and that nobody sees too much."""

from __future__ import annotations

from typing import Any, Final

import pytest

from fixtures.builders import a_judgment, a_mentor, a_student
from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller
from schemas.ids import PersonId
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, SERVICE, YOUSSEF, School, exchange_of

EVERYBODY: Final = (LEA, KARIM, CLAIRE, YOUSSEF, ADMIN, SERVICE)
STAFF: Final = frozenset({CLAIRE, YOUSSEF, ADMIN, SERVICE})
MAY_SEE: Final = {
    "private": STAFF | {LEA},
    "mentors": STAFF,
    "public": frozenset(EVERYBODY),
}


@pytest.fixture(scope="session")
def documents(school: School) -> dict[str, Document]:
    return {
        "private": exchange_of(
            school, "exchange:typing", "Le quokkamètre est un secret.", title="Quokka entre nous"
        ),
        "mentors": school.publish(
            "sheet:typing:mentors",
            "Le quokkamètre des mentors.",
            title="Quokka pour mentors",
            kind=DocumentKind.SHEET,
            visibility=Visibility.MENTORS,
        ),
        "public": school.publish(
            "sheet:typing:public",
            "Le quokkamètre de tous.",
            title="Quokka pour tous",
            kind=DocumentKind.SHEET,
        ),
    }


def instantly(school: School, who: Caller, q: str, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = school.get(who, "/v1/search", q=q, mode="instant", **params)
    return found


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
@pytest.mark.parametrize("name", MAY_SEE)
def test_an_instant_answer_holds_what_one_may_see_and_not_a_word_of_the_rest(
    school: School, documents: dict[str, Document], name: str, who: Caller
) -> None:
    answer = instantly(school, who, "quokkam", per_page=50)

    found = {hit["document_id"] for hit in answer["hits"]}
    assert (documents[name].id in found) == (who in MAY_SEE[name])
    assert (documents[name].title in str(answer)) == (who in MAY_SEE[name])
    assert answer["total"] == sum(who in those for those in MAY_SEE.values())


def test_an_instant_answer_marks_the_word_that_is_being_typed(
    school: School, documents: dict[str, Document]
) -> None:
    hit = instantly(school, KARIM, "quokkametr")["hits"][0]

    snippet = hit["passages"][0]["snippet"]
    marked = [snippet["text"][mark["start"] : mark["end"]] for mark in snippet["highlights"]]
    assert marked == ["quokkamètre"]


def test_an_instant_answer_obeys_filters_and_counts_nothing(
    school: School, documents: dict[str, Document]
) -> None:
    answer = instantly(school, CLAIRE, "quokkam", kind="exchange")

    assert [hit["document_id"] for hit in answer["hits"]] == [documents["private"].id]
    assert answer["facets"] == {}


def test_the_body_asks_for_instant_answers_as_well(
    school: School, documents: dict[str, Document]
) -> None:
    request = {"q": "quokkam", "mode": "instant"}

    answer = school.client.post("/v1/search", json=request, headers=school.headers(KARIM))

    assert [hit["document_id"] for hit in answer.json()["hits"]] == [documents["public"].id]


def test_a_mode_that_does_not_exist_is_refused(school: School) -> None:
    params = {"q": "prix", "mode": "slow"}

    answer = school.client.get("/v1/search", params=params, headers=school.headers(LEA))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


QUERY: Final = "Comment nourrir un quokkamètre ?"
HERS: Final = "quokkamètre de Léa"
OFFERED: Final = {
    ("query", QUERY): MAY_SEE["mentors"],
    ("document", "Quokka entre nous"): MAY_SEE["private"],
    ("document", "Quokka pour mentors"): MAY_SEE["mentors"],
    ("document", "Quokka pour tous"): MAY_SEE["public"],
    ("mentor", "Ludivine Quokkette"): MAY_SEE["private"],
    ("mentor", "Noé Quokkard"): MAY_SEE["public"],
}


@pytest.fixture(scope="session")
def known(school: School, documents: dict[str, Document]) -> None:
    """People of their own, and queries that helped five people and one."""
    people = (a_student("s-lea", "Léa"), a_mentor("m-ludivine", "Ludivine Quokkette"))
    exchange = {"kind": DocumentKind.EXCHANGE, "visibility": Visibility.PARTICIPANTS}
    school.publish("exchange:of", "Rien.", title="Rien", participants=people, **exchange)
    noe = (a_mentor("m-noe", "Noé Quokkard"),)
    school.publish("course:of", "Rien.", title="Cours", participants=noe)
    said = [(documents["mentors"], QUERY, f"m-{n}") for n in range(5)]
    said += [(documents["public"], QUERY, f"s-{n}") for n in range(4)]
    said += [(documents["public"], HERS, "s-lea")]
    for document, query, person in said:
        judgment = a_judgment(document, query_text=query, person_id=PersonId(person))
        school.services.catalog.judgments.record(judgment)


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
@pytest.mark.usefixtures("known")
def test_completions_of_every_kind_are_offered_to_who_may_see_where_they_come_from(
    school: School, who: Caller
) -> None:
    found = school.get(who, "/v1/suggest", q="quokk", limit=20)["suggestions"]

    offered = {(each["type"], each["text"]) for each in found}
    assert offered == {one for one, those in OFFERED.items() if who in those}


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
@pytest.mark.usefixtures("known")
def test_what_one_person_searched_is_never_offered_to_anybody(school: School, who: Caller) -> None:
    answer = school.get(who, "/v1/suggest", q="quokkametre de", limit=20)

    assert HERS not in str(answer)


@pytest.mark.usefixtures("known")
def test_a_mentor_and_a_query_lead_to_searches_and_not_to_a_page(school: School) -> None:
    found = school.get(CLAIRE, "/v1/suggest", q="quokk", limit=20)["suggestions"]

    by_type = {each["type"]: each for each in found if each["type"] != "document"}
    assert by_type["query"] == {"text": QUERY, "type": "query", "id": QUERY, "url": None}
    assert by_type["mentor"]["id"] in {"m-ludivine", "m-noe"}
    assert by_type["mentor"]["url"] is None


def test_an_instant_answer_has_one_page(school: School) -> None:
    answer = school.client.get(
        "/v1/search",
        params={"q": "quokka", "mode": "instant", "page": 2},
        headers=school.headers(KARIM),
    )

    assert answer.status_code == 400
    assert answer.json()["detail"] == "An instant answer has one page."
