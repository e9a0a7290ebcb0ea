"""Documents like one over HTTP: what is near, who may see it, and bad questions."""

from __future__ import annotations

import pytest

from schemas.document import Document, DocumentKind, Visibility
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School, exchange_of


@pytest.fixture(scope="session")
def sheet(school: School) -> Document:
    return school.publish(
        "sheet:kayak",
        "Louer un kayak de mer au port de plaisance.",
        title="Louer un kayak",
        kind=DocumentKind.SHEET,
        visibility=Visibility.STUDENTS,
    )


@pytest.fixture(scope="session")
def private(school: School) -> Document:
    return exchange_of(
        school, "exchange:kayak", "Mon kayak de mer a coulé au port.", title="Kayak coulé au port"
    )


def test_what_is_near_comes_first_with_what_a_link_needs(
    school: School, sheet: Document, private: Document
) -> None:
    found = school.get(LEA, f"/v1/documents/{sheet.id}/similar", limit=3)["documents"]

    assert sheet.id not in {each["document_id"] for each in found}
    assert len(found) <= 3
    assert found[0] == {
        "document_id": private.id,
        "kind": "exchange",
        "media_kind": "video",
        "title": "Kayak coulé au port",
        "url": f"/documents/{private.id}",
        "language": private.language,
        "created_at": found[0]["created_at"],
        "score": found[0]["score"],
    }


def test_an_exchange_of_others_is_like_nothing(
    school: School, sheet: Document, private: Document
) -> None:
    for caller, sees in ((LEA, True), (CLAIRE, True), (KARIM, False)):
        answer = school.get(caller, f"/v1/documents/{sheet.id}/similar", limit=20)
        assert (private.id in str(answer)) == sees
        assert ("coulé" in str(answer)) == sees


@pytest.mark.parametrize("limit", ["0", "21", "many"])
def test_a_limit_that_does_not_fit_is_named(school: School, sheet: Document, limit: str) -> None:
    answer = school.client.get(
        f"/v1/documents/{sheet.id}/similar", params={"limit": limit}, headers=school.headers(LEA)
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
    assert "limit" in answer.text
