"""The state is a function of the log: batches, snapshots and interleavings change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fixtures.builders import A_MOMENT, a_document, a_judgment, a_search, an_event
from fixtures.fakes import HashingEncoder
from indexer.feedback.counting import MAX_SESSION_SEARCHES, Counted
from indexer.feedback.learner import Learner
from indexer.feedback.snapshot import digest, dump, load
from indexer.feedback.state import FeedbackState, day_of
from schemas.feedback import Action, LoggedEvent, LoggedSearch, PhrasingId, Pseudonym
from schemas.ids import PersonId
from schemas.judgment import Judgment, Verdict

DOCUMENTS: Final = [a_document(f"state:{n}") for n in range(4)]
TEXTS: Final = ("fixer ses prix", "prix : les fixer", "seuil de tva", "trouver des clients", "tva")
ENCODER: Final = HashingEncoder()

Line = LoggedSearch | LoggedEvent | tuple[int, Judgment]


def vector_of(_: PhrasingId, text: str) -> NDArray[np.float32]:
    return ENCODER.encode_query(text)


def pseudonym_of(person_id: PersonId) -> Pseudonym:
    return Pseudonym(f"p-{person_id}")


def take(state: FeedbackState, line: Line) -> None:
    match line:
        case LoggedSearch():
            state.take_search(line, vector_of)
        case LoggedEvent():
            state.take_event(line)
        case number, vote:
            state.take_vote(number, vote, pseudonym_of)


def state_of(*lines: Line) -> FeedbackState:
    state = FeedbackState(ENCODER.name)
    for line in lines:
        take(state, line)
    return state


def searched(n: int, text: str = TEXTS[0], *, person: str = "s-1", s: float = 0.0) -> LoggedSearch:
    at = A_MOMENT + timedelta(seconds=s)
    who = pseudonym_of(PersonId(person))
    return a_search(f"q-{n}", *DOCUMENTS, text=text, person=who, at=at, line=n)


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Line], list[Line], list[Line]]:
    """Draw a log: searches, events and votes, the latter of searches known, unknown and forged."""
    found: list[Line] = []
    events: list[Line] = []
    votes: list[Line] = []
    for n in range(1, draw(st.integers(1, 12)) + 1):
        person = draw(st.sampled_from(["s-1", "s-2", "s-3"]))
        text = draw(st.sampled_from(TEXTS))
        seconds = draw(st.integers(0, 5_000))
        found.append(searched(n, text, person=person, s=seconds))
        if draw(st.booleans()):
            action = draw(st.sampled_from(list(Action)))
            event = an_event(found[-1], draw(st.integers(1, 4)), action=action, dwell_ms=40_000)
            events.append(msgspec.structs.replace(event, line=len(events) + 1))
        if draw(st.booleans()):
            vote = a_judgment(
                draw(st.sampled_from(DOCUMENTS)),
                person_id=PersonId(draw(st.sampled_from([person, "s-2"]))),
                query_text=text,
                query_id=draw(st.sampled_from([found[-1].query_id, "forged", None])),
                value=draw(st.sampled_from(list(Verdict))),
            )
            votes.append((len(votes) + 1, vote))
    return found, events, votes


@settings(max_examples=40, deadline=None)
@given(log=logs(), order=st.randoms(use_true_random=False))
def test_any_interleaving_of_the_three_logs_gives_the_same_state(
    log: tuple[list[Line], list[Line], list[Line]], order: object
) -> None:
    expected = state_of(*log[0], *log[1], *log[2])
    left = [list(part) for part in log]
    state = FeedbackState(ENCODER.name)
    learner = Learner(state)
    while any(left):
        part = order.choice([each for each in left if each])  # type: ignore[attr-defined]
        take(state, part.pop(0))
        if order.random() < 0.3:  # type: ignore[attr-defined]
            learner.view(day_of(A_MOMENT))
        if order.random() < 0.2:  # type: ignore[attr-defined]
            state = load(dump(state))
            learner = Learner(state)

    assert digest(state) == digest(expected)
    today = day_of(A_MOMENT) + 3
    assert learner.view(today).experience == Learner(expected).view(today).experience


def test_a_vote_changed_for_another_wording_and_taken_back_leaves_the_one_before() -> None:
    first, second = searched(1), searched(2, "prix : les fixer", s=3_000)
    useful = a_judgment(
        DOCUMENTS[1], person_id=PersonId("s-1"), query_id=first.query_id, query_text=first.text
    )
    other = msgspec.structs.replace(
        useful, query_id=second.query_id, query_text=second.text, value=Verdict.NOT_USEFUL
    )
    back = msgspec.structs.replace(other, value=Verdict.WITHDRAWN)
    today = day_of(A_MOMENT)

    before = Learner(state_of(first, second, (1, useful))).view(today)
    against = Learner(state_of(first, second, (1, useful), (2, other))).view(today)
    after = Learner(state_of(first, second, (1, useful), (2, other), (3, back))).view(today)

    assert before.experience == after.experience != against.experience


def test_a_vote_for_anothers_search_or_a_hit_not_shown_teaches_nothing() -> None:
    search = searched(1)
    mine = a_judgment(
        DOCUMENTS[0], person_id=PersonId("s-1"), query_id=search.query_id, query_text=search.text
    )
    others = msgspec.structs.replace(mine, person_id=PersonId("s-2"))
    unseen = msgspec.structs.replace(mine, document_id=a_document("state:unseen").id)
    today = day_of(A_MOMENT)

    nothing = Learner(state_of(search)).view(today).experience
    assert Learner(state_of(search, (1, others), (2, unseen))).view(today).experience == nothing
    assert Learner(state_of(search, (1, mine))).view(today).experience != nothing


def test_a_vote_for_a_hit_that_only_another_search_showed_teaches_nothing() -> None:
    narrow, wide = searched(1), searched(2, "seuil de tva")
    narrow = msgspec.structs.replace(narrow, hits=narrow.hits[:1])
    elsewhere = a_judgment(
        DOCUMENTS[1], person_id=PersonId("s-1"), query_id=narrow.query_id, query_text=narrow.text
    )
    today = day_of(A_MOMENT)

    nothing = Learner(state_of(narrow, wide)).view(today).experience

    assert Learner(state_of(narrow, wide, (1, elsewhere))).view(today).experience == nothing


def test_typing_on_paging_and_reloading_count_as_one_search() -> None:
    typed = searched(1, "fixer ses")
    whole = searched(2, "fixer ses prix", s=4)
    again = searched(3, "fixer ses prix", s=60)
    page = msgspec.structs.replace(searched(4, "fixer ses prix", s=90), page=2)
    other = searched(5, "seuil de tva", s=200)

    counted = state_of(typed, whole, again, page, other).searches.counted

    assert list(counted) == [
        Counted.REFINED,
        Counted.YES,
        Counted.REPEATED,
        Counted.LATER_PAGE,
        Counted.YES,
    ]


def test_a_session_of_very_many_searches_is_a_programs_and_none_of_it_counts() -> None:
    many = [searched(n, f"terme{n} rare", s=20 * n) for n in range(1, MAX_SESSION_SEARCHES + 3)]
    later = searched(99, "seuil de tva", s=9_000)

    counted = state_of(*many, later).searches.counted

    assert set(counted[:-1]) == {Counted.PROGRAM}
    assert counted[-1] == Counted.YES
