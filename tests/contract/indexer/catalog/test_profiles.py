"""Profiles of people, on both databases."""

from datetime import date, timedelta

import msgspec

from fixtures.builders import A_MOMENT, a_profile
from indexer.catalog.catalog import Catalog
from schemas.ids import PersonId, TagId
from schemas.profile import Milestone

LATER = A_MOMENT + timedelta(days=1)


def test_a_profile_comes_back_whole(catalog: Catalog) -> None:
    profile = a_profile(
        description="Du pain\0 et des brioches.",
        sectors=(TagId("sector.food"), TagId("sector.crafts")),
        stage=TagId("stage.launch"),
        goals=("Ouvrir\0 en mai", "Vendre 80 pains"),
        milestones=(Milestone("Local", date(2026, 5, 2), done=True), Milestone("Four")),
        city="Vierzon",
        joined=date(2025, 12, 1),
    )

    catalog.profiles.put(profile)

    clean = msgspec.structs.replace(
        profile, description="Du pain\N{REPLACEMENT CHARACTER} et des brioches."
    )
    assert catalog.profiles.get(profile.person_id) == clean


def test_a_profile_takes_the_place_of_the_former_one(catalog: Catalog) -> None:
    catalog.profiles.put(a_profile(stage=TagId("stage.idea"), city="Vierzon"))
    changed = a_profile(updated_at=LATER)

    catalog.profiles.put(changed)

    assert catalog.profiles.get_many([changed.person_id, PersonId("s-none")]) == {
        changed.person_id: changed
    }


def test_importing_again_changes_what_nobody_has_written(catalog: Catalog) -> None:
    catalog.profiles.import_many([a_profile("s-1"), a_profile("s-2")])
    again = [a_profile("s-1", city="Brest"), a_profile("s-3")]

    kept = catalog.profiles.import_many(again)

    assert kept == []
    found = catalog.profiles.get_many([PersonId(f"s-{n}") for n in (1, 2, 3)])
    assert found == {each.person_id: each for each in (a_profile("s-2"), *again)}


def test_importing_leaves_what_a_person_has_written_unless_told_otherwise(
    catalog: Catalog,
) -> None:
    written = a_profile("s-1", city="Brest")
    catalog.profiles.import_many([a_profile("s-1")])
    catalog.profiles.put(written)
    handed_over = [a_profile("s-1"), a_profile("s-2")]

    kept = catalog.profiles.import_many(handed_over)
    after = catalog.profiles.get(PersonId("s-1"))
    replaced = catalog.profiles.import_many(handed_over, replace=True)

    assert (kept, replaced) == ([PersonId("s-1")], [])
    assert after == written
    assert catalog.profiles.get(PersonId("s-1")) == handed_over[0]


def test_importing_nobody_changes_nothing(catalog: Catalog) -> None:
    assert catalog.profiles.import_many([]) == []
