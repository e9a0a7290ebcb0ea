"""What people write about synonyms, on both databases."""

from datetime import timedelta

from fixtures.builders import A_MOMENT
from indexer.catalog.catalog import Catalog
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
