"""What the catalog says of ranking profiles, as searches see it."""

from __future__ import annotations

import msgspec
import pytest

from fixtures.builders import A_MOMENT, a_made_profile, an_experiment
from indexer.following import LOOK_EVERY_S
from indexer.live_ranking import LiveRanking, find_profile
from indexer.retrieval.profiles import PROFILES, RankingProfile, made_profile
from schemas.errors import NotFoundError, SettingsError, TransientError
from schemas.experiment import Experiment
from schemas.ranking import MadeProfile, ServiceChange

BASE = PROFILES["default"]


class FakeStore:
    """Keeps everything in lists, and may be out of reach."""

    def __init__(self) -> None:
        self.made: list[MadeProfile] = [a_made_profile(version=1)]
        self.served: list[ServiceChange] = []
        self.tried: list[Experiment] = []
        self.is_down = False

    def version(self) -> tuple[int, int]:
        if self.is_down:
            raise TransientError("The catalog does not answer.")
        return len(self.served), sum(1 + (not each.is_running) for each in self.tried)

    def profiles(self) -> list[MadeProfile]:
        return self.made

    def history(self) -> list[ServiceChange]:
        return self.served

    def experiments(self) -> list[Experiment]:
        return self.tried

    def use(self, key: str) -> None:
        self.served.append(ServiceChange(key, A_MOMENT, "admin", ""))


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(store: FakeStore, clock: Clock) -> LiveRanking:
    return LiveRanking(BASE, store, clock_s=clock)


def test_the_profile_of_the_settings_serves_until_another_one_does(
    live: LiveRanking, store: FakeStore, clock: Clock
) -> None:
    before = live.current()
    store.use("tuned@1")
    at_once = live.current()
    clock.now_s += LOOK_EVERY_S
    later = live.current()

    assert (before, at_once) == (BASE, BASE)
    assert (later.version_name, later.lexical, later.dense) == ("tuned@1", 0.5, 0.5)
    assert later.second == BASE.second


def test_what_served_last_serves_while_the_catalog_is_away(
    live: LiveRanking, store: FakeStore, clock: Clock
) -> None:
    store.use("v1@1")
    clock.now_s += LOOK_EVERY_S
    live.current()
    store.is_down = True
    clock.now_s += LOOK_EVERY_S

    assert live.current() == PROFILES["v1"]


@pytest.mark.parametrize("weights", [{"no-such-weight": 1.0}, {"exact_words": 1.5}])
def test_a_profile_that_cannot_be_read_is_not_served(
    store: FakeStore, clock: Clock, weights: dict[str, float]
) -> None:
    store.made = [a_made_profile(version=1, weights=weights)]
    store.use("tuned@1")

    assert LiveRanking(BASE, store, clock_s=clock).current() == BASE
    with pytest.raises(SettingsError, match="tuned@1"):
        made_profile(store.made[0])


def test_weights_come_back_as_they_were() -> None:
    odd = RankingProfile("tuned", 3, lexical=0.123, second=0.4, exact_words=3)

    assert made_profile(a_made_profile(version=3, weights=odd.weights())) == odd


def test_a_profile_is_found_by_version_or_as_the_last_of_its_name() -> None:
    made = [a_made_profile(version=1), a_made_profile(version=2, weights={"dense": 0.9})]

    assert find_profile("tuned@1", made).dense == 0.5
    assert find_profile("tuned", made).dense == 0.9
    assert find_profile("default", made) == BASE
    with pytest.raises(NotFoundError, match="default@4, tuned@1, tuned@2, v1@1"):
        find_profile("tuned@3", made)


def test_an_experiment_mixes_for_its_share_of_the_people(
    store: FakeStore, clock: Clock, live: LiveRanking
) -> None:
    people = [f"person-{n}" for n in range(2_000)]
    before = [live.contest(person) for person in people]
    store.tried = [an_experiment(share=0.25)]
    clock.now_s += LOOK_EVERY_S
    during = [live.contest(person) for person in people]
    store.tried = [msgspec.structs.replace(store.tried[0], stopped_at=A_MOMENT)]
    clock.now_s += LOOK_EVERY_S

    assert not any(before)
    assert 0.2 < sum(contest is not None for contest in during) / len(people) < 0.3
    assert {c.challenger for c in during if c} == {PROFILES["v1"]}
    assert not any(live.contest(person) for person in people)


def test_nobody_in_particular_takes_part_in_nothing(store: FakeStore, clock: Clock) -> None:
    store.tried = [an_experiment(share=1.0)]
    live = LiveRanking(BASE, store, clock_s=clock)

    assert live.contest("") is None
    assert live.contest("somebody") is not None


def test_an_experiment_with_a_profile_that_is_gone_mixes_nothing(
    store: FakeStore, clock: Clock
) -> None:
    store.tried = [an_experiment(challenger="gone@1")]

    assert LiveRanking(BASE, store, clock_s=clock).contest("somebody") is None
