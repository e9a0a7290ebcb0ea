"""How sure an answer is of itself: on the wire, on the page, and for whom."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import pytest

from api.guards import SESSION_COOKIE
from schemas.document import Document
from schemas.identity import Caller
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of

ANSWERED: Final = "calibrage du zirconium"
UNANSWERED: Final = "plomberie sous-marine antarctique"


@pytest.fixture(scope="session")
def private(school: School) -> Document:
    return exchange_of(
        school,
        "exchange:confidence",
        "Le calibrage du zirconium se fait avant la pesée.",
        title="Calibrage du zirconium",
    )


def page_of(school: School, who: Caller, path: str) -> str:
    cookie = f"{SESSION_COOKIE}={school.token(who)}"
    return school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"}).text


def asked(school: School, caller: Caller = LEA, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = school.get(caller, "/v1/search", **params)
    return found


def test_what_is_answered_is_surer_than_what_is_not(school: School, private: Document) -> None:
    answered, unanswered = asked(school, q=ANSWERED), asked(school, q=UNANSWERED)

    assert answered["hits"][0]["document_id"] == private.id
    assert 0 <= unanswered["confidence"] < answered["confidence"] <= 1
    assert (answered["is_doubtful"], unanswered["is_doubtful"]) == (False, True)


def test_what_a_caller_may_not_see_makes_no_page_surer(school: School, private: Document) -> None:
    seen, unseen = asked(school, q=ANSWERED), asked(school, KARIM, q=ANSWERED)

    assert private.id not in [hit["document_id"] for hit in unseen["hits"]]
    assert unseen["confidence"] < seen["confidence"]
    assert unseen["is_doubtful"]


def test_page_and_order_change_nothing(school: School, private: Document) -> None:
    first = asked(school, q=ANSWERED)["confidence"]

    assert asked(school, q=ANSWERED, page=2, per_page=1)["confidence"] == first
    assert asked(school, q=ANSWERED, sort="oldest")["confidence"] == first


@pytest.mark.parametrize(
    "params", [{"q": ""}, {"q": "kind:exchange"}, {"q": "zirconium", "mode": "instant"}]
)
def test_nothing_is_said_where_nothing_tells(
    school: School, private: Document, params: dict[str, str]
) -> None:
    found = asked(school, **params)

    assert (found["confidence"], found["is_doubtful"]) == (None, False)


def test_nothing_found_answers_nothing(school: School) -> None:
    found = asked(school, q='"anticonstitutionnellement zirconium"')

    assert (found["hits"], found["confidence"]) == ([], 0.0)


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Rien ne répond vraiment"), ("en", "Nothing really answers")],
)
def test_a_doubtful_page_says_so_above_its_hits(school: School, language: str, said: str) -> None:
    page = page_of(school, CLAIRE, f"/?lang={language}&q={quote(UNANSWERED)}")

    assert 'data-state="doubtful"' in page
    assert 0 < page.index(said) < page.index('class="card hit"')


def test_an_answered_page_does_not(school: School, private: Document) -> None:
    page = page_of(school, LEA, f"/?q={quote(ANSWERED)}")

    assert 'data-state="doubtful"' not in page
