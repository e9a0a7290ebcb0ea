"""What people write about synonyms, on both databases."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fixtures.builders import A_MOMENT
from indexer.catalog.catalog import Catalog, open_catalog
from indexer.live_synonyms import LiveSynonyms
from schemas.errors import InvalidInputError
from schemas.ids import PersonId
from schemas.synonym import SynonymEdit, SynonymGroup

CLAIRE = PersonId("m-claire")
ADMIN = PersonId("admin")
LATER = A_MOMENT + timedelta(hours=1)
PRICES = SynonymGroup("prices", ("prix", "tarifs"), weight=0.4)
CA = SynonymGroup("ca", ("chiffre d’affaires",), abbreviations=("CA",), beside=("annuel",))


def test_groups_come_back_whole_in_order_of_id(catalog: Catalog) -> None:
    catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT)
    catalog.synonyms.put(CA, ADMIN, LATER)

    assert catalog.synonyms.current() == (
        2,
        [SynonymEdit("ca", CA, ADMIN, LATER), SynonymEdit("prices", PRICES, CLAIRE, A_MOMENT)],
    )


def test_the_last_word_on_a_group_stands(catalog: Catalog) -> None:
    catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT)
    other = SynonymGroup("prices", ("prix", "coûts"))
    catalog.synonyms.put(other, ADMIN, LATER)

    assert catalog.synonyms.current()[1] == [SynonymEdit("prices", other, ADMIN, LATER)]


def test_a_deleted_group_is_remembered_as_deleted(catalog: Catalog) -> None:
    catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT)
    catalog.synonyms.delete("prices", ADMIN, LATER)
    catalog.synonyms.delete("never-there", ADMIN, LATER)

    assert [(edit.id, edit.group) for edit in catalog.synonyms.current()[1]] == [
        ("never-there", None),
        ("prices", None),
    ]


def test_every_change_has_a_higher_version(catalog: Catalog) -> None:
    versions = [catalog.synonyms.version()]
    for write in (
        lambda: catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT),
        lambda: catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT),
        lambda: catalog.synonyms.put(CA, CLAIRE, A_MOMENT),
        lambda: catalog.synonyms.delete("prices", CLAIRE, A_MOMENT),
    ):
        write()
        versions.append(catalog.synonyms.version())

    assert versions == [0, 1, 2, 3, 4]


@pytest.fixture
def another(catalog: Catalog, catalog_url: str) -> Iterator[Catalog]:
    """The same database through a pool of its own, as another process has it."""
    opened = open_catalog(catalog_url)
    yield opened
    opened.close()


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_groups_with_a_word_in_common_written_at_once_one_is_refused(
    catalog: Catalog, another: Catalog, attempt: int
) -> None:
    together = threading.Barrier(2)

    def write(through: Catalog, group_id: str) -> str:
        live = LiveSynonyms((), through.synonyms)
        together.wait(timeout=10)
        try:
            live.put(SynonymGroup(group_id, ("fournil", group_id)), CLAIRE, A_MOMENT)
        except InvalidInputError as error:
            return error.message
        return ""

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(write, (catalog, another), ("boulangerie", "boulange")))

    kept = [edit.id for edit in catalog.synonyms.current()[1]]
    assert len(kept) == 1
    assert min(answers) == ""
    assert f"'fournil' is in group {kept[0]} as well" in max(answers)


def test_what_is_checked_holds_until_the_group_is_kept(catalog: Catalog, another: Catalog) -> None:
    with ThreadPoolExecutor(1) as pool:
        late = []

        def check(edits: object) -> None:
            late.append(pool.submit(another.synonyms.put, CA, ADMIN, A_MOMENT))
            with pytest.raises(TimeoutError):
                late[0].result(timeout=1)

        catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT, check=check)
        late[0].result(timeout=30)

    assert [edit.id for edit in catalog.synonyms.current()[1]] == ["ca", "prices"]


def test_a_group_that_does_not_fit_is_not_kept(catalog: Catalog) -> None:
    def refuse(edits: object) -> None:
        raise InvalidInputError("No.")

    with pytest.raises(InvalidInputError):
        catalog.synonyms.put(PRICES, CLAIRE, A_MOMENT, check=refuse)

    assert catalog.synonyms.current() == (0, [])
