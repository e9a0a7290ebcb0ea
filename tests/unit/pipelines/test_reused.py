"""Ids that come back with quite another name are told; another way to write a name is not."""

import pytest

from fixtures.builders import a_mentor, a_student
from pipelines.reused import is_same_name, reused_ids
from schemas.content import Speaker


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Camille Roux", "camille roux"),
        ("Camille R.", "Camille Roux"),
        ("C. Roux", "Camille Roux"),
        ("Roux Camille", "Camille Roux"),
        ("Camile Roux", "Camille Roux"),
        ("Camille Petit", "Camille Roux"),
        ("Léa", "Lea Martin"),
        ("Noé", "NOE"),
        ("", "Camille Roux"),
        ("?", "Camille Roux"),
    ],
)
def test_one_persons_name_is_written_in_many_ways(first: str, second: str) -> None:
    assert is_same_name(first, second)
    assert is_same_name(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Camille Roux", "Jean Modèle"), ("Léa", "Karim Exemple"), ("Camille", "Dominique")],
)
def test_another_name_is_another_name(first: str, second: str) -> None:
    assert not is_same_name(first, second)
    assert not is_same_name(second, first)


def test_only_ids_that_are_known_otherwise_are_told() -> None:
    people = (a_student("s-17", "Jean Modèle"), a_mentor("m-4", "Dominique M."), a_mentor("m-9"))
    known = {
        id_: Speaker(id_, name)
        for id_, name in ((people[0].id, "Camille Exemple"), (people[1].id, "Dominique Modèle"))
    }

    (told,) = reused_ids(people, known)

    assert told.startswith(
        "The id 's-17' is of “Camille Exemple” in documents before, and of “Jean"
    )
