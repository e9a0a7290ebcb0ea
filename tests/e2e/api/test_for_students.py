"""What the service does for one student: a lift for the own sector, and what to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from api.guards import SESSION_COOKIE
from fixtures.builders import a_profile
from schemas.document import Document, DocumentKind
from schemas.identity import Caller
from schemas.ids import PersonId, TagId
from tests.e2e.api.school import KARIM, LEA, School, open_school

N_SHEETS: Final = 24


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: profiles move what every search finds."""
    with open_school(tmp_path_factory.mktemp("students")) as opened:
        yield opened


@pytest.fixture(scope="module")
def sheets(school: School) -> list[Document]:
    """Sheets that say nearly the same; every third is of the arts, the others of food."""
    school.services.catalog.profiles.put(
        a_profile(LEA.person_id, project="Terres", sectors=("sector.arts",), stage="stage.idea")
    )
    found = []
    for n in range(N_SHEETS):
        text = f"Tenir sa caisse, le cas numéro {n} vu de près, avec un exemple."
        found.append(school.publish(f"caisse:{n}", text, kind=DocumentKind.SHEET))
        if n % 3 == 0:
            school.services.catalog.documents.set_person_tags(
                found[-1].id, [TagId("sector.arts")], PersonId("m-claire")
            )
    position = school.services.catalog.changes.last_position()
    assert school.services.handle.wait_for(position, 10)
    return found


def hits(school: School, who: Caller, **params: Any) -> list[dict[str, Any]]:
    found = school.get(who, "/v1/search", q="tenir sa caisse", **params)["hits"]
    assert isinstance(found, list)
    return found


def test_what_is_of_the_own_sector_is_lifted_and_says_so(
    school: School, sheets: list[Document]
) -> None:
    of_the_arts = {sheet.id for sheet in sheets[::3]}

    mine = {hit["document_id"]: hit for hit in hits(school, LEA, per_page=50)}
    theirs = {hit["document_id"]: hit for hit in hits(school, KARIM, per_page=50)}

    assert set(mine) == set(theirs)
    for id_, hit in mine.items():
        codes = {each["code"] for each in hit["explanation"]["grounds"]}
        gain = hit["explanation"]["personal"] or 0
        assert ("sector" in codes) == (gain > 0) == (id_ in of_the_arts)
        assert hit["score"] == pytest.approx(theirs[id_]["score"] + gain)
        assert theirs[id_]["explanation"]["personal"] is None
    ranks = {id_: (mine[id_]["rank"], theirs[id_]["rank"]) for id_ in of_the_arts}
    assert all(after <= before for after, before in ranks.values())


def test_a_lifted_ranking_is_the_same_on_every_page(school: School, sheets: list[Document]) -> None:
    whole = [hit["document_id"] for hit in hits(school, LEA, per_page=50)]

    pages = [hits(school, LEA, per_page=7, page=page) for page in range(1, 5)]

    assert [hit["document_id"] for page in pages for hit in page] == whole


def test_the_lift_is_off_where_the_request_says_so_and_moves_no_confidence(
    school: School, sheets: list[Document]
) -> None:
    off = hits(school, LEA, per_page=50, personal=False)
    theirs = hits(school, KARIM, per_page=50)
    answers = [school.get(who, "/v1/search", q="tenir sa caisse") for who in (LEA, KARIM)]

    assert [(h["document_id"], h["score"]) for h in off] == [
        (h["document_id"], h["score"]) for h in theirs
    ]
    assert answers[0]["confidence"] == answers[1]["confidence"]


def test_the_page_has_a_switch_that_stays_in_its_links(
    school: School, sheets: list[Document]
) -> None:
    on, off, without = (
        open_page(school, who, path)
        for who, path in (
            (LEA, "/?q=caisse"),
            (LEA, "/?q=caisse&personal=false"),
            (KARIM, "/?q=caisse"),
        )
    )

    assert "projet Terres" in on
    assert 'href="/?q=caisse&amp;personal=false"' in on
    assert "pour votre secteur" in on
    assert 'href="/?q=caisse"' in off
    assert "pour votre secteur" not in off
    assert 'name="personal" value="false"' in off
    assert "for-project" not in without


def open_page(school: School, who: Caller, path: str) -> str:
    cookie = f"{SESSION_COOKIE}={school.token(who)}"
    answer = school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text
