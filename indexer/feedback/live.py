"""Follows the log and hands out what it teaches: a vote counts within a second or two."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from indexer.feedback.learner import Learner, MentorsOf
from indexer.feedback.reader import FeedbackReader
from indexer.feedback.snapshot import digest, dump, load
from indexer.feedback.state import FeedbackState, day_of
from indexer.feedback.view import FeedbackView
from indexer.ports import Usefulness
from schemas.errors import CordeeError
from schemas.feedback import LogPosition
from schemas.ids import DocumentId, PersonId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POLL_S: Final = 1.0
"""How soon what another process wrote counts here; what this one wrote counts at once."""
RETRY_S: Final = 60.0
"""After a failure that nobody foresaw: reading a long log anew takes seconds."""
SNAPSHOT_FILE: Final = "feedback.state"
_SNAPSHOT_EVERY: Final = 20_000
"""Lines: what was read since is read again after a crash, which takes a second or two."""

log = structlog.get_logger(__name__)


class LiveFeedback:
    """A thread that follows the log. Safe in several threads.

    Searches never wait for it: until the log was read once they learn nothing from it, and while
    the database does not answer they use what was learned before.
    """

    def __init__(
        self,
        reader: FeedbackReader,
        *,
        encoder: Callable[[], str],
        clock: Callable[[], datetime],
        directory: Path | None = None,
        mentors_of: MentorsOf | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        """Start nothing: ``start`` does, or ``catch_up`` reads at once.

        Args:
            reader: Of the log.
            encoder: Names the encoder in service; another one means to read the log anew.
            clock: The time, UTC.
            directory: Where the state is kept between starts; ``None`` for nowhere.
            mentors_of: Whose documents are; ``None`` for nobody's.
            retry_s: Seconds until the log is read again after a failure that nobody foresaw.
        """
        self._reader = reader
        self._encoder = encoder
        self._clock = clock
        self._file = directory / SNAPSHOT_FILE if directory else None
        self._mentors_of = mentors_of
        self._retry_s = retry_s
        self._learning = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._state: FeedbackState | None = None
        self._learner: Learner | None = None
        self._day = -1
        self._n_unsaved = 0
        self._view: FeedbackView | None = None

    def start(self) -> None:
        """Follow the log in a thread."""
        self._thread = threading.Thread(target=self._run, name="cordee-learner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following, and keep what is known for the next start. Twice is once."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            with self._learning:
                self._save()

    def wake(self) -> None:
        """Say that the log has grown: it is read at once, in the thread."""
        self._woken.set()

    def current(self) -> FeedbackView | None:
        """Return what was learned so far; ``None`` until the log was read once."""
        return self._view

    def useful(
        self,
        typed: str,
        documents: Sequence[DocumentId],
        *,
        encoder: str,
        encode: Callable[[], NDArray[np.float32]],
        mentors: Mapping[DocumentId, Sequence[PersonId]] = MappingProxyType({}),
    ) -> Mapping[DocumentId, Usefulness]:
        """Return what is known of some documents: see ``ports.UsefulnessSource``."""
        view = self._view
        if view is None:
            return {}
        return view.useful(typed, documents, encoder=encoder, encode=encode, mentors=mentors)

    def catch_up(self) -> FeedbackView:
        """Read the log to its end and return what it teaches.

        Raises:
            TransientError: If the database does not answer.
        """
        with self._learning:
            return self._learn()[0]

    def digest(self) -> str:
        """Return a fingerprint of the state, at the end of the log."""
        with self._learning:
            return digest(self._learn()[1])

    def _learn(self) -> tuple[FeedbackView, FeedbackState]:
        encoder, today = self._encoder(), day_of(self._clock())
        state, learner, end = self._state, self._learner, self._reader.end()
        if state is None or learner is None or state.encoder != encoder:
            state = self._state = self._load(encoder, end) or FeedbackState(encoder)
            learner = self._learner = (
                Learner(state, self._mentors_of) if self._mentors_of else Learner(state)
            )
            self._day = -1
        self._n_unsaved += self._reader.read(state, end)
        # What was read counts also where the database went away before the rest of it was.
        has_changed = bool(state.changed) or state.have_votes_changed
        if self._view and not has_changed and today == self._day:
            return self._view, state
        view = self._view = learner.view(today)
        self._day = today
        if self._n_unsaved >= _SNAPSHOT_EVERY:
            self._save()
        return view, state

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self.catch_up()
            except CordeeError as exc:
                log.warning("feedback.unread", error=str(exc))
            except Exception:
                # Outermost frame of the thread: if it ended here, no vote would count before the
                # next start. Searches go on with what was learned before. What is half read
                # is dropped, and the log read anew, but not at once.
                log.exception("feedback.failed")
                with self._learning:
                    self._forget()
                self._stopping.wait(self._retry_s)
            self._woken.wait(POLL_S)

    def _forget(self) -> None:
        """Drop the state, and the file with it, which may be what is wrong."""
        self._state = None
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)

    def _load(self, encoder: str, end: LogPosition) -> FeedbackState | None:
        """Return the state that was kept, where it goes on with this log and this encoder."""
        state = self._kept()
        if state is None or state.encoder != encoder:
            return None
        if not self._reader.has_read(state, end):
            log.warning("feedback.snapshot", error="It was read from another log.")
            return None
        return state

    def _kept(self) -> FeedbackState | None:
        if self._file is None:
            return None
        try:
            return load(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, ValueError, LookupError) as exc:
            log.warning("feedback.snapshot", error=str(exc))
            return None

    def _save(self) -> None:
        """Write the state beside the old one, then in its place: a crash leaves one of the two."""
        if self._file is None or self._state is None or not self._n_unsaved:
            return
        beside = self._file.with_suffix(".new")
        try:
            beside.write_bytes(dump(self._state))
            beside.replace(self._file)
        except OSError as exc:
            log.warning("feedback.unsaved", error=str(exc))
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            return
        self._n_unsaved = 0
