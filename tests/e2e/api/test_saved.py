"""Documents that somebody keeps at hand, over HTTP."""

from __future__ import annotations

from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from tests.e2e.api.school import CLAIRE, KARIM, LEA, School

NOUR = Caller(PersonId("s-nour"), Role.STUDENT, "Nour")
"""Nobody else's tests keep anything in her name."""


def published(school: School, source: str) -> Document:
    return school.publish(
        source, f"Le mot {source}.", kind=DocumentKind.SHEET, visibility=Visibility.STUDENTS
    )


def kept_by(school: School, who: Caller) -> list[str]:
    return [each["document"]["id"] for each in school.get(who, "/v1/saved")["saved"]]


def test_a_document_is_kept_and_let_go(school: School) -> None:
    document, headers = published(school, "sheet:kept"), school.headers(LEA)
    path = f"/v1/saved/{document.id}"

    saved = [school.client.put(path, headers=headers) for _ in range(2)]
    listed = school.get(LEA, "/v1/saved")
    gone = [school.client.delete(path, headers=headers).status_code for _ in range(2)]

    assert [answer.status_code for answer in saved] == [200, 200]
    assert saved[0].json() == saved[1].json()
    assert saved[0].json() in listed["saved"]
    assert saved[0].json()["document"]["title"] == document.title
    assert gone == [204, 204]
    assert document.id not in kept_by(school, LEA)


def test_nobody_touches_the_list_of_another(school: School) -> None:
    document = published(school, "sheet:own-list")
    path = f"/v1/saved/{document.id}"
    school.client.put(path, headers=school.headers(LEA))

    school.client.delete(path, headers=school.headers(CLAIRE))

    assert document.id in kept_by(school, LEA)
    assert document.id not in kept_by(school, KARIM)


def test_a_document_made_private_is_kept_but_not_shown(school: School) -> None:
    document = published(school, "sheet:kept-then-private")
    path = f"/v1/saved/{document.id}"
    school.client.put(path, headers=school.headers(LEA))
    school.services.catalog.documents.set_visibility(document.id, Visibility.MENTORS)

    hidden = school.client.get("/v1/saved", headers=school.headers(LEA)).text
    again = school.client.put(path, headers=school.headers(LEA))
    let_go = school.client.delete(path, headers=school.headers(LEA))

    assert document.id not in hidden
    assert (again.status_code, let_go.status_code) == (404, 204)


def test_the_list_comes_in_pages_the_last_one_kept_first(school: School) -> None:
    documents = [published(school, f"sheet:page-{n}") for n in range(3)]
    for document in documents:
        school.client.put(f"/v1/saved/{document.id}", headers=school.headers(NOUR))

    page = school.get(NOUR, "/v1/saved", page=2, per_page=1)

    assert [each["document"]["id"] for each in page["saved"]] == [documents[1].id]
    assert (page["total"], page["page"], page["per_page"]) == (3, 2, 1)
