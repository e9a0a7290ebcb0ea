"""Why a hit is here, over HTTP and on the page; and that nobody learns what others asked."""

from __future__ import annotations

from typing import Any, Final

import pytest

from api.guards import SESSION_COOKIE
from fixtures.builders import a_judgment, a_search
from indexer.feedback.pseudonyms import open_pseudonyms
from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller
from schemas.ids import PersonId
from tests.e2e.api.school import ADMIN, CLAIRE, KARIM, LEA, SERVICE, YOUSSEF, School, exchange_of

EVERYBODY: Final = (LEA, KARIM, CLAIRE, YOUSSEF, ADMIN, SERVICE)
ASKED: Final = "Combien coûte un axolotlage ?"
VOTES: Final = {"private": 6, "mentors": 7, "public": 8, "few": 4}
"""How many people said of each that it was useful; five are needed to be told."""


@pytest.fixture(scope="session")
def documents(school: School) -> dict[str, Document]:
    sheet: dict[str, Any] = {"kind": DocumentKind.SHEET}
    mentors = sheet | {"visibility": Visibility.MENTORS}
    found = {
        "private": exchange_of(
            school, "exchange:axolotlage", "Entre nous, l'axolotlage coûte cent euros."
        ),
        "mentors": school.publish("axolotlage:m", "Mentors : axolotlage, deux cents.", **mentors),
        "public": school.publish(
            "axolotlage:p", "Le prix se négocie.", title="L'axolotlage", **sheet
        ),
        "few": school.publish("axolotlage:f", "L'axolotlage se paie à la fin.", **sheet),
    }
    for name, n_people in VOTES.items():
        for n in range(n_people):
            vote(school, found[name], f"s-{name}-{n}", ASKED)
    school.services.handle.feedback.catch_up()
    return found


def vote(school: School, document: Document, person: str, asked: str) -> None:
    """Let a person search, see the document and say that it was useful."""
    catalog, person_id = school.services.catalog, PersonId(person)
    who = open_pseudonyms(school.services.settings).of(person_id)
    search = a_search(f"q-{person}", document, text=asked, person=who)
    catalog.feedback.append([search])
    catalog.judgments.record(
        a_judgment(document, query_text=asked, person_id=person_id, query_id=search.query_id)
    )


def grounds_of(school: School, who: Caller, q: str = ASKED, **params: Any) -> dict[str, Any]:
    """Return the grounds of every hit by document, and by code."""
    answer = school.get(who, "/v1/search", q=q, per_page=50, **params)
    return {
        hit["document_id"]: {each["code"]: each for each in hit["explanation"]["grounds"]}
        for hit in answer["hits"]
    }


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
def test_people_are_counted_only_over_what_the_caller_may_see_and_where_they_are_several(
    school: School, documents: dict[str, Document], who: Caller
) -> None:
    found = grounds_of(school, who)
    seen = {"public", "few"}
    seen |= {"private"} if who is not KARIM else set()
    seen |= {"mentors"} if who not in {KARIM, LEA} else set()

    told = {
        name: found[document.id].get("useful", {}).get("n_people")
        for name, document in documents.items()
        if document.id in found
    }

    assert told == {name: VOTES[name] if VOTES[name] >= 5 else None for name in seen}
    assert sum("useful" in each for each in found.values()) == len(seen) - 1


def test_people_who_asked_something_else_are_not_counted(
    school: School, documents: dict[str, Document]
) -> None:
    assert (
        "useful" in grounds_of(school, KARIM, "combien coute un AXOLOTLAGE")[documents["public"].id]
    )
    assert "useful" not in grounds_of(school, KARIM, "axolotlage")[documents["public"].id]


def test_who_takes_the_word_back_is_no_longer_counted(
    school: School, documents: dict[str, Document]
) -> None:
    document, asked = documents["public"], "axolotlage pour tous"
    for n in range(5):
        vote(school, document, f"s-back-{n}", asked)
    school.services.handle.feedback.catch_up()
    before = grounds_of(school, KARIM, asked)[document.id]
    taken = {"document_id": document.id, "value": "withdrawn", "q": asked}
    one = Caller(PersonId("s-back-0"), LEA.role, "Une")
    school.client.post("/v1/judgments", json=taken, headers=school.headers(one))
    school.services.handle.feedback.catch_up()

    after = grounds_of(school, KARIM, asked)[document.id]

    assert (before["useful"]["n_people"], after.get("useful")) == (5, None)


def test_words_of_the_title_and_of_the_passage_are_told_as_written(
    school: School, documents: dict[str, Document]
) -> None:
    found = grounds_of(school, KARIM, "prix axolotlages")[documents["public"].id]

    assert found["title"]["words"] == ["axolotlage"]
    assert set(found["all_words"]["words"]) == {"prix", "axolotlage"}


def test_conditions_are_a_ground_with_words_and_alone(
    school: School, documents: dict[str, Document]
) -> None:
    beside = grounds_of(school, KARIM, "axolotlage kind:fiche")[documents["few"].id]
    alone = grounds_of(school, KARIM, "kind:fiche")[documents["few"].id]

    assert beside["conditions"]["words"] == ["kind:sheet"]
    assert list(alone) == ["conditions"]


def test_a_list_that_was_not_searched_and_an_instant_answer_tell_no_grounds(
    school: School, documents: dict[str, Document]
) -> None:
    assert set(map(len, grounds_of(school, KARIM, "").values())) == {0}
    assert set(map(len, grounds_of(school, KARIM, "axolotl", mode="instant").values())) == {0}


def test_the_page_tells_the_grounds_in_words(
    school: School, documents: dict[str, Document]
) -> None:
    headers = {"Cookie": f"{SESSION_COOKIE}={school.token(KARIM)}", "Accept-Language": "fr"}
    page = school.client.get("/", params={"q": ASKED}, headers=headers).text

    assert "mot exact dans le titre" in page
    assert "8 personnes sur 8" in page
    assert "6 personnes sur" not in page
