"""The follower: keeps the pair in service up to date, and brings in new generations."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from indexer.building import build, catch_up
from indexer.catalog.catalog import Catalog
from indexer.catalog.records import Generation
from indexer.generations import LiveIndexes
from indexer.pairs import OpenPair, PairOpener

POLL_S: Final = 0.2  # five small queries a second; changes show within 0.3 s
_REPORT_EVERY_S: Final = 5.0
_RETRY_S: Final = 5.0  # after a failure: the catalog or the disk may come back

log = structlog.get_logger(__name__)


def follower_name() -> str:
    """Return the name under which this process reports its generation and position."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Follower:
    """A thread that applies the change log to the indexes in service.

    When the catalog asks for a newer generation, another thread builds it beside, while this one
    keeps following; then the new pair catches up and takes over between two searches.
    """

    def __init__(
        self,
        opened: OpenPair,
        live: LiveIndexes,
        opener: PairOpener,
        *,
        catalog: Catalog,
        clock: Callable[[], datetime],
    ) -> None:
        """Follow for ``live``, which serves ``opened``; nothing runs before ``start``."""
        self._opened = opened
        self._live = live
        self._opener = opener
        self._name = follower_name()
        self._catalog = catalog
        self._clock = clock
        self._position = opened.position
        self._stop = threading.Event()
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="cordee-follower", daemon=True)
        self._builder: threading.Thread | None = None
        self._built: tuple[OpenPair, int] | None = None
        self._reported: tuple[int, int, datetime] | None = None

    @property
    def position(self) -> int | None:
        """Last change that searches see; ``None`` while the first build is running."""
        return self._position

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start following."""
        self._thread.start()

    def wait_for(self, position: int, timeout_s: float) -> bool:
        """Wait until searches see this change; False when the time ran out first."""
        with self._moved:
            return self._moved.wait_for(lambda: self._has_reached(position), timeout_s)

    def wait_for_generation(self, number: int, timeout_s: float) -> bool:
        """Wait until this generation, or a later one, is in service."""
        with self._moved:
            return self._moved.wait_for(lambda: self._live.number >= number, timeout_s)

    def stop(self) -> None:
        """Stop after the change in hand and wait for the threads to end."""
        self._stop.set()
        for thread in (self._thread, self._builder):
            if thread is not None and thread.is_alive():
                thread.join()
        if self._built is not None:
            self._built[0].pair.drop()
            self._built = None

    def _has_reached(self, position: int) -> bool:
        return self._position is not None and self._position >= position

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._turn()
                pause = POLL_S
            except Exception:
                # Outermost frame of the thread: if it ended here, searches would go on answering
                # from an index that never hears of a change again. Logged in full, then tried anew.
                log.exception("follower.failed", generation=self._live.number)
                pause = _RETRY_S
            self._stop.wait(pause)

    def _turn(self) -> None:
        should_stop = self._stop.is_set
        if self._position is None:
            position = build(self._opened, self._catalog, should_stop=should_stop)
        else:
            position = catch_up(
                self._opened, self._position, self._catalog, should_stop=should_stop
            )
        if position is not None and position != self._position:
            self._move_to(position)
        self._renew()
        self._report()

    def _move_to(self, position: int) -> None:
        with self._moved:
            self._position = position
            self._moved.notify_all()

    def _renew(self) -> None:
        """Start a build that is asked for, or put a finished one in service."""
        if self._built is not None:
            self._take_over(*self._built)
        elif self._builder is None and self._position is not None:
            wanted = self._catalog.generations.current()
            if wanted.number > self._live.number:
                self._builder = threading.Thread(
                    target=self._build_beside, args=(wanted,), name="cordee-builder", daemon=True
                )
                self._builder.start()

    def _build_beside(self, wanted: Generation) -> None:
        log.info("generation.build", generation=wanted.number, encoder=wanted.encoder)
        try:
            opened = self._opener.open(wanted)
            position = opened.position
            if position is None:
                position = build(opened, self._catalog, should_stop=self._stop.is_set)
            if position is None:
                opened.pair.drop()
            else:
                self._built = (opened, position)
        except Exception:
            # Outermost frame of the thread: a build that fails for any reason leaves the pair that
            # is in service where it is; the log says why, and the next turn builds again.
            log.exception("generation.build_failed", generation=wanted.number)
            self._stop.wait(_RETRY_S)
        finally:
            self._builder = None

    def _take_over(self, opened: OpenPair, position: int) -> None:
        position = catch_up(opened, position, self._catalog, should_stop=self._stop.is_set)
        opened.dense.serve()
        self._built = None
        self._opened = opened
        self._live.swap(opened.pair)
        self._move_to(position)
        log.info("generation.in_service", generation=opened.pair.number, position=position)

    def _report(self) -> None:
        if self._position is None:
            return
        now = self._clock()
        state = (self._live.number, self._position)
        if self._reported is not None:
            *before, at = self._reported
            if tuple(before) == state and (now - at).total_seconds() < _REPORT_EVERY_S:
                return
        self._catalog.generations.report(self._name, *state, now)
        self._reported = (*state, now)
