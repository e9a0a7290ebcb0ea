"""Ranking profiles made here, which served when, and experiments, on both databases."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest

from fixtures.builders import A_MOMENT, a_made_profile, an_experiment
from indexer.catalog.catalog import Catalog, open_catalog
from schemas.errors import ConflictError, NotFoundError

LATER = A_MOMENT + timedelta(hours=1)


@pytest.fixture
def another(catalog: Catalog, catalog_url: str) -> Iterator[Catalog]:
    opened = open_catalog(catalog_url)
    yield opened
    opened.close()


def test_profiles_come_back_whole_under_rising_versions(catalog: Catalog) -> None:
    first = catalog.rankings.add(a_made_profile())
    second = catalog.rankings.add(a_made_profile(weights={"lexical": 0.1}))
    other = catalog.rankings.add(a_made_profile(name="other"))

    assert [each.key for each in (first, second, other)] == ["tuned@1", "tuned@2", "other@1"]
    assert catalog.rankings.profiles() == [other, first, second]


def test_going_back_walks_through_what_served_before(catalog: Catalog) -> None:
    for key in ("tuned@1", "tuned@2", "tuned@3"):
        catalog.rankings.use(key, A_MOMENT, by="admin", reason="better")
    back = [catalog.rankings.roll_back(LATER, by="admin").profile for _ in range(2)]
    catalog.rankings.use("tuned@4", LATER, by="admin", reason="better")
    back += [catalog.rankings.roll_back(LATER, by="admin").profile for _ in range(2)]

    assert back == ["tuned@2", "tuned@1", "tuned@1", ""]
    with pytest.raises(ConflictError, match="before this one"):
        catalog.rankings.roll_back(LATER, by="admin")


def test_the_history_keeps_who_and_why(catalog: Catalog) -> None:
    catalog.rankings.use("tuned@1", A_MOMENT, by="tune", reason="+.02")
    catalog.rankings.roll_back(LATER, by="m-claire")

    assert [(c.line, c.profile, c.at, c.by, c.reason) for c in catalog.rankings.history()] == [
        (1, "tuned@1", A_MOMENT, "tune", "+.02"),
        (2, "", LATER, "m-claire", "back from tuned@1"),
    ]


def test_one_experiment_runs_at_a_time(catalog: Catalog) -> None:
    catalog.rankings.start(an_experiment())
    with pytest.raises(ConflictError, match="words-first is running"):
        catalog.rankings.start(an_experiment(name="second"))

    stopped = catalog.rankings.stop("words-first", LATER, reason="enough")
    with pytest.raises(ConflictError, match="words-first before"):
        catalog.rankings.start(an_experiment())
    catalog.rankings.start(an_experiment(name="second", started_at=LATER))

    assert (stopped.stopped_at, stopped.reason, stopped.is_running) == (LATER, "enough", False)
    assert [each.name for each in catalog.rankings.experiments()] == ["second", "words-first"]


def test_an_experiment_stops_once(catalog: Catalog) -> None:
    started = an_experiment()
    catalog.rankings.start(started)
    first = catalog.rankings.stop(started.name, LATER, reason="it lost")
    again = catalog.rankings.stop(started.name, LATER + timedelta(days=1), reason="by hand")

    assert first == again == msgspec.structs.replace(started, stopped_at=LATER, reason="it lost")
    with pytest.raises(NotFoundError):
        catalog.rankings.stop("no-such", LATER, reason="")


def test_an_experiment_stops_when_another_profile_comes_into_service(catalog: Catalog) -> None:
    catalog.rankings.start(an_experiment())
    catalog.rankings.use("tuned@1", LATER, by="admin", reason="better")

    stopped = catalog.rankings.experiments()[0]
    assert (stopped.stopped_at, stopped.reason) == (LATER, "tuned@1 came into service")


def test_every_change_of_what_serves_is_seen_in_the_version(catalog: Catalog) -> None:
    versions = [catalog.rankings.version()]
    for change in (
        lambda: catalog.rankings.use("tuned@1", A_MOMENT, by="admin", reason=""),
        lambda: catalog.rankings.start(an_experiment()),
        lambda: catalog.rankings.stop("words-first", LATER, reason=""),
        lambda: catalog.rankings.roll_back(LATER, by="admin"),
    ):
        change()
        versions.append(catalog.rankings.version())

    assert len(set(versions)) == len(versions)


def test_of_two_experiments_started_at_once_one_runs(catalog: Catalog, another: Catalog) -> None:
    together = threading.Barrier(2)

    def start(through: Catalog, name: str) -> bool:
        together.wait(timeout=10)
        try:
            through.rankings.start(an_experiment(name=name))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        started = list(pool.map(start, (catalog, another), ("one", "two")))

    assert sorted(started) == [False, True]
