"""Profiles over HTTP: a project as its person describes it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fixtures.builders import a_profile
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from tests.e2e.api.school import ADMIN, CLAIRE, School

NOUR = Caller(PersonId("s-nour"), Role.STUDENT, "Nour")
PATH = "/v1/profiles/s-nour"
PROJECT = {
    "project": "Fournil du canal",
    "description": "Un four à bois, deux pains, trois marchés.",
    "sectors": ["sector.food", "sector.crafts"],
    "stage": "stage.validation",
    "goals": ["Vendre 80 pains par semaine"],
    "milestones": [
        {"label": "Premier marché", "date": "2026-09-12", "done": True},
        {"label": "Trouver un local", "date": None, "done": False},
    ],
    "city": "Vierzon",
}


def write(school: School, who: Caller, project: dict[str, Any], path: str = PATH) -> Any:
    return school.client.put(path, json=project, headers=school.headers(who))


def test_a_project_is_read_as_it_was_written(school: School) -> None:
    written = write(school, NOUR, PROJECT)
    own, seen = school.get(NOUR, PATH), school.get(CLAIRE, PATH)

    said = {name: own[name] for name in ("project", "description", "goals", "milestones", "city")}
    assert written.json() == own
    assert said == {name: PROJECT[name] for name in said}
    assert [each["label"] for each in own["sectors"]] == ["Restauration", "Artisanat"]
    assert (own["stage"]["id"], own["stage"]["facet"]) == ("stage.validation", "stage")
    assert (own["person_id"], own["name"], own["may_edit"]) == ("s-nour", "Nour", True)
    assert seen == own | {"may_edit": False}


def test_what_is_left_out_is_emptied(school: School) -> None:
    write(school, NOUR, PROJECT)

    now = write(school, NOUR, {"project": "Tout autre chose"}).json()

    assert (now["description"], now["sectors"], now["stage"]) == ("", [], None)
    assert (now["goals"], now["milestones"], now["city"]) == ([], [], "")


def test_what_the_school_says_of_a_person_stays(school: School) -> None:
    known = a_profile("s-imported", name="Imane Exemple", joined=date(2026, 1, 5))
    school.services.catalog.profiles.import_many([known])
    imane = Caller(known.person_id, Role.STUDENT, "imane.e")
    path = "/v1/profiles/s-imported"

    own = write(school, imane, PROJECT, path).json()
    corrected = write(school, ADMIN, {"project": "Corrigé"}, path).json()

    for answer in (own, corrected):
        assert (answer["name"], answer["joined"]) == ("Imane Exemple", "2026-01-05")
    assert corrected["project"] == "Corrigé"


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"project": ""}, "project"),
        ({"sectors": ["sector.space"]}, "sectors"),
        ({"sectors": ["stage.validation"]}, "sectors"),
        ({"sectors": ["sector.food"] * 6}, "sectors"),
        ({"stage": "sector.food"}, "stage"),
        ({"goals": [""]}, "goals"),
        ({"goals": ["x"] * 21}, "goals"),
        ({"milestones": [{"label": "x", "date": "tomorrow"}]}, "milestones"),
        ({"milestones": [{"label": "x", "colour": "red"}]}, "milestones"),
        ({"city": "x" * 201}, "city"),
        ({"description": "x" * 2001}, "description"),
        ({"name": "Quelqu’un"}, "name"),
        ({"joined": "2020-01-01"}, "joined"),
    ],
    ids=str,
)
def test_a_project_that_makes_no_sense_is_refused_and_names_the_field(
    school: School, changed: dict[str, Any], names: str
) -> None:
    before = write(school, NOUR, PROJECT).json()

    answer = write(school, NOUR, PROJECT | changed)

    assert answer.status_code == 400
    assert names in answer.json()["detail"]
    assert school.get(NOUR, PATH) == before


def test_there_is_no_profile_before_one_is_written(school: School) -> None:
    new = Caller(PersonId("s-new"), Role.STUDENT, "Nouvelle")

    answer = school.client.get("/v1/profiles/s-new", headers=school.headers(new))

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
