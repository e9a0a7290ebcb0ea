"""From lines of the log to questions of people, and what came of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from indexer.analysis.normalize import query_key
from indexer.feedback.counting import MAX_SESSION_SEARCHES, SESSION_GAP_S, refines
from indexer.feedback.usefulness import DWELL_MS, PLAY_MS
from schemas.feedback import Action, LoggedEvent, LoggedSearch, Pseudonym
from schemas.gap import Inquiry, Outcome
from schemas.ids import DocumentId, PersonId, QueryId
from schemas.judgment import Judgment, Verdict

REFORMULATED_WITHIN_S: Final = 300
"""Another wording so soon is another try at the same thing: most come within two minutes."""

PseudonymOf = Callable[[PersonId], Pseudonym]


class Deeds:
    """What was done with the hits of searches."""

    def __init__(
        self,
        events: Iterable[LoggedEvent],
        votes: Iterable[tuple[int, Judgment]],
        pseudonym_of: PseudonymOf,
    ) -> None:
        """Take events and votes in, each in the order of its log; the last vote is in force."""
        self._opened: defaultdict[QueryId, dict[DocumentId, None]] = defaultdict(dict)
        self._spent_ms: defaultdict[tuple[QueryId, DocumentId], list[int]] = defaultdict(
            lambda: [0, 0]
        )
        self._copied: set[tuple[QueryId, DocumentId]] = set()
        for event in events:
            self._note(event)
        in_force: dict[tuple[Pseudonym, DocumentId, str], Judgment] = {}
        for _, vote in votes:
            about = (pseudonym_of(vote.person_id), vote.document_id, query_key(vote.query_text))
            in_force[about] = vote
        self._votes: defaultdict[tuple[Pseudonym, str], dict[DocumentId, Verdict]]
        self._votes = defaultdict(dict)
        for (person, document_id, key), vote in in_force.items():
            if vote.value is not Verdict.WITHDRAWN:
                self._votes[person, key][document_id] = vote.value

    def opened(self, query_ids: Iterable[QueryId]) -> tuple[DocumentId, ...]:
        """Return what was opened from these answers, in order, each once."""
        return tuple(dict.fromkeys(i for query_id in query_ids for i in self._opened[query_id]))

    def helped(self, query_ids: Iterable[QueryId]) -> set[DocumentId]:
        """Return what was read or played for long, or copied from."""
        return {
            document_id
            for query_id in query_ids
            for document_id in self._opened[query_id]
            if self._has_helped(query_id, document_id)
        }

    def said(self, person: Pseudonym, text: str) -> Mapping[DocumentId, Verdict]:
        """Return what a person now says of documents for a text."""
        return self._votes.get((person, query_key(text)), {})

    def _note(self, event: LoggedEvent) -> None:
        self._opened[event.query_id][event.document_id] = None
        spent = self._spent_ms[event.query_id, event.document_id]
        match event.action:
            case Action.DWELL:
                spent[0] += event.dwell_ms
            case Action.PLAY:
                spent[1] += sum(span.end_ms - span.start_ms for span in event.spans)
            case Action.COPY:
                self._copied.add((event.query_id, event.document_id))
            case Action.CLICK:
                pass

    def _has_helped(self, query_id: QueryId, document_id: DocumentId) -> bool:
        dwell_ms, played_ms = self._spent_ms[query_id, document_id]
        is_copied = (query_id, document_id) in self._copied
        return is_copied or dwell_ms >= DWELL_MS or played_ms >= PLAY_MS


def inquiries_of(searches: Iterable[LoggedSearch], deeds: Deeds) -> list[Inquiry]:
    """Return the questions behind searches, in the order of their last search.

    What is typed on within seconds, later pages and the same words again within a session are one
    question; sessions of a program (``counting.MAX_SESSION_SEARCHES``) are left out, and searches
    that conditions narrowed: they may be empty for the conditions.
    """
    found: list[Inquiry] = []
    for session in _sessions(searches):
        asked = [_told(group, deeds) for group in _grouped(session)]
        found += _followed_up(asked)
    return sorted(found, key=lambda inquiry: inquiry.at)


def _sessions(searches: Iterable[LoggedSearch]) -> list[list[LoggedSearch]]:
    sessions: list[list[LoggedSearch]] = []
    last: dict[Pseudonym, list[LoggedSearch]] = {}
    for search in searches:
        current = last.get(search.person)
        if current is None or abs(_seconds(current[-1], search)) > SESSION_GAP_S:
            current = last[search.person] = []
            sessions.append(current)
        current.append(search)
    return [session for session in sessions if len(session) <= MAX_SESSION_SEARCHES]


def _grouped(session: Iterable[LoggedSearch]) -> list[list[LoggedSearch]]:
    groups: dict[str, list[LoggedSearch]] = {}
    before: LoggedSearch | None = None
    for search in session:
        if search.is_filtered:
            continue
        key = query_key(search.text)
        if before is not None and search.page == 1 and _is_typed_on(before, key, search):
            typed = groups.pop(query_key(before.text), [])
            groups[key] = [*typed, *groups.pop(key, [])]
        groups.setdefault(key, []).append(search)
        before = search
    return [group for key, group in groups.items() if key]


def _is_typed_on(before: LoggedSearch, key: str, search: LoggedSearch) -> bool:
    return refines(query_key(before.text), key, gap_s=_seconds(before, search))


def _told(group: list[LoggedSearch], deeds: Deeds) -> Inquiry:
    last = group[-1]
    query_ids = tuple(search.query_id for search in group)
    opened = deeds.opened(query_ids)
    said = deeds.said(last.person, last.text)
    useful = [i for i, verdict in said.items() if verdict is Verdict.USEFUL]
    not_useful = {i for i, verdict in said.items() if verdict is Verdict.NOT_USEFUL}
    helped = {*useful, *(deeds.helped(query_ids) - not_useful)}
    return Inquiry(
        person=last.person,
        at=last.at,
        text=" ".join(last.text.split()),
        query_ids=query_ids,
        shown=frozenset(hit.document_id for search in group for hit in search.hits),
        opened=opened,
        useful=tuple(dict.fromkeys(i for i in (*useful, *opened) if i in helped)),
        outcome=_outcome(
            has_helped=bool(helped),
            is_refused=bool(not_useful),
            is_doubtful=last.is_doubtful or not last.total,
            is_opened=bool(opened),
        ),
        confidence=last.confidence,
    )


def _outcome(*, has_helped: bool, is_refused: bool, is_doubtful: bool, is_opened: bool) -> Outcome:
    if has_helped:
        return Outcome.ANSWERED
    if is_refused:
        return Outcome.NOT_USEFUL
    if is_doubtful:
        return Outcome.DOUBTFUL
    return Outcome.ANSWERED if is_opened else Outcome.ABANDONED


def _followed_up(asked: list[Inquiry]) -> list[Inquiry]:
    """Tell who gave up from who asked otherwise; whoever then found it has found it."""
    told: list[Inquiry] = []
    after: Inquiry | None = None
    for inquiry in reversed(asked):
        this = inquiry
        if (
            inquiry.outcome is Outcome.ABANDONED
            and after is not None
            and 0 <= (after.at - inquiry.at).total_seconds() <= REFORMULATED_WITHIN_S
        ):
            outcome = Outcome.ANSWERED if after.is_answered else Outcome.REFORMULATED
            this = msgspec.structs.replace(inquiry, outcome=outcome)
        told.append(this)
        after = this
    return told[::-1]


def _seconds(one: LoggedSearch, other: LoggedSearch) -> float:
    return (other.at - one.at).total_seconds()
