"""What one process looks up and writes in transactions apart, no other is between."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from indexer.catalog.catalog import open_catalog


def test_only_one_opened_catalog_is_alone_at_a_time(catalog_url: str) -> None:
    inside, most, guard = [0], [0], threading.Lock()

    def count(step: int) -> None:
        with guard:
            inside[0] += step
            most[0] = max(most[0], inside[0])

    def enter() -> None:
        with closing(open_catalog(catalog_url)) as catalog:
            for _ in range(5):
                with catalog.database.alone():
                    count(1)
                    catalog.jobs.counts()  # a transaction of its own does not wait for us
                    count(-1)

    with ThreadPoolExecutor(3) as pool:
        for waited in [pool.submit(enter) for _ in range(3)]:
            waited.result(timeout=30)

    assert most == [1]
