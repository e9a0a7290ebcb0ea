"""Whom and what the names in a query mean."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.naming import NO_TAG, NOBODY, narrowed, resolve_people, resolve_tags
from indexer.retrieval.parser import parse
from indexer.taxonomy import load_taxonomy
from schemas.content import Speaker
from schemas.document import DocumentKind
from schemas.ids import PersonId, TagId
from schemas.query import Filter

PEOPLE = {
    PersonId(id_): Speaker(PersonId(id_), name)
    for id_, name in (
        ("m-1", "Claire Dubois"),
        ("m-2", "Claire N’Diaye"),
        ("m-3", "Jean-Noël Müller"),
        ("m-4", "Youssef Ed-Dine"),
    )
}
EVERYBODY = Filter(audiences=frozenset({"everyone"}))
TAXONOMY = load_taxonomy(None)


def filtered(typed: str, where: Filter = EVERYBODY) -> Filter:
    return narrowed(
        where, parse(typed), mentors=lambda: PEOPLE, speakers=lambda: PEOPLE, taxonomy=TAXONOMY
    )


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("claire", {"m-1", "m-2"}),
        ("CLAIRE D", {"m-1", "m-2"}),
        ("Claire Du", {"m-1"}),
        ("dubois claire", {"m-1"}),
        ("n'diaye", {"m-2"}),
        ("noel", {"m-3"}),
        ("jean noel", {"m-3"}),
        ("Muller", {"m-3"}),
        ("yousef", {"m-4"}),
        ("calire dubois", {"m-1"}),
        ("m-4", {"m-4"}),
    ],
)
def test_a_name_means_everybody_whose_words_it_begins(name: str, ids: set[str]) -> None:
    assert resolve_people([name], PEOPLE) == ids


@pytest.mark.parametrize("name", ["astrid", "claire astrid", "cl aire x", "-", "ire"])
def test_a_name_that_means_nobody_finds_nobody(name: str) -> None:
    assert resolve_people([name], PEOPLE) == {NOBODY}


def test_the_names_that_mean_somebody_count() -> None:
    assert resolve_people(["astrid", "noel", "yous"], PEOPLE) == {"m-3", "m-4"}
    assert resolve_people([], PEOPLE) == frozenset()


@given(st.text(max_size=40))
def test_no_name_breaks_it(name: str) -> None:
    assert resolve_people([name], PEOPLE)


def test_tags_go_by_all_their_names() -> None:
    assert resolve_tags(["pricing", "Fixer ses prix"], TAXONOMY) == {"topic.pricing"}
    assert resolve_tags(["astrologie"], TAXONOMY) == {NO_TAG}


def test_fields_narrow_the_filter() -> None:
    where = filtered('kind:cours,fiche mentor:noel tag:pricing "x"')

    assert where == Filter(
        audiences=EVERYBODY.audiences,
        kinds=frozenset({DocumentKind.COURSE, DocumentKind.SHEET}),
        mentors=frozenset({PersonId("m-3")}),
        tag_groups=(frozenset({TagId("topic.pricing")}),),
    )


def test_a_typed_tag_must_hold_beside_a_chosen_one_and_typed_ones_are_alternatives() -> None:
    chosen = msgspec.structs.replace(EVERYBODY, tags=frozenset({TagId("topic.clients")}))

    both = filtered("tag:pricing,astrologie", chosen)

    assert both.tags == {"topic.clients"}
    assert both.tag_groups == ({"topic.pricing", NO_TAG},)


def test_what_was_typed_and_what_was_chosen_must_both_hold() -> None:
    chosen = Filter(
        audiences=EVERYBODY.audiences,
        kinds=frozenset({DocumentKind.COURSE, DocumentKind.REPLAY}),
        mentors=frozenset({PersonId("m-1"), PersonId("m-3")}),
    )

    both = filtered("kind:cours,fiche mentor:claire", chosen)

    assert (both.kinds, both.mentors) == ({DocumentKind.COURSE}, {"m-1"})
    assert filtered("kind:fiche", chosen).mentors == {NOBODY}
    assert filtered("mentor:youssef", chosen).mentors == {NOBODY}


def test_mentors_are_not_looked_up_unless_one_is_named() -> None:
    def unexpected() -> dict[PersonId, Speaker]:
        raise AssertionError("nobody was named")

    where = narrowed(
        EVERYBODY, parse("kind:cours x"), mentors=unexpected, speakers=unexpected, taxonomy=TAXONOMY
    )

    assert where.kinds == {DocumentKind.COURSE}


def test_who_speaks_is_found_as_mentors_are_and_joined_with_the_filter() -> None:
    chosen = Filter(audiences=EVERYBODY.audiences, speakers=frozenset({PersonId("m-3")}))

    assert filtered('intervenant:"claire du" prix').speakers == {"m-1"}
    assert filtered("speaker:astrid").speakers == {NOBODY}
    assert filtered("speaker:noel", chosen).speakers == {"m-3"}
    assert filtered("speaker:claire", chosen).mentors == {NOBODY}
