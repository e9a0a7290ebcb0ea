"""The speller of the index as it is, or was a moment ago."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from indexer.analysis.lexicon import load_lexicon
from indexer.ports import PassageDirectory
from indexer.retrieval.spelling import Speller
from schemas.errors import TransientError
from schemas.identity import EVERYONE
from schemas.query import Filter

log = structlog.get_logger(__name__)


MAKE_EVERY_S: Final = 30.0  # while documents come in, every second changes the index
# Only words that everybody may see: whether a word of a private passage is known must not show in
# what is offered, nor in what is found.
_SHARED: Final = Filter(audiences=frozenset({EVERYONE}))
MISTYPED: Final = "zzzzzzzz"  # the first unknown word builds what the others are looked up in


class SpellerSource(Protocol):
    """Gives a search the speller of the index that it asks."""

    def of(self, directory: PassageDirectory) -> Speller:
        """Return the speller of this index; it may be some changes behind."""


class LiveSpeller:
    """Keeps one speller, and makes the next one aside when the index has changed.

    Reading the words of an index takes a while, which no search should wait for: only the very
    first does. Safe in several threads; nothing has to be closed.
    """

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Make nothing yet."""
        self._clock_s = clock_s
        self._latest: tuple[object, Speller] | None = None
        self._made_at_s = 0.0
        self._making = threading.Lock()

    def of(self, directory: PassageDirectory) -> Speller:
        """Return the speller of this index; it may be some changes behind."""
        latest, edition = self._latest, directory.edition()
        if latest is None:
            with self._making:
                latest = self._latest = self._latest or (edition, self._make(directory))
        is_due = self._clock_s() >= self._made_at_s + MAKE_EVERY_S
        if latest[0] is not edition and is_due and self._making.acquire(blocking=False):
            threading.Thread(
                target=self._remake, args=(directory, edition), name="cordee-speller", daemon=True
            ).start()
        return latest[1]

    def _remake(self, directory: PassageDirectory, edition: object) -> None:
        try:
            speller = self._make(directory)
            speller.correct(MISTYPED)
            self._latest = (edition, speller)
        except TransientError as exc:  # the index was closed meanwhile, or is being swapped
            log.warning("speller.stale", error=str(exc))
        finally:
            self._making.release()

    def _make(self, directory: PassageDirectory) -> Speller:
        self._made_at_s = self._clock_s()
        return Speller(directory.vocabulary(_SHARED), load_lexicon())
