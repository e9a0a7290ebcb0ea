"""From lines of the log to questions of people, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from fixtures.builders import A_MOMENT, a_document, a_judgment, a_search, an_event
from indexer.feedback.inquiries import Deeds, inquiries_of
from schemas.feedback import Action, LoggedEvent, LoggedSearch, Pseudonym
from schemas.gap import Inquiry, Outcome
from schemas.ids import PersonId, QueryId
from schemas.judgment import Judgment, Verdict

SHEET, OTHER = a_document("sheet:1"), a_document("sheet:2")
ME = PersonId("s-17")


def pseudonym_of(person_id: PersonId) -> Pseudonym:
    return Pseudonym(f"p-{person_id}")


def asked(text: str, at_s: float = 0, **changes: Any) -> LoggedSearch:
    changes.setdefault("query_id", f"q-{text}-{at_s}")
    at = A_MOMENT + timedelta(seconds=at_s)
    return a_search(
        QueryId(changes.pop("query_id")),
        SHEET,
        OTHER,
        text=text,
        at=at,
        person=pseudonym_of(changes.pop("who", ME)),
        **changes,
    )


def told(
    *searches: LoggedSearch, events: Sequence[LoggedEvent] = (), votes: Sequence[Judgment] = ()
) -> list[Inquiry]:
    deeds = Deeds(events, list(enumerate(votes, 1)), pseudonym_of)
    return inquiries_of(searches, deeds)


def outcomes(*searches: LoggedSearch, **done: Any) -> list[tuple[str, Outcome]]:
    return [(inquiry.text, inquiry.outcome) for inquiry in told(*searches, **done)]


def test_what_is_typed_on_paged_through_and_asked_again_is_one_question() -> None:
    found = told(
        asked("fixer", 0),
        asked("fixer ses prix", 4),
        asked("fixer ses prix", 20, page=2),
        asked("Fixer ses prix ?", 60),
        asked("trouver un associé", 600),
    )

    assert [(each.text, len(each.query_ids)) for each in found] == [
        ("Fixer ses prix ?", 4),
        ("trouver un associé", 1),
    ]


def test_a_click_answers_where_the_answer_was_sure_of_itself() -> None:
    sure, unsure = asked("prix"), asked("licorne", 900, is_doubtful=True)

    assert outcomes(sure, unsure, events=[an_event(sure), an_event(unsure)]) == [
        ("prix", Outcome.ANSWERED),
        ("licorne", Outcome.DOUBTFUL),
    ]


@pytest.mark.parametrize(
    "done",
    [
        {"action": Action.DWELL, "dwell_ms": 45_000},
        {"action": Action.COPY},
    ],
)
def test_reading_for_long_and_copying_answer_also_a_doubtful_search(done: dict[str, Any]) -> None:
    search = asked("licorne", is_doubtful=True)

    (inquiry,) = told(search, events=[an_event(search, **done)])

    assert inquiry.outcome is Outcome.ANSWERED
    assert inquiry.useful == (SHEET.id,)


def test_the_word_in_force_decides() -> None:
    search = asked("prix")
    said = a_judgment(SHEET, query_text="prix", person_id=ME, value=Verdict.NOT_USEFUL)
    taken_back = a_judgment(SHEET, query_text="prix", person_id=ME, value=Verdict.WITHDRAWN)
    useful = a_judgment(OTHER, query_text="prix", person_id=ME)

    assert outcomes(search, votes=[said]) == [("prix", Outcome.NOT_USEFUL)]
    assert outcomes(search, votes=[said, useful]) == [("prix", Outcome.ANSWERED)]
    assert outcomes(search, votes=[said, taken_back]) == [("prix", Outcome.ABANDONED)]


def test_who_asks_otherwise_within_minutes_has_not_given_up() -> None:
    first, second = asked("pacte", 0), asked("pacte d'associés", 100)

    assert [each for _, each in outcomes(first, second)] == [
        Outcome.REFORMULATED,
        Outcome.ABANDONED,
    ]
    assert [each for _, each in outcomes(first, second, events=[an_event(second)])] == [
        Outcome.ANSWERED,
        Outcome.ANSWERED,
    ]
    assert outcomes(first, asked("météo", 1200))[0] == ("pacte", Outcome.ABANDONED)


def test_programs_and_narrowed_searches_are_left_out() -> None:
    flood = [asked(f"mot {n}", n * 20) for n in range(60)]

    assert told(*flood, asked("prix", 0, who=PersonId("s-18"), is_filtered=True)) == []


def test_two_people_ask_two_questions() -> None:
    assert len(told(asked("prix"), asked("prix", 1, who=PersonId("s-18")))) == 2
