"""How tests are shared among processes: what is costly to build is built in one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sharing import TOGETHER, shared_by

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("place", TOGETHER)
def test_what_is_kept_together_is_there(place: str) -> None:
    assert (ROOT / place).exists()


def test_browser_tests_of_the_small_school_are_kept_together() -> None:
    one = shared_by("tests/e2e/browser/test_search.py::test_a")
    other = shared_by("tests/e2e/browser/test_votes.py::TestB::test_b[x::y]")

    assert one == other
    assert shared_by("tests/e2e/browser/test_journeys.py::test_a") != one
    assert shared_by("tests/e2e/browser/component/test_access.py::test_a") != one


def test_any_other_file_is_kept_whole() -> None:
    assert (
        shared_by("tests/unit/cli/test_hits.py::TestA::test_a[1]") == "tests/unit/cli/test_hits.py"
    )
