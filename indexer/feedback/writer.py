"""One thread that writes the log, behind a bounded queue: no search ever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog

from indexer.feedback.phrasings import PhrasingMaker
from schemas.errors import ConflictError, TransientError
from schemas.feedback import LoggedEvent, LoggedSearch, Phrasing

FLUSH_S: Final = 0.2
"""Longest that a line waits for others to be written with it: a transaction for each would keep
the disk busy, and nobody waits for less."""
MAX_QUEUED: Final = 10_000
"""Lines kept while the database is away: some minutes of a large school, 20 MB."""
_MAX_BATCH: Final = 1_000  # lines of a transaction: publishing waits for its end
_RETRY_S: Final = 1.0
_CLOSE_TRIES: Final = 2

log = structlog.get_logger(__name__)


class FeedbackStore(Protocol):
    """Keeps the lines."""

    def append(
        self,
        found: Sequence[LoggedSearch] = (),
        *,
        events: Sequence[LoggedEvent] = (),
        new: Sequence[Phrasing] = (),
    ) -> None:
        """Add lines, all or none, in order."""


class QueuedSearch:
    """A search to be written, and what the encoder was told when it was asked."""

    def __init__(self, search: LoggedSearch, meaning: str) -> None:
        """Keep both."""
        self.search = search
        self.meaning = meaning


Line = QueuedSearch | LoggedEvent


class LogWriter:
    """Writes lines in the order in which they were put, at most ``FLUSH_S`` later.

    While the database does not answer, lines wait in the queue; what does not fit is refused.
    """

    def __init__(
        self,
        store: FeedbackStore,
        phrasings: PhrasingMaker,
        *,
        on_written: Callable[[], None],
        on_lost: Callable[[Line], None],
        max_queued: int = MAX_QUEUED,
    ) -> None:
        """Start nothing: the thread starts with the first line.

        Args:
            store: Where lines go.
            phrasings: Makes the vectors of new ways to ask.
            on_written: Called in the thread after lines were written.
            on_lost: Called in the thread with a line that could not be.
            max_queued: Lines that wait at most.
        """
        self._store = store
        self._phrasings = phrasings
        self._on_written = on_written
        self._on_lost = on_lost
        self._max_queued = max_queued
        self._changed = threading.Condition()
        self._queue: list[Line] = []
        self._n_put = 0
        self._n_done = 0
        self._n_awaited = 0
        self._is_closing = False
        self._thread: threading.Thread | None = None

    @property
    def n_queued(self) -> int:
        """How many lines wait."""
        return self._n_put - self._n_done

    def put(self, line: Line) -> bool:
        """Take a line; ``False`` where there is no room for it, or the writer is closed."""
        with self._changed:
            if self._is_closing or self.n_queued >= self._max_queued:
                return False
            self._queue.append(line)
            self._n_put += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="cordee-feedback", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
            return True

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything that was put so far is written; ``False`` when time ran out."""
        with self._changed:
            wanted = self._n_put
            self._n_awaited = max(self._n_awaited, wanted)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._n_done >= wanted, timeout_s)

    def close(self) -> None:
        """Write what waits and stop; nothing is taken from now on. Twice is once."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while batch := self._next():
            self._write(batch)
            with self._changed:
                self._n_done += len(batch)
                self._changed.notify_all()
            self._on_written()

    def _next(self) -> list[Line]:
        """Wait for lines and for others to come with them; nothing when it is time to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._is_closing)
            self._changed.wait_for(self._is_urgent, FLUSH_S)
            batch, self._queue = self._queue[:_MAX_BATCH], self._queue[_MAX_BATCH:]
            return batch

    def _is_urgent(self) -> bool:
        is_full = len(self._queue) >= _MAX_BATCH
        return self._is_closing or is_full or self._n_awaited > self._n_done

    def _write(self, batch: Sequence[Line]) -> None:
        tries = 0
        while tries < _CLOSE_TRIES or not self._is_closing:
            tries += 1
            try:
                self._append(batch)
            except TransientError as exc:
                log.warning("feedback.waits", error=str(exc), lines=len(batch))
                self._rest()
            except ConflictError:  # one of them is there already: the others shall not suffer
                return self._write_each(batch)
            except Exception:
                # Outermost frame of the thread: if it ended here, every later line would wait for
                # ever. What one line is wrong in must not take the others with it, so each is tried
                # alone; the one that fails again is logged in full and counted as lost.
                log.exception("feedback.unwritten", lines=len(batch))
                return self._write_each(batch)
            else:
                return None
        return self._lose(batch)

    def _write_each(self, batch: Sequence[Line]) -> None:
        if len(batch) == 1:
            return self._lose(batch)
        for line in batch:
            self._write([line])
        return None

    def _lose(self, batch: Sequence[Line]) -> None:
        for line in batch:
            self._on_lost(line)

    def _append(self, batch: Sequence[Line]) -> None:
        searches = [line for line in batch if isinstance(line, QueuedSearch)]
        events = [line for line in batch if isinstance(line, LoggedEvent)]
        new = self._phrasings.new(searches)
        self._store.append([line.search for line in searches], events=events, new=new)
        self._phrasings.keep(new)

    def _rest(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_closing, _RETRY_S)
