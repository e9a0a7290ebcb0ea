"""Synonyms over HTTP: read by everybody, kept by staff, in force at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from schemas.identity import Caller
from tests.e2e.api.school import ADMIN, CLAIRE, LEA, SERVICE, School

PATH = "/v1/synonyms"
BAKERY = {"words": ["boulangerie", "fournil"]}


@pytest.fixture(autouse=True)
def _as_shipped(school: School) -> Iterator[None]:
    """Take back what a test has written: the school is shared."""
    yield
    headers = school.headers(ADMIN)
    found = school.get(ADMIN, PATH)
    for group in found["groups"]:
        if group["origin"] == "school":
            school.client.delete(f"{PATH}/{group['id']}", headers=headers)


def write(school: School, who: Caller, group: dict[str, Any], id_: str = "bakery") -> Response:
    return school.client.put(f"{PATH}/{id_}", json=group, headers=school.headers(who))


def remove(school: School, who: Caller, id_: str = "bakery") -> Response:
    return school.client.delete(f"{PATH}/{id_}", headers=school.headers(who))


def listed(school: School, who: Caller = LEA) -> dict[str, Any]:
    return {group["id"]: group for group in school.get(who, PATH)["groups"]}


def others(school: School, text: str) -> list[str]:
    return [each.text for each in school.services.synonyms.current().expand(text)]


def test_everybody_reads_the_groups_of_the_file(school: School) -> None:
    group = listed(school)["chiffre-d-affaires"]

    assert group["words"] == ["chiffre d'affaires"]
    assert (group["abbreviations"], group["weight"]) == (["CA"], None)
    assert (group["origin"], group["edited_at"]) == ("file", None)
    assert "annuel" in group["beside"]


@pytest.mark.parametrize("who", [CLAIRE, ADMIN, SERVICE], ids=lambda who: who.role)
def test_staff_write_and_delete_groups_which_count_at_once(school: School, who: Caller) -> None:
    written = write(school, who, BAKERY)
    found, own = others(school, "mon fournil"), listed(school)["bakery"]
    removed = remove(school, who)

    assert (written.status_code, written.json()) == (200, own)
    assert (own["words"], own["origin"]) == (["boulangerie", "fournil"], "school")
    assert own["edited_at"] is not None
    assert found == ["boulangerie"]
    assert (removed.status_code, removed.content) == (204, b"")
    assert others(school, "mon fournil") == []
    assert remove(school, who).status_code == 404


def test_students_write_and_delete_nothing(school: School) -> None:
    answers = [write(school, LEA, BAKERY), remove(school, LEA, "tva")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "bakery" not in listed(school)
    assert "tva" in listed(school)


def test_a_group_of_the_file_is_replaced_deleted_and_written_back(school: School) -> None:
    before = listed(school)["tva"]
    kept = {name: before[name] for name in ("words", "abbreviations", "beside", "weight")}

    changed = write(school, CLAIRE, {"words": ["TVA", "taxe"]}, "tva").json()
    deleted = remove(school, CLAIRE, "tva").status_code
    gone = school.get(LEA, PATH)["deleted"]
    back = write(school, CLAIRE, kept, "tva").json()

    assert (changed["words"], changed["origin"]) == (["TVA", "taxe"], "replaced")
    assert (deleted, gone) == (204, ["tva"])
    assert {name: back[name] for name in kept} == kept


def test_forms_lose_their_needless_spaces(school: School) -> None:
    written = write(school, CLAIRE, {"words": ["  mon   fournil ", "boulangerie"]}).json()

    assert written["words"] == ["mon fournil", "boulangerie"]


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ({}, "words"),
        ({"words": []}, "words"),
        ({"words": ["fournil"]}, "two forms"),
        ({"words": ["fournil", ""]}, "words"),
        ({"words": ["fournil", " "]}, "words"),
        ({"words": ["fournil", "x" * 101]}, "words"),
        ({"words": [f"mot{n}" for n in range(21)]}, "words"),
        ({"words": ["fournil", "Fournils"]}, "searched alike"),
        ({"words": ["fournil", "ça"]}, "no word"),
        ({"words": ["fournil", "prix"]}, "group pricing"),
        ({"words": ["fournil"], "abbreviations": ["FOURNIL"]}, "there twice"),
        ({"words": ["fournil"], "abbreviations": ["F N"]}, "not one word"),
        ({"words": ["fournil", "four"], "beside": ["pain"]}, "beside"),
        ({"words": ["fournil", "four"], "weight": 1.0}, "weight"),
        ({"words": ["fournil", "four"], "weight": 0}, "weight"),
        ({"words": ["fournil", "four"], "colour": "red"}, "colour"),
        ({"words": "fournil"}, "words"),
    ],
    ids=str,
)
def test_a_group_that_makes_no_sense_is_refused_and_says_why(
    school: School, group: dict[str, Any], names: str
) -> None:
    answer = write(school, CLAIRE, group)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
    assert names in answer.json()["detail"]
    assert "bakery" not in listed(school)


@pytest.mark.parametrize("id_", ["Bakery", "a b", "-a", "a--b", "é", "x" * 65, "bakery%0A"])
def test_an_id_that_is_none_is_refused(school: School, id_: str) -> None:
    answer = write(school, CLAIRE, BAKERY, id_)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
