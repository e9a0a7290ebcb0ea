"""What people search and find nothing for: counted by people, closed by what helps later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from indexer.feedback.gaps import report
from indexer.feedback.wordings import Discretion
from schemas.feedback import Pseudonym
from schemas.gap import Gap, GapState, Inquiry, Outcome
from schemas.ids import DocumentId, QueryId

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OLD, NEW = DocumentId("d-old"), DocumentId("d-new")


def inquiry(who: str, text: str = "licorne", *, days_ago: float = 1, **changes: Any) -> Inquiry:
    known: dict[str, Any] = {
        "person": Pseudonym(who),
        "at": NOW - timedelta(days=days_ago),
        "text": text,
        "query_ids": (QueryId(f"q-{who}-{text}-{days_ago}"),),
        "shown": frozenset({OLD}),
        "opened": (),
        "useful": (),
        "outcome": Outcome.DOUBTFUL,
    }
    return Inquiry(**known | changes)


def answered(who: str, text: str = "licorne", **changes: Any) -> Inquiry:
    return inquiry(who, text, **{"outcome": Outcome.ANSWERED, "useful": (OLD,), **changes})


def gaps(*inquiries: Inquiry, **options: Any) -> list[Gap]:
    in_order = sorted(inquiries, key=lambda each: each.at)
    options.setdefault("intent_of", lambda text: text.lower())
    found = report(in_order, now=NOW, mask=str, **options).gaps
    return list(found)


def test_gaps_are_ranked_by_people_and_not_by_searches() -> None:
    often = [inquiry("a", "licorne", days_ago=n) for n in range(1, 6)]
    several = [inquiry(who, "dragon") for who in ("b", "c")]

    found = gaps(*often, *several)

    assert [(gap.name, gap.n_people, gap.n_searches) for gap in found] == [
        ("dragon", 2, 2),
        ("licorne", 1, 5),
    ]


def test_wordings_of_one_intent_are_one_gap_named_as_it_is_asked_most() -> None:
    found = gaps(
        inquiry("a", "une licorne"),
        inquiry("b", "une licorne"),
        inquiry("c", "cheval à corne"),
        intent_of=lambda _: 7,
    )

    assert [(gap.name, gap.n_people, gap.examples) for gap in found] == [
        ("une licorne", 3, ("une licorne", "cheval à corne"))
    ]


def test_who_found_it_later_waits_no_more_and_where_most_find_it_there_is_no_gap() -> None:
    assert gaps(inquiry("a", days_ago=2), answered("a", days_ago=1), inquiry("b")) != []
    assert gaps(inquiry("a"), answered("b"), answered("c")) == []


def test_what_nobody_had_been_shown_closes_the_gap_once_it_helps() -> None:
    before = [inquiry(who, days_ago=3) for who in ("a", "b")]

    (same,) = gaps(*before, answered("c", days_ago=1))
    (closed,) = gaps(*before, answered("c", days_ago=1, useful=(NEW,)))
    (again,) = gaps(
        *before,
        answered("c", days_ago=2, useful=(NEW,)),
        *(inquiry(who, shown=frozenset({OLD, NEW})) for who in "def"),
    )

    assert (same.state, same.n_people) == (GapState.OPEN, 2)
    assert (closed.state, closed.answered_at) == (GapState.ANSWERED, NOW - timedelta(days=1))
    assert (again.state, again.n_people) == (GapState.OPEN, 3)


def test_a_mentor_s_answer_closes_the_gap() -> None:
    asked = inquiry("a", days_ago=3)
    at = NOW - timedelta(days=1)

    (closed,) = gaps(asked, inquiry("b", days_ago=2), answered={asked.query_ids[0]: at})

    assert (closed.state, closed.answered_at) == (GapState.ANSWERED, at)


def test_one_person_who_only_closes_the_page_is_no_gap() -> None:
    left = {"outcome": Outcome.ABANDONED}

    assert gaps(inquiry("a", **left)) == []
    assert [gap.n_people for gap in gaps(inquiry("a", **left), inquiry("b", **left))] == [2]


def test_the_trend_sets_this_week_against_the_four_before() -> None:
    (gap,) = gaps(
        *(inquiry(who, days_ago=2) for who in "abc"),
        inquiry("d", days_ago=9),
        inquiry("e", days_ago=20),
        inquiry("f", days_ago=60),
    )

    assert (gap.this_week, gap.before) == (3, 0.5)


def test_weeks_count_searches_without_an_answer() -> None:
    found = report(
        [inquiry("a", days_ago=9), answered("b", days_ago=8), inquiry("c", days_ago=0.1)],
        now=NOW,
        intent_of=lambda _: None,
        mask=str,
    )

    assert [(w.starts_on, w.n_searches, w.n_unanswered) for w in found.weeks] == [
        (date(2026, 11, 16), 2, 1),
        (date(2026, 11, 23), 1, 1),
    ]
    assert report([], now=NOW, intent_of=lambda _: None, mask=str).weeks[-1].share == 0


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("rdv avec Léa Trémorvan", "rdv avec …"),
        ("tremorvan m'a dit", "… m'a dit"),
        ("écrire à lea.t@exemple.fr vite", "écrire à … vite"),
        ("appeler le 06 12 34 56 78 demain", "appeler le … demain"),
        ("+33 (0)6.12.34.56.78", "…"),
        ("siret 123 456 789 00012", "siret …"),
        ("seuil de 36 800 € en 2026", "seuil de 36 800 € en 2026"),
        ("fixer ses prix", "fixer ses prix"),
        ("le compte @karim_dev", "le compte …"),
        ("voir https://exemple.fr/x?y=1", "voir …"),
    ],
)
def test_what_tells_who_asks_or_of_whom_is_taken_out(typed: str, shown: str) -> None:
    assert Discretion(["Léa Trémorvan", "Al B."])(typed) == shown
