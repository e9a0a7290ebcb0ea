"""Gaps are read again once the log has grown; of a long log, once a minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.gaps import FRESH_S, GapReports
from fixtures.builders import A_MOMENT, a_search
from indexer.catalog.catalog import Catalog, open_catalog
from schemas.feedback import Pseudonym

NOW = A_MOMENT + timedelta(hours=1)


class NothingLearned:
    def current(self) -> None:
        return None


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield opened
    opened.close()


def fail(catalog: Catalog, n: int) -> None:
    search = a_search(f"q-{n}", text=f"licorne {n}", person=Pseudonym(f"p-{n}"), is_doubtful=True)
    catalog.feedback.append([search])


def reports(catalog: Catalog, **options: int) -> GapReports:
    return GapReports(catalog, NothingLearned(), Pseudonym, **options)


def test_a_new_line_is_seen_at_once_in_a_short_log(catalog: Catalog) -> None:
    told = reports(catalog)
    fail(catalog, 1)
    before = told.current(NOW)
    again = told.current(NOW)
    fail(catalog, 2)

    assert len(before.gaps) == 1
    assert again is before
    assert len(told.current(NOW).gaps) == 2


def test_a_long_log_is_read_once_a_minute(catalog: Catalog) -> None:
    told = reports(catalog, long=0)
    fail(catalog, 1)
    before = told.current(NOW)
    fail(catalog, 2)

    assert told.current(NOW) is before
    assert len(told.current(NOW + timedelta(seconds=FRESH_S)).gaps) == 2


def test_what_is_older_than_twelve_weeks_is_no_gap(catalog: Catalog) -> None:
    fail(catalog, 1)

    assert reports(catalog).current(NOW + timedelta(weeks=13)).gaps == ()
