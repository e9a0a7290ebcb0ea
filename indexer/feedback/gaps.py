"""Gaps: intents that people search and find nothing for, most people first.

A person's last question of an intent decides: who failed and found it later has found it. Of those
who failed, nobody waits any more once

- a document that their answer had not shown is found useful for the same intent, or
- a mentor answered a question that was asked from a search of the intent.

An intent is a gap while at least as many people wait as found an answer; where they only closed the
page in front of answers that were sure of themselves, from two people on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from indexer.analysis.normalize import query_key
from schemas.feedback import Pseudonym
from schemas.gap import Gap, GapReport, GapState, Inquiry, Outcome, Week
from schemas.ids import QueryId

KEPT: Final = timedelta(weeks=12)
"""How far back gaps and weeks look."""
_WEEK: Final = timedelta(days=7)
_WEEKS_BEFORE: Final = 4
_MAX_EXAMPLES: Final = 5
_MANY_ABANDON: Final = 2  # people: one may have read the answer in the list

IntentOf = Callable[[str], Hashable | None]
"""Returns what a text means, the same for texts that mean the same; ``None`` for unknown ones."""
Mask = Callable[[str], str]


def report(
    inquiries: Sequence[Inquiry],
    *,
    now: datetime,
    intent_of: IntentOf,
    mask: Mask,
    answered: Mapping[QueryId, datetime] = {},
) -> GapReport:
    """Return the gaps and the weeks.

    Args:
        inquiries: Of the last ``KEPT``, in order.
        now: The moment.
        intent_of: Groups wordings.
        mask: Takes out of a wording what nobody is to be told.
        answered: When a mentor answered a question, by the search that led to it.
    """
    by_intent: defaultdict[Hashable, list[Inquiry]] = defaultdict(list)
    for inquiry in inquiries:
        intent = intent_of(inquiry.text)
        by_intent[query_key(inquiry.text) if intent is None else intent].append(inquiry)
    found = (_gap(group, now, mask, answered) for group in by_intent.values())
    gaps = sorted((gap for gap in found if gap is not None), key=_most_people_first)
    return GapReport(tuple(gaps), tuple(_weeks(inquiries, now)))


def _gap(
    group: Sequence[Inquiry],
    now: datetime,
    mask: Mask,
    answered: Mapping[QueryId, datetime],
) -> Gap | None:
    failed = [inquiry for inquiry in group if not inquiry.is_answered]
    if not failed:
        return None
    closed_at = {id(one): _closed_at(one, group, answered) for one in failed}
    last = {inquiry.person: inquiry for inquiry in group}
    waiting = {
        person: one
        for person, one in last.items()
        if not one.is_answered and closed_at[id(one)] is None
    }
    is_open = _is_gap(waiting.values(), n_answered=len(last) - len(waiting))
    closings = [at for at in closed_at.values() if at is not None]
    if not is_open and not closings:
        return None
    people = set(waiting) if is_open else {inquiry.person for inquiry in failed}
    counted = [one for one in failed if one.person in people]
    texts = Counter(mask(one.text) for one in group)
    return Gap(
        name=_usual(texts),
        state=GapState.OPEN if is_open else GapState.ANSWERED,
        n_people=len(people),
        n_searches=len(counted),
        this_week=len(_people(failed, now - _WEEK, now)),
        before=_mean_before(failed, now),
        outcomes=dict(sorted(Counter(one.outcome for one in counted).items())),
        examples=tuple(text for text, _ in _by_use(texts)[:_MAX_EXAMPLES]),
        first_at=min(one.at for one in counted),
        last_at=max(one.at for one in counted),
        answered_at=None if is_open else max(closings),
    )


def _is_gap(waiting: Iterable[Inquiry], *, n_answered: int) -> bool:
    outcomes = [inquiry.outcome for inquiry in waiting]
    if not outcomes or len(outcomes) < n_answered:
        return False
    only_left = all(outcome is Outcome.ABANDONED for outcome in outcomes)
    return not only_left or len(outcomes) >= _MANY_ABANDON


def _closed_at(
    failed: Inquiry, group: Sequence[Inquiry], answered: Mapping[QueryId, datetime]
) -> datetime | None:
    """Return since when nobody waits for this any more; ``None`` while somebody does."""
    later = [
        other.at
        for other in group
        if other.at > failed.at and any(i not in failed.shown for i in other.useful)
    ]
    later += [
        at
        for other in group
        for query_id in other.query_ids
        if (at := answered.get(query_id)) is not None and at > failed.at
    ]
    return min(later, default=None)


def _mean_before(failed: Sequence[Inquiry], now: datetime) -> float:
    counts = [
        len(_people(failed, now - (n + 1) * _WEEK, now - n * _WEEK))
        for n in range(1, _WEEKS_BEFORE + 1)
    ]
    return sum(counts) / _WEEKS_BEFORE


def _people(inquiries: Iterable[Inquiry], after: datetime, until: datetime) -> set[Pseudonym]:
    return {inquiry.person for inquiry in inquiries if after < inquiry.at <= until}


def _usual(texts: Counter[str]) -> str:
    return _by_use(texts)[0][0]


def _by_use(texts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))


def _most_people_first(gap: Gap) -> tuple[bool, int, float, str]:
    return gap.state is not GapState.OPEN, -gap.n_people, -gap.last_at.timestamp(), gap.name


def _weeks(inquiries: Iterable[Inquiry], now: datetime) -> list[Week]:
    n_all: Counter[date] = Counter()
    n_failed: Counter[date] = Counter()
    for inquiry in inquiries:
        monday = _monday(inquiry.at)
        n_all[monday] += 1
        n_failed[monday] += not inquiry.is_answered
    this = _monday(now)
    first = max(min(n_all, default=this), this - KEPT + _WEEK)
    n_weeks = (this - first).days // 7 + 1
    mondays = (first + n * _WEEK for n in range(n_weeks))
    return [Week(monday, n_all[monday], n_failed[monday]) for monday in mondays]


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())
