"""Writing down what people do with answers: what counts, and why the rest does not."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec
import structlog

from indexer.feedback.doings import MAX_SPANS, Doings
from indexer.feedback.limits import PerMinute
from indexer.feedback.phrasings import EncodeText, PhrasingMaker
from indexer.feedback.pseudonyms import Pseudonyms, phrasing_id
from indexer.feedback.writer import FeedbackStore, Line, LogWriter, QueuedSearch
from schemas.errors import TransientError
from schemas.feedback import (
    Ignored,
    LoggedEvent,
    LoggedSearch,
    ReportedEvent,
    ShownHit,
    Surface,
)
from schemas.hit import ResultPage
from schemas.identity import Caller, Role
from schemas.ids import DocumentId, QueryId
from schemas.settings import FeedbackSettings

COUNTED_ROLES: Final = frozenset({Role.STUDENT, Role.MENTOR})
"""Whose searches are logged: operators look after the service, programs test it."""
MAX_RECENT: Final = 5_000
"""Searches remembered with what was done with them, so that events and votes ask no database."""
SETTLE_S: Final = 2.0
"""Longest that a vote waits until the search that it belongs to is in the log before it."""

log = structlog.get_logger(__name__)


class Part(StrEnum):
    """What may be written down, or not."""

    SEARCH = "search"
    EVENT = "event"
    VOTE = "vote"


class FeedbackLines(FeedbackStore, Protocol):
    """Keeps the lines, and finds those of a search."""

    def search(self, query_id: QueryId) -> LoggedSearch | None:
        """Return a search; ``None`` for one that the log does not have."""

    def events_of(self, query_id: QueryId) -> list[LoggedEvent]:
        """Return what was done with the hits of a search, in order."""


class Recorded(msgspec.Struct, frozen=True):
    """What became of some events: how many count, and how many do not, by reason."""

    accepted: int
    ignored: Mapping[Ignored, int]


class FeedbackRecorder:
    """The write side of the log. Safe in several threads.

    Nothing that it is told is believed before the log agrees: an event or a vote counts where its
    search is known, was the same person's, and showed the document. What does not count is
    counted by reason.
    """

    def __init__(
        self,
        lines: FeedbackLines,
        pseudonyms: Pseudonyms,
        settings: FeedbackSettings,
        *,
        encode: EncodeText,
        clock: Callable[[], datetime],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Write nothing yet.

        Args:
            lines: The log.
            pseudonyms: Under which persons stand there.
            settings: The limits.
            encode: The encoder in service: its name, and the vector of a text.
            clock: The time, UTC: the only one that counts.
            clock_s: A steady clock, for limits.
        """
        self._lines = lines
        self._pseudonyms = pseudonyms
        self._clock = clock
        self._searches = PerMinute(settings.searches_per_minute, clock_s=clock_s)
        self._events = PerMinute(settings.events_per_minute, clock_s=clock_s)
        self._votes = PerMinute(settings.votes_per_minute, clock_s=clock_s)
        self._lock = threading.Lock()
        self._recent: OrderedDict[QueryId, Doings] = OrderedDict()
        self._counted: Counter[Part] = Counter()
        self._ignored: Counter[tuple[Part, Ignored]] = Counter()
        self._listeners: list[Callable[[], None]] = []
        self._writer = LogWriter(
            lines, PhrasingMaker(encode), on_written=self._tell, on_lost=self._lose
        )

    def asker(self, caller: Caller) -> str:
        """Return the name under which a person takes part in experiments; empty for nobody."""
        return self._pseudonyms.of(caller.person_id) if caller.role in COUNTED_ROLES else ""

    def record_search(
        self,
        caller: Caller,
        text: str,
        page: ResultPage,
        *,
        number: int = 1,
        surface: Surface = Surface.API,
        is_filtered: bool = False,
    ) -> Ignored | None:
        """Note an answer and what it showed; return why it does not count, ``None`` where it does.

        Waits for nothing: it is written within ``FLUSH_S``, and known to events and votes at once.

        Args:
            caller: Who searched.
            text: As typed.
            page: The answer.
            number: Of the page, from 1.
            surface: Where it was searched.
            is_filtered: Whether conditions narrowed it.
        """
        if caller.role not in COUNTED_ROLES:
            return self._ignore(Part.SEARCH, Ignored.ROLE)
        person = self._pseudonyms.of(caller.person_id)
        if not self._searches.take(person):
            return self._ignore(Part.SEARCH, Ignored.FLOOD)
        search = LoggedSearch(
            query_id=page.query_id,
            person=person,
            role=caller.role,
            at=self._clock(),
            text=text,
            phrasing=phrasing_id(text),
            profile=page.profile,
            hits=tuple(
                ShownHit(hit.document.id, hit.rank, hit.document.kind, hit.team)
                for hit in page.hits
            ),
            page=number,
            total=page.total,
            surface=surface,
            confidence=page.confidence,
            is_doubtful=page.is_doubtful,
            is_filtered=is_filtered,
            experiment=page.experiment,
        )
        if not self._writer.put(QueuedSearch(search, page.meaning)):
            return self._ignore(Part.SEARCH, Ignored.QUEUE_FULL)
        with self._lock:
            self._counted[Part.SEARCH] += 1
            self._keep(Doings(search))
        return None

    def record_events(self, caller: Caller, reported: Iterable[ReportedEvent]) -> Recorded:
        """Note what was done with hits, as far as it counts.

        Raises:
            TransientError: If the log does not answer.
        """
        reasons = [self._record_event(caller, each) for each in reported]
        refused = Counter(reason for reason in reasons if reason is not None)
        return Recorded(len(reasons) - refused.total(), dict(refused))

    def is_counted(
        self, caller: Caller, query_id: QueryId | None, document_id: DocumentId
    ) -> Ignored | None:
        """Return why a word on a document teaches nothing, ``None`` where it does.

        Raises:
            TransientError: If the log does not answer.
        """
        found = self._find(caller, query_id)
        if isinstance(found, Ignored):
            return found
        return None if found.has_shown(document_id) else Ignored.NOT_SHOWN

    def may_vote(self, caller: Caller) -> bool:
        """Count a vote against the limit; ``False`` where it is one too many in a minute."""
        if self._votes.take(self._pseudonyms.of(caller.person_id)):
            return True
        self._ignore(Part.VOTE, Ignored.FLOOD)
        return False

    def note_vote(
        self, caller: Caller, query_id: QueryId | None, document_id: DocumentId
    ) -> Ignored | None:
        """Count a vote that is about to be kept, and return why it teaches nothing.

        Its search is in the log when this returns: votes never overtake it.

        Raises:
            TransientError: If the log does not answer.
        """
        reason = self.is_counted(caller, query_id, document_id)
        if reason is not None:
            return self._ignore(Part.VOTE, reason)
        self.flush(SETTLE_S)
        with self._lock:
            self._counted[Part.VOTE] += 1
        return None

    def ignore_event(self, reason: Ignored) -> None:
        """Count an event that others found not to count."""
        self._ignore(Part.EVENT, reason)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call somebody whenever something was written; in other threads, and it must not wait."""
        self._listeners.append(listener)

    def voted(self) -> None:
        """Tell who listens that a vote was kept."""
        self._tell()

    def counted(self) -> Mapping[Part, int]:
        """Return how much was noted since the start."""
        with self._lock:
            return dict(self._counted)

    def ignored(self) -> Mapping[tuple[Part, Ignored], int]:
        """Return how much was not, by reason."""
        with self._lock:
            return dict(self._ignored)

    @property
    def n_queued(self) -> int:
        """How many lines wait to be written."""
        return self._writer.n_queued

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything noted so far is in the log; ``False`` when the time ran out."""
        return self._writer.flush(timeout_s)

    def close(self) -> None:
        """Write what waits; nothing is noted from now on. Twice is once."""
        self._writer.close()

    def _record_event(self, caller: Caller, reported: ReportedEvent) -> Ignored | None:
        found = self._find(caller, reported.query_id)
        if isinstance(found, Ignored):
            return self._ignore(Part.EVENT, found)
        search = found.search
        if not self._events.take(search.person):
            return self._ignore(Part.EVENT, Ignored.FLOOD)
        reported = msgspec.structs.replace(reported, spans=reported.spans[:MAX_SPANS])
        with self._lock:
            new = found.take(reported)
        if isinstance(new, Ignored):
            return self._ignore(Part.EVENT, new)
        event = LoggedEvent(
            query_id=search.query_id,
            person=search.person,
            role=search.role,
            # A clock that was set back must not put what was done before what was shown.
            at=max(self._clock(), search.at),
            action=new.action,
            document_id=new.document_id,
            position=found.position(new.document_id),
            passage=new.passage,
            dwell_ms=new.dwell_ms,
            spans=new.spans,
        )
        if not self._writer.put(event):
            return self._ignore(Part.EVENT, Ignored.QUEUE_FULL)
        with self._lock:
            self._counted[Part.EVENT] += 1
        return None

    def _find(self, caller: Caller, query_id: QueryId | None) -> Doings | Ignored:
        """Return a search of this person; or why there is none."""
        if caller.role not in COUNTED_ROLES:
            return Ignored.ROLE
        if query_id is None:
            return Ignored.NO_SEARCH
        with self._lock:
            found = self._recent.get(query_id)
        if found is None:
            search = self._lines.search(query_id)
            if search is None:
                return Ignored.UNKNOWN_QUERY
            read = Doings(search, self._lines.events_of(query_id))
            with self._lock:
                found = self._recent.get(query_id) or self._keep(read)
        if found.search.person != self._pseudonyms.of(caller.person_id):
            return Ignored.OTHER_PERSON
        return found

    def _keep(self, doings: Doings) -> Doings:
        self._recent[doings.search.query_id] = doings
        self._recent.move_to_end(doings.search.query_id)
        while len(self._recent) > MAX_RECENT:
            self._recent.popitem(last=False)
        return doings

    def _ignore(self, part: Part, reason: Ignored) -> Ignored:
        with self._lock:
            self._ignored[part, reason] += 1
        return reason

    def _lose(self, line: Line) -> None:
        """Forget a line that could not be written: nothing may build on it."""
        part = Part.SEARCH if isinstance(line, QueuedSearch) else Part.EVENT
        self._ignore(part, Ignored.UNWRITTEN)
        with self._lock:
            self._counted[part] -= 1
            if isinstance(line, QueuedSearch):
                self._recent.pop(line.search.query_id, None)

    def _tell(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except TransientError as exc:
                log.warning("feedback.untold", error=str(exc))
