"""The school's file of students: what is read, and what is refused by name."""

from datetime import date
from pathlib import Path

import pytest

from api.personas import PERSONAS
from fixtures.builders import A_MOMENT
from indexer.people import read_profiles
from indexer.taxonomy import load_taxonomy
from schemas.errors import InvalidInputError
from schemas.identity import Role
from schemas.profile import Milestone, Profile

TAXONOMY = load_taxonomy(None)
DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "corpus" / "people" / "students.toml"
NOUR = """
[[students]]
id = "s-nour"
name = "Nour Exemple"
project = "Fournil du canal"
description = "Un four à bois."
sectors = ["sector.food"]
stage = "stage.validation"
goals = ["Vendre 80 pains par semaine"]
milestones = [{ label = "Premier marché", date = 2026-09-12, done = true }, { label = "Local" }]
city = "Vierzon"
joined = 2026-01-05
"""


def read(tmp_path: Path, text: str) -> list[Profile]:
    path = tmp_path / "students.toml"
    path.write_text(text, encoding="utf-8")
    return read_profiles(path, TAXONOMY, now=A_MOMENT)


def test_a_student_is_read_with_her_project(tmp_path: Path) -> None:
    (nour,) = read(tmp_path, NOUR)

    assert (nour.person_id, nour.name, nour.project) == (
        "s-nour",
        "Nour Exemple",
        "Fournil du canal",
    )
    assert (nour.sectors, nour.stage) == (("sector.food",), "stage.validation")
    assert nour.milestones == (
        Milestone("Premier marché", date(2026, 9, 12), done=True),
        Milestone("Local"),
    )
    assert (nour.joined, nour.updated_at) == (date(2026, 1, 5), A_MOMENT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NOUR.replace("sector.food", "sector.space"), "student s-nour: sectors: .*sector.space"),
        (NOUR.replace("stage.validation", "sector.food"), "student s-nour: stage: .*sector.food"),
        (NOUR.replace("city", "town"), "student s-nour: .*town"),
        (NOUR.replace('project = "Fournil du canal"', ""), "student s-nour: .*project"),
        (NOUR + NOUR, "student s-nour is there twice"),
        (NOUR.replace('id = "s-nour"', ""), r"student \?: .*id"),
        ("[[pupils]]", "students.toml: .*pupils"),
        ("[[students", r"students\.toml"),
    ],
)
def test_a_mistake_is_named_with_its_student(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_profiles(tmp_path / "none.toml", TAXONOMY, now=A_MOMENT)


def test_every_student_that_one_can_be_in_the_demo_has_a_project_in_its_file() -> None:
    students = {each.caller for each in PERSONAS if each.caller.role is Role.STUDENT}

    found = {each.person_id: each.name for each in read_profiles(DEMO, TAXONOMY, now=A_MOMENT)}

    assert {each.person_id: found.get(each.person_id) for each in students} == {
        each.person_id: each.name for each in students
    }
