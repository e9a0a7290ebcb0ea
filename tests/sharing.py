"""Which tests one process runs when several share a run (`pytest -n 2`).

A file stays whole, and so do files that share something costly: one process builds it once. What
takes longest starts first, so that no process is left alone with it at the end.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

import pytest

# Folders and files, the longest first; the first that a test is in decides.
TOGETHER: Final = (
    "tests/e2e/browser/test_journeys.py",  # a server with the whole demo school
    "tests/e2e/browser/component",  # an API and a site that embeds its box
    "tests/e2e/browser",  # a server with the small school
    "tests/quality/retrieval",  # the judged school and its vectors
    "tests/integration/workflows/test_kill.py",
    "tests/contract/indexer/catalog",  # a PostgreSQL server
)


def shared_by(node_id: str) -> str:
    """Return what a test is kept together with: a part of ``TOGETHER``, or its own file."""
    file = node_id.partition("::")[0]
    lies_in = {file, *map(str, PurePosixPath(file).parents)}
    return next((place for place in TOGETHER if place in lies_in), file)


def costliest_first(items: list[pytest.Item]) -> None:
    """Put the tests of ``TOGETHER`` first; what stands at random stays so within its part."""
    places = {place: n for n, place in enumerate(TOGETHER)}
    items.sort(key=lambda item: places.get(shared_by(item.nodeid), len(places)))
