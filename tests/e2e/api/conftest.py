"""The school that every test of this folder visits; tests that change it publish their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.api.school import School, open_school


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(tmp_path_factory.mktemp("school")) as opened:
        yield opened
