"""The file's synonyms and what people have written over them, as searches see both."""

from __future__ import annotations

from datetime import datetime

import pytest

from fixtures.builders import A_MOMENT
from indexer.following import LOOK_EVERY_S
from indexer.live_synonyms import Check, LiveSynonyms
from schemas.errors import InvalidInputError, NotFoundError, TransientError
from schemas.ids import PersonId
from schemas.synonym import SynonymEdit, SynonymGroup, SynonymOrigin

CLAIRE = PersonId("m-claire")
SHIPPED = (
    SynonymGroup("prices", ("prix", "tarifs")),
    SynonymGroup("net", ("réseau", "networking")),
)


class Store:
    """Keeps edits in memory; may be made to fail. Counts how often it is asked for its version."""

    def __init__(self) -> None:
        self.edits: dict[str, SynonymEdit] = {}
        self.n_changes = 0
        self.n_looks = 0
        self.is_down = False

    def version(self) -> int:
        self.n_looks += 1
        if self.is_down:
            raise TransientError("The catalog does not answer.")
        return self.n_changes

    def current(self) -> tuple[int, list[SynonymEdit]]:
        return self.n_changes, [self.edits[id_] for id_ in sorted(self.edits)]

    def put(self, group: SynonymGroup, person_id: PersonId, now: datetime, *, check: Check) -> None:
        check(self.current()[1])
        self.edits[group.id] = SynonymEdit(group.id, group, person_id, now)
        self.n_changes += 1

    def delete(self, group_id: str, person_id: PersonId, now: datetime) -> None:
        self.edits[group_id] = SynonymEdit(group_id, None, person_id, now)
        self.n_changes += 1


class Hand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def live(store: Store, hand: Hand) -> LiveSynonyms:
    return LiveSynonyms(SHIPPED, store, clock_s=hand)


def others(live: LiveSynonyms, text: str) -> list[str]:
    return [each.text for each in live.current().expand(text)]


def test_a_written_group_counts_at_once_beside_those_of_the_file(live: LiveSynonyms) -> None:
    written = SynonymGroup("bakery", ("boulangerie", "fournil"))

    put = live.put(written, CLAIRE, A_MOMENT)

    assert (put.group, put.origin, put.edited_at) == (written, SynonymOrigin.SCHOOL, A_MOMENT)
    assert others(live, "un fournil à bon prix") == ["boulangerie", "tarifs"]
    assert [each.group.id for each in live.groups()] == ["prices", "net", "bakery"]


def test_a_written_group_takes_the_place_of_the_file_s(live: LiveSynonyms) -> None:
    put = live.put(SynonymGroup("prices", ("prix", "coût")), CLAIRE, A_MOMENT)

    assert put.origin is SynonymOrigin.REPLACED
    assert (others(live, "prix"), others(live, "tarifs")) == (["coût"], [])
    assert [each.group.id for each in live.groups()] == ["prices", "net"]


def test_a_deleted_group_of_the_file_is_gone_until_it_is_written_again(live: LiveSynonyms) -> None:
    live.delete("net", CLAIRE, A_MOMENT)
    gone = (others(live, "réseau"), live.deleted())
    live.put(SHIPPED[1], CLAIRE, A_MOMENT)

    assert gone == ([], ("net",))
    assert (others(live, "réseau"), live.deleted()) == (["networking"], ())


def test_what_is_not_there_cannot_be_deleted(live: LiveSynonyms) -> None:
    live.delete("net", CLAIRE, A_MOMENT)

    for group_id in ("net", "never-there"):
        with pytest.raises(NotFoundError):
            live.delete(group_id, CLAIRE, A_MOMENT)


def test_a_word_of_another_group_is_refused_and_nothing_changes(
    live: LiveSynonyms, store: Store
) -> None:
    with pytest.raises(InvalidInputError, match="'Réseaux' is in group net"):
        live.put(SynonymGroup("prices", ("prix", "Réseaux")), CLAIRE, A_MOMENT)

    assert (store.n_changes, others(live, "prix")) == (0, ["tarifs"])


def test_what_another_process_wrote_counts_within_a_second(
    live: LiveSynonyms, store: Store, hand: Hand
) -> None:
    store.delete("net", CLAIRE, A_MOMENT)
    before = [others(live, "réseau") for _ in range(3)]
    hand.now_s += LOOK_EVERY_S
    after = [others(live, "réseau") for _ in range(3)]

    assert (before, after, store.n_looks) == ([["networking"]] * 3, [[]] * 3, 1)


def test_a_store_that_does_not_answer_leaves_what_was_in_force(
    live: LiveSynonyms, store: Store, hand: Hand
) -> None:
    store.is_down = True
    hand.now_s += LOOK_EVERY_S

    assert others(live, "réseau") == ["networking"]


def test_a_group_of_a_new_file_that_meets_a_written_one_breaks_nothing(store: Store) -> None:
    store.put(SynonymGroup("school", ("prix", "montant")), CLAIRE, A_MOMENT, check=lambda _: None)

    live = LiveSynonyms(SHIPPED, store)

    assert others(live, "prix") == ["tarifs", "montant"]
